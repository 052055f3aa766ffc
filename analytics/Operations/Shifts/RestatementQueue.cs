using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.Shifts;

/// <summary>
/// What is still to be computed again, on disk until it is done: late readings are acknowledged once they are stored and
/// their stretch of time is marked here. Marking the same again is harmless. Thread-safe.
/// </summary>
public sealed class RestatementQueue(OperationsDatabase database, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Marks stretches; on disk when the call returns.</summary>
    public Task MarkAsync(IReadOnlyCollection<Restatement> wanted, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            foreach (Restatement each in wanted)
            {
                await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO shift_restatement (line, range_start, range_end, reason, marked_at) VALUES (@Line, @From, @To, @Reason, @now)
                    ON CONFLICT (line, range_start, range_end) DO UPDATE SET marked_at = @now
                    """,
                    new { each.Line, each.From, each.To, each.Reason, now = Now },
                    transaction);
            }

            return wanted.Count;
        },
        cancellationToken);

    /// <summary>Stretches that were not marked again for a while: a machine that hands in a day's messages restates once, not a hundred times.</summary>
    public async Task<IReadOnlyList<Restatement>> DueAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return
        [
            .. (await connection.QueryAsync<Row>(
                "SELECT line, range_start, range_end, reason FROM shift_restatement WHERE marked_at <= @until ORDER BY line, range_start",
                new { until = Now - quiet })).Select(row => new Restatement(row.Line, row.RangeStart, row.RangeEnd, row.Reason)),
        ];
    }

    /// <summary>Takes stretches off once their shifts are kept, unless they were marked again since <paramref name="readAt"/> (UTC).</summary>
    public Task DoneAsync(IReadOnlyCollection<Restatement> done, DateTime readAt, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            foreach (Restatement each in done)
            {
                await transaction.Connection!.ExecuteAsync(
                    "DELETE FROM shift_restatement WHERE line = @Line AND range_start = @From AND range_end = @To AND marked_at <= @readAt",
                    new { each.Line, each.From, each.To, readAt },
                    transaction);
            }

            return done.Count;
        },
        cancellationToken);

    private sealed record Row
    {
        public required string Line { get; init; }

        public required DateTime RangeStart { get; init; }

        public required DateTime RangeEnd { get; init; }

        public required string Reason { get; init; }
    }
}
