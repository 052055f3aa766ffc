using Linewatch.Analytics.Oee;
using Linewatch.Operations;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Stops of closed shifts: listed, and recoded, split, merged and commented by people.</summary>
internal static class StopEndpoints
{
    public static void MapStops(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Stops").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        group.MapGet("lines/{line}/stops", ListAsync).WithName("ListStops").WithSummary("Stops of closed shifts in [from, to), by start")
            .WithDescription("machine: of one machine only. unexplained=true: the critical machine's without a reason, the longest first. from, to: default the last seven days.");
        group.MapGet("reasons", (CurrentPlant plant) => TypedResults.Ok(plant.Value.Reasons)).WithName("ListReasons").WithSummary("The plant's tree of downtime reasons");
        group.MapEdit("recode", "RecodeStop", "Give a stop another reason, category or cause")
            .WithDescription("The stop that shares most of [from, to) is meant. reason: an id of the reason tree. category: MinorStop, Breakdown, SetUp, Lack, Tailback, External, Waiting, UnplannedMaintenance or PlannedDown. The shifts it touches are restated as revision n+1.");
        group.MapEdit("split", "SplitStop", "Make two stops of one, at an instant inside it");
        group.MapEdit("merge", "MergeStops", "Make one stop of those in [from, to) that touch each other");
        group.MapEdit("comment", "CommentStop", "Write something to a stop");
    }

    private static RouteHandlerBuilder MapEdit(this RouteGroupBuilder group, string verb, string name, string summary) => group
        .MapPost($"lines/{{line}}/stops/{verb}", (string line, StopChange change, ShiftBook shifts, CancellationToken cancellationToken) =>
            EditAsync(verb, line, change, shifts, cancellationToken))
        .WithName(name).WithSummary(summary).WithChangeProblems();

    private static async Task<Results<Ok<IReadOnlyList<StopAnswer>>, ProblemHttpResult>> ListAsync(
        string line, ShiftBook shifts, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken,
        string? from = null, string? to = null, string? machine = null, bool unexplained = false)
    {
        if (ShiftEndpoints.Unknown(line, plant) is { } missing)
        {
            return missing;
        }

        if (ShiftEndpoints.ReadRange(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        IEnumerable<Stop> stops = unexplained
            ? await shifts.UnexplainedAsync(line, range.From, range.To, cancellationToken)
            : (await shifts.LatestAsync(line, range.From, range.To, cancellationToken)).SelectMany(shift => shift.Record.Stops);
        return TypedResults.Ok<IReadOnlyList<StopAnswer>>(
        [
            .. stops.Where(stop => (machine is null || stop.Machine == machine) && stop.Start < range.To && stop.End > range.From)
                .Select(stop => StopAnswer.Of(line, stop)),
        ]);
    }

    private static async Task<Results<Ok<StopEdit>, ProblemHttpResult>> EditAsync(
        string verb, string line, StopChange change, ShiftBook shifts, CancellationToken cancellationToken)
    {
        if (change.Fault(verb) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        ChangeResult<StopEdit> result = await shifts.EditAsync(line, change.Edit(verb), change.Author, change.Why(verb), cancellationToken);
        return Problem.Of(result);
    }
}

/// <summary>A stop; times UTC, lengths in seconds. <paramref name="Lost"/> = time lost at the critical machine for it.</summary>
internal sealed record StopAnswer(
    string Id, string Line, string Machine, DateTime Start, DateTime End, double Seconds, Bucket Bucket, LossCategory Category, int FaultCode,
    string? Reason, string? CauseMachine, double Lost, bool Continues, string? Comment)
{
    public static StopAnswer Of(string line, Stop stop) => new(
        stop.Id, line, stop.Machine, stop.Start, stop.End, (stop.End - stop.Start).TotalSeconds, stop.Bucket, stop.Category, stop.FaultCode,
        stop.Reason, stop.CauseMachine, stop.Lost.TotalSeconds, stop.Continues, stop.Comment);
}

/// <summary>
/// What somebody changes about a stop, and why: the machine and its stop's start and end with zone, and what the change
/// needs besides (<c>at</c> to split; <c>reason</c>, <c>category</c> or <c>causeMachine</c> to recode; <c>comment</c>).
/// </summary>
internal sealed record StopChange(
    string Machine,
    DateTimeOffset From,
    DateTimeOffset To,
    string Author = "anonymous",
    string Text = "",
    DateTimeOffset? At = null,
    string? Reason = null,
    string? Category = null,
    string? CauseMachine = null,
    string? Comment = null)
{
    private const int LongestText = 2000;

    public string? Fault(string verb) =>
        Filled(Category) is { } category && !Enum.TryParse<LossCategory>(category, ignoreCase: true, out _)
            ? $"category is \"{category}\"; allowed: {string.Join(", ", Enum.GetNames<LossCategory>())}"
        : verb == "recode" && Filled(Reason) is null && Filled(Category) is null && Filled(CauseMachine) is null && Filled(Comment) is null
            ? "a recoding needs a reason, a category, a causeMachine or a comment"
        : verb == "comment" && Filled(Comment) is null ? "the comment is empty"
        : Text.Length > LongestText || Comment?.Length > LongestText ? $"a text may have at most {LongestText} characters"
        : null;

    public string Why(string verb) => Filled(Text) ?? verb;

    public StopEdit Edit(string verb) => new(
        Machine,
        verb switch { "split" => StopEditKind.Split, "merge" => StopEditKind.Merge, _ => StopEditKind.Recode },
        From.UtcDateTime,
        To.UtcDateTime,
        verb == "split" ? At?.UtcDateTime : null,
        verb == "recode" ? Filled(Reason) : null,
        verb == "recode" && Filled(Category) is { } category ? Enum.Parse<LossCategory>(category, ignoreCase: true) : null,
        verb == "recode" ? Filled(CauseMachine) : null,
        Filled(Comment));

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
