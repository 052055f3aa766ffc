using System.Data.Common;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Database;
using Linewatch.Plants;

namespace Linewatch.Operations.Shifts;

/// <summary>
/// Every closed shift with all its revisions, and people's edits of stops. A shift is restated as revision n+1 when late
/// data or an edit changes it; earlier revisions stay. Thread-safe; each change is on disk when its call returns.
/// </summary>
public sealed class ShiftBook(OperationsDatabase database, CurrentPlant plant, TimeProvider clock)
{
    /// <summary>The author of what nobody but the engine decided.</summary>
    public const string Engine = "engine";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Keeps a shift as computed: its first revision when it closed, a further one when it came out differently. People's
    /// edits are applied to it. The same record again changes nothing, so a replay is harmless.
    /// </summary>
    /// <returns>The revision made; null when nothing changed.</returns>
    public Task<ShiftRevision?> KeepAsync(ShiftRecord computed, string author, string reason, CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => ReviseAsync(transaction, computed, author, reason), cancellationToken);

    /// <summary>
    /// Keeps a person's edit and restates the shifts it touches at once. Refused when it makes no sense or finds no stop; an
    /// edit of a shift that has not closed yet is applied when it does.
    /// </summary>
    /// <param name="line">Line id.</param>
    /// <param name="edit">What is changed.</param>
    /// <param name="author">Who.</param>
    /// <param name="why">Why, for the revision.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    public async Task<ChangeResult<StopEdit>> EditAsync(string line, StopEdit edit, string author, string why, CancellationToken cancellationToken)
    {
        if (!plant.Value.TryGetLine(line, out Line? known) || known.Machines.All(machine => machine.Id != edit.Machine))
        {
            return ChangeResult.NotFound<StopEdit>($"there is no machine '{edit.Machine}' on a line '{line}'");
        }

        if ((edit.Fault() ?? UnknownName(edit, known)) is { } fault)
        {
            return ChangeResult.Refused(edit, fault);
        }

        return await database.WriteAsync(transaction => EditAsync(transaction, known, edit, author, why), cancellationToken);
    }

    /// <summary>
    /// Takes a shift out of the figures because the calendar has no such shift any more. Its revisions stay, with a last one
    /// that says so; false = it was not kept.
    /// </summary>
    public Task<bool> WithdrawAsync(string line, DateTime shiftStart, string author, string reason, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                if (await ShiftTable.FindAsync(transaction, line, shiftStart) is not { } kept
                    || await ShiftTable.RevisionAsync(transaction.Connection!, transaction, line, shiftStart, kept.Revision) is not { } last)
                {
                    return false;
                }

                await ShiftTable.AddRevisionAsync(transaction, last with { Revision = kept.Revision + 1, MadeAt = Now, Author = author, Reason = reason });
                await ShiftTable.RemoveAsync(transaction, line, shiftStart);
                return true;
            },
            cancellationToken);

    /// <summary>Where the shifts kept for a line in [from, to) lie and with what plan they were computed, by start.</summary>
    public async Task<IReadOnlyList<KeptShift>> KeptAsync(string line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await ShiftTable.KeptAsync(connection, line, from, to);
    }

    /// <summary>The latest revision of every shift that overlaps [from, to), by start; of one line, or of all when null.</summary>
    public async Task<IReadOnlyList<ShiftRevision>> LatestAsync(string? line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await ShiftTable.LatestAsync(connection, line, from, to);
    }

    /// <summary>One revision of a shift; null when there is none.</summary>
    public async Task<ShiftRevision?> RevisionAsync(string line, DateTime shiftStart, long revision, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await ShiftTable.RevisionAsync(connection, null, line, shiftStart, revision);
    }

    /// <summary>Who changed a shift, why, and its figures before and after, oldest first; empty when it is not kept.</summary>
    public async Task<IReadOnlyList<RevisionChange>> ChangesAsync(string line, DateTime shiftStart, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await ShiftTable.ChangesAsync(connection, line, shiftStart);
    }

    /// <summary>End of the last shift kept for a line, where <see cref="LineEngine.Resume"/> goes on; null = none is kept.</summary>
    public async Task<DateTime?> LastEndAsync(string line, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await ShiftTable.LastEndAsync(connection, line) is { } end ? UtcText.Parse(end) : null;
    }

    /// <summary>People's edits of stops that overlap [from, to), in the order they were made; for a shift that still runs.</summary>
    public async Task<IReadOnlyList<StopEdit>> EditsAsync(string line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await ShiftTable.EditsAsync(connection, null, line, from, to);
    }

    /// <summary>Stops of the critical machine in [from, to) that cost time and have no reason yet, the longest first.</summary>
    public async Task<IReadOnlyList<Stop>> UnexplainedAsync(string line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        if (!plant.Value.TryGetLine(line, out Line? known))
        {
            return [];
        }

        IReadOnlyList<ShiftRevision> shifts = await LatestAsync(line, from, to, cancellationToken);
        return
        [
            .. shifts.SelectMany(shift => shift.Record.Timeline.Where(interval => interval.Reason is null).Join(
                    shift.Record.Stops.Where(stop => stop.Machine == known.CriticalMachine.Id && stop.Start < to && stop.End > from),
                    interval => interval.Start,
                    stop => stop.Start,
                    (_, stop) => stop))
                .OrderByDescending(stop => stop.End - stop.Start),
        ];
    }

    private async Task<ChangeResult<StopEdit>> EditAsync(DbTransaction transaction, Line line, StopEdit edit, string author, string why)
    {
        List<ShiftRecord> touched = [];
        bool matches = false;
        foreach (DateTime at in (DateTime[])[edit.From, edit.To.AddTicks(-1)])
        {
            if (await ShiftTable.StartOfAsync(transaction, line.Id, at) is { } text && UtcText.Parse(text) is var start
                && touched.All(record => record.Start != start)
                && await ShiftTable.FindAsync(transaction, line.Id, start) is { } kept)
            {
                ShiftRecord computed = ShiftRecordJson.Read(kept.Computed);
                IReadOnlyList<StopEdit> earlier = await ShiftTable.EditsAsync(transaction.Connection!, transaction, line.Id, computed.Start, computed.End);
                StopEdits.Apply(computed, line.CriticalMachine.Id, [.. earlier, edit], out IReadOnlyList<StopEdit> unmatched);
                matches |= !unmatched.Any(lost => ReferenceEquals(lost, edit));
                touched.Add(computed);
            }
        }

        if (touched.Count > 0 && !matches)
        {
            return ChangeResult.Refused(edit, $"{edit.Machine} had no such stop between {edit.From:u} and {edit.To:u}, or the stops to merge do not touch");
        }

        await ShiftTable.AddEditAsync(transaction, line.Id, edit, author, why, Now);
        foreach (ShiftRecord computed in touched)
        {
            await ReviseAsync(transaction, computed, author, why);
        }

        return ChangeResult.Done(edit);
    }

    private async Task<ShiftRevision?> ReviseAsync(DbTransaction transaction, ShiftRecord computed, string author, string reason)
    {
        ShiftTable.ShiftRow? kept = await ShiftTable.FindAsync(transaction, computed.Line, computed.Start);
        IReadOnlyList<StopEdit> edits = await ShiftTable.EditsAsync(transaction.Connection!, transaction, computed.Line, computed.Start, computed.End);
        string critical = plant.Value.TryGetLine(computed.Line, out Line? line) ? line.CriticalMachine.Id : "";
        ShiftRecord record = StopEdits.Apply(computed, critical, edits, out _);
        if (kept is not null
            && await ShiftTable.RevisionAsync(transaction.Connection!, transaction, computed.Line, computed.Start, kept.Revision) is { } last
            && last.Record.SameAs(record))
        {
            await ShiftTable.NotePlanAsync(transaction, computed);
            return null;
        }

        ShiftRevision made = new(await ShiftTable.LastRevisionAsync(transaction, computed.Line, computed.Start) + 1, Now, author, reason, record);
        await ShiftTable.SaveAsync(transaction, computed, made.Revision);
        await ShiftTable.AddRevisionAsync(transaction, made);
        return made;
    }

    private string? UnknownName(StopEdit edit, Line line) =>
        edit.Reason is { } reason && !Knows(plant.Value.Reasons, reason) ? $"the plant file has no reason '{reason}'"
        : edit.CauseMachine is { } cause && line.Machines.All(machine => machine.Id != cause) ? $"the line has no machine '{cause}'"
        : null;

    private static bool Knows(IReadOnlyList<Reason> reasons, string id) =>
        reasons.Any(reason => reason.Id == id || Knows(reason.Children, id));
}
