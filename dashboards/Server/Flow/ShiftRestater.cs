using Linewatch.Analytics.Oee;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Flow;

/// <summary>
/// Computes closed shifts again from the store: those that late readings touched after they had left memory, and those
/// whose plan was changed. Only touched shifts; one that comes out the same makes no revision.
/// </summary>
internal sealed partial class ShiftRestater(
    ShiftBook shifts, RestatementQueue queue, LineHistory history, TimeProvider clock, ILogger<ShiftRestater> logger)
{
    /// <summary>How far back a changed plan restates; what is older stays as it was reported.</summary>
    private static readonly TimeSpan PlanReachesBack = TimeSpan.FromDays(35);

    /// <summary>Late readings come in bursts; a stretch is computed once nothing more came for it for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Marks what readings beyond memory touched, by the hours they lie in.</summary>
    public Task MarkAsync(LineEngine engine, IReadOnlyList<DateTime> hours, CancellationToken cancellationToken) => queue.MarkAsync(
        [.. hours.Select(hour => new Restatement(engine.Line.Id, hour - engine.DecidedBy, hour.AddHours(1), "readings came after the shift had left memory"))],
        cancellationToken);

    /// <summary>Marks shifts whose plan is another than the one they were computed with.</summary>
    public async Task MarkChangedPlansAsync(Plant plant, CancellationToken cancellationToken)
    {
        List<Restatement> changed = [];
        foreach (Line line in plant.Lines)
        {
            IReadOnlyList<KeptShift> kept = await shifts.KeptAsync(line.Id, Now - PlanReachesBack, Now.AddDays(1), cancellationToken);
            if (kept.Count > 0)
            {
                changed.AddRange(Changed(plant, line, kept));
            }
        }

        if (changed.Count > 0)
        {
            await queue.MarkAsync(changed, cancellationToken);
        }
    }

    /// <summary>Computes what is due. The store must hold everything that was received before the call.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now; what is left stays marked.</exception>
    public async Task RunAsync(Plant plant, CancellationToken cancellationToken)
    {
        DateTime readAt = Now;
        foreach (IGrouping<string, Restatement> due in (await queue.DueAsync(Quiet, cancellationToken)).GroupBy(each => each.Line))
        {
            if (plant.TryGetLine(due.Key, out Line? line))
            {
                await RestateAsync(plant, line, [.. due], cancellationToken);
            }

            await queue.DoneAsync([.. due], readAt, cancellationToken);
        }
    }

    private static IEnumerable<Restatement> Changed(Plant plant, Line line, IReadOnlyList<KeptShift> kept)
    {
        const string Reason = "the calendar or the line's settings were changed";
        Dictionary<DateTime, KeptShift> byStart = kept.ToDictionary(shift => shift.Start);
        foreach (ShiftInstance planned in line.Shifts.Between(kept[0].Start, kept[^1].End).Where(planned => planned.End <= kept[^1].End))
        {
            bool isKept = byStart.Remove(planned.Start, out KeptShift? same);
            if (!isKept || (same!.Plan is { } plan && plan != PlanPrint.Of(plant, line, planned)))
            {
                yield return new Restatement(line.Id, planned.Start, planned.End, Reason);
            }
        }

        foreach (KeptShift gone in byStart.Values)
        {
            yield return new Restatement(line.Id, gone.Start, gone.End, Reason);
        }
    }

    private async Task RestateAsync(Plant plant, Line line, IReadOnlyList<Restatement> due, CancellationToken cancellationToken)
    {
        if (await shifts.LastEndAsync(line.Id, cancellationToken) is not { } closedUntil)
        {
            return;
        }

        SortedDictionary<DateTime, (ShiftInstance Shift, string Reason)> touched = [];
        foreach (Restatement each in due)
        {
            foreach (ShiftInstance shift in line.Shifts.Between(each.From, each.To).Where(shift => shift.End <= closedUntil))
            {
                touched.TryAdd(shift.Start, (shift, each.Reason));
            }

            foreach (KeptShift gone in (await shifts.KeptAsync(line.Id, each.From, each.To, cancellationToken))
                .Where(kept => line.Shifts.At(kept.Start) is not { } planned || planned.Start != kept.Start))
            {
                await shifts.WithdrawAsync(line.Id, gone.Start, ShiftBook.Engine, "the calendar has no such shift any more", cancellationToken);
                LogWithdrawn(logger, line.Id, gone.Start);
            }
        }

        foreach ((ShiftInstance shift, string reason) in touched.Values)
        {
            LineEngine engine = new(plant, line);
            IReadOnlyList<Reading> readings = await history.ReadAsync(line, engine.RebuildFrom(shift.Start), shift.End + engine.DecidedBy, cancellationToken);
            if (!readings.Any(reading => reading.EventTime >= shift.Start && reading.EventTime < shift.End))
            {
                // Raw readings are kept for a time only; a shift that outlived them stays as it was computed from them.
                LogWithoutReadings(logger, line.Id, shift.Start);
                continue;
            }

            foreach (Reading reading in readings)
            {
                engine.Accept(reading);
            }

            if (await shifts.KeepAsync(engine.Compute(shift), ShiftBook.Engine, reason, cancellationToken) is { } made)
            {
                LogRestated(logger, line.Id, shift.Start, made.Revision, reason);
            }
        }
    }

    [LoggerMessage(7120, LogLevel.Information, "Shift of {Line} from {Start:u} restated as revision {Revision}: {Reason}")]
    private static partial void LogRestated(ILogger logger, string line, DateTime start, long revision, string reason);

    [LoggerMessage(7121, LogLevel.Warning, "Shift of {Line} from {Start:u} should be computed again, but the store holds no readings of it any more; it stays as it was")]
    private static partial void LogWithoutReadings(ILogger logger, string line, DateTime start);

    [LoggerMessage(7122, LogLevel.Information, "Shift of {Line} from {Start:u} withdrawn: the calendar has no such shift any more")]
    private static partial void LogWithdrawn(ILogger logger, string line, DateTime start);
}
