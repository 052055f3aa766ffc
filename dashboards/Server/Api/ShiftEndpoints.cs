using Linewatch.Analytics.Oee;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Closed shifts with every revision.</summary>
internal static class ShiftEndpoints
{
    /// <summary>Longest time of one answer.</summary>
    private const int MostDays = 400;

    public static void MapShifts(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Shifts").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        group.MapGet("shifts", ListAsync).WithName("ListShifts").WithSummary("The latest revision of every closed shift that overlaps [from, to), by start")
            .WithDescription("line: of one line only. from, to: ISO 8601; default the last seven days, at most 400 days. Ratios: 1 = 100 %, null = undefined; above 1 they are shown so and a flag says why.");
        group.MapGet("lines/{line}/shifts/{start}", FindAsync).WithName("GetShift").WithSummary("One shift: quantities, losses, timeline, stops, machines")
            .WithDescription("start: the shift's start, ISO 8601. revision: an earlier one; default the latest.");
        group.MapGet("lines/{line}/shifts/{start}/revisions", RevisionsAsync).WithName("ListShiftRevisions")
            .WithSummary("Who changed a shift, when and why, with its figures before and after; oldest first");
    }

    /// <summary>Reads a range of at most 400 days; the default is the last seven days.</summary>
    public static string? ReadRange(string? from, string? to, TimeProvider clock, out TimeRange range) =>
        TimeRange.Read(from ?? (to is null ? clock.GetUtcNow().AddDays(-7).ToString("O") : null), to, clock, out range) is { } fault ? fault
        : range.To - range.From > TimeSpan.FromDays(MostDays) ? $"{range.From:u} to {range.To:u} is longer than {MostDays} days"
        : null;

    /// <summary>Why a line cannot be asked about; null when it can. A null id stands for every line.</summary>
    public static ProblemHttpResult? Unknown(string? line, CurrentPlant plant) => line is null || plant.Value.TryGetLine(line, out _)
        ? null
        : Problem.NotFound($"there is no line \"{line}\"; known: {string.Join(", ", plant.Value.Lines.Select(known => known.Id))}");

    private static async Task<Results<Ok<IReadOnlyList<ShiftAnswer>>, ProblemHttpResult>> ListAsync(
        ShiftBook shifts, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken, string? line = null, string? from = null, string? to = null)
    {
        if (Unknown(line, plant) is { } missing)
        {
            return missing;
        }

        if (ReadRange(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        IReadOnlyList<ShiftRevision> latest = await shifts.LatestAsync(line, range.From, range.To, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<ShiftAnswer>>([.. latest.Select(ShiftAnswer.Of)]);
    }

    private static async Task<Results<Ok<ShiftDetail>, ProblemHttpResult>> FindAsync(
        string line, DateTimeOffset start, ShiftBook shifts, CancellationToken cancellationToken, long? revision = null)
    {
        ShiftRevision? found = revision is { } number
            ? await shifts.RevisionAsync(line, start.UtcDateTime, number, cancellationToken)
            : (await shifts.LatestAsync(line, start.UtcDateTime, start.UtcDateTime.AddTicks(1), cancellationToken)).FirstOrDefault(shift => shift.Record.Start == start.UtcDateTime);
        return found is not null
            ? TypedResults.Ok(ShiftDetail.Of(found))
            : Problem.NotFound($"line \"{line}\" has no closed shift that starts at {start.UtcDateTime:u}{(revision is null ? "" : $" with revision {revision}")}; /api/v1/shifts lists them");
    }

    private static async Task<Results<Ok<IReadOnlyList<RevisionChange>>, ProblemHttpResult>> RevisionsAsync(
        string line, DateTimeOffset start, ShiftBook shifts, CancellationToken cancellationToken) =>
        await shifts.ChangesAsync(line, start.UtcDateTime, cancellationToken) is { Count: > 0 } changes
            ? TypedResults.Ok(changes)
            : Problem.NotFound($"line \"{line}\" has no closed shift that starts at {start.UtcDateTime:u}; /api/v1/shifts lists them");
}

/// <summary>
/// A closed shift; times UTC, lengths in seconds, counts in units, ratios 1 = 100 %, null = undefined. NoData is the planned
/// time of which nothing is known; it counts as lost.
/// </summary>
internal sealed record ShiftAnswer(
    string Line, string Shift, DateOnly Day, DateTime Start, DateTime End, long Revision, DateTime MadeAt, string Author, string Reason,
    OeeFigures Figures, double PlannedBusy, double NoData, long? Total, long? Good, long? Reject, long? BufferChange)
{
    public static ShiftAnswer Of(ShiftRevision revision)
    {
        ShiftRecord record = revision.Record;
        Quantities made = record.Quantities;
        return new ShiftAnswer(
            record.Line, record.Shift, record.Day, record.Start, record.End, revision.Revision, revision.MadeAt, revision.Author, revision.Reason,
            record.Figures, made.PlannedBusy.TotalSeconds, made[LossCategory.NoData].TotalSeconds, Counted(made.Total), Counted(made.Good), Counted(made.Reject), Counted(made.BufferChange));

        long? Counted(long units) => made.IsCounted ? units : null;
    }
}

/// <summary>A closed shift with what happened in it.</summary>
internal sealed record ShiftDetail(
    ShiftAnswer Shift, LossTree Losses, IReadOnlyList<TimelineInterval> Timeline, IReadOnlyList<StopAnswer> Stops, IReadOnlyList<MachineShift> Machines)
{
    public static ShiftDetail Of(ShiftRevision revision) => new(
        ShiftAnswer.Of(revision),
        revision.Record.Losses,
        revision.Record.Timeline,
        [.. revision.Record.Stops.Select(stop => StopAnswer.Of(revision.Record.Line, stop))],
        [.. revision.Record.Machines.Select(MachineShift.Of)]);
}

/// <summary>How a machine spent the shift, in seconds; counts are null where it does not count, mean times where nothing failed.</summary>
internal sealed record MachineShift(
    string Machine, double Run, double OwnFailure, int Failures, double Lack, double Tailback, double Other, double NoData, long? Total, long? Reject,
    double? MeanTimeBetweenFailures, double? MeanTimeToRepair)
{
    public static MachineShift Of(MachineTimes times) => new(
        times.Machine, times.Run.TotalSeconds, times.OwnFailure.TotalSeconds, times.Failures, times.Lack.TotalSeconds, times.Tailback.TotalSeconds,
        times.Other.TotalSeconds, times.NoData.TotalSeconds, times.Total, times.Reject,
        times.Failures > 0 ? times.Run.TotalSeconds / times.Failures : null,
        times.Failures > 0 ? times.OwnFailure.TotalSeconds / times.Failures : null);
}
