using System.Data.Common;
using Dapper;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Operations.Reports;

/// <summary>The reports on alarms and maintenance, computed from what is kept. Thread-safe.</summary>
public sealed class ReportBook(OperationsDatabase database, WorkOrderFile files)
{
    /// <summary>The alarm-system report of [from, to).</summary>
    /// <param name="from">Start, UTC.</param>
    /// <param name="to">End, UTC, not included.</param>
    /// <param name="line">One line, or null for the plant.</param>
    /// <param name="operators">How many operators share the alarms, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AlarmReport> AlarmsAsync(DateTime from, DateTime to, string? line, int operators, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        string ofLine = line is null ? "" : " AND a.line = @line";
        IEnumerable<CalledRow> called = await connection.QueryAsync<CalledRow>(
            $"""
            SELECT e.happened_at, a.rule || '|' || a.line || '/' || a.machine || '/' || COALESCE(a.signal, '') AS alarm, a.severity
            FROM alert_event e JOIN alert a ON a.id = e.alert_id
            WHERE e.annunciated = 1 AND e.happened_at >= @from AND e.happened_at < @to AND a.severity <> 'Advisory'{ofLine}
            """,
            new { from, to, line });
        IEnumerable<CalledRow> standing = await connection.QueryAsync<CalledRow>(
            $"""
            SELECT a.last_raised_at AS happened_at, a.rule || '|' || a.line || '/' || a.machine || '/' || COALESCE(a.signal, '') AS alarm, a.severity
            FROM alert a
            WHERE a.last_raised_at < @to AND (a.cleared_at IS NULL OR a.cleared_at >= @to) AND a.severity <> 'Advisory'{ofLine}
            """,
            new { to, line });
        return AlarmReport.Compute(
            [.. called.Select(row => new Annunciation(row.HappenedAt, row.Alarm, row.Severity))],
            [.. standing.Select(row => new StandingAlarm(row.Alarm, row.HappenedAt))],
            from,
            to,
            operators,
            ChatterLimit.Default);
    }

    /// <summary>The maintenance report of [from, to); reliability counts calendar time, from the machines' own-failure alerts.</summary>
    public async Task<MaintenanceReport> MaintenanceAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<(WorkOrder Order, WorkOrderDetails Details)> orders = [];
        Dictionary<string, Reliability> reliability;
        await using (DbConnection connection = await database.OpenAsync(cancellationToken))
        {
            IEnumerable<WorkOrder> found = await connection.QueryAsync<WorkOrder>(
                "SELECT * FROM work_order WHERE created_at < @to AND (ended_at IS NULL OR (ended_at >= @from AND ended_at < @to))", new { from, to });
            foreach (WorkOrder order in found)
            {
                orders.Add((order, await files.ReadAsync(order.Id, cancellationToken)));
            }

            // From the history: the alert itself knows only its last occurrence.
            IEnumerable<FailureRow> failures = await connection.QueryAsync<FailureRow>(
                """
                SELECT a.line, a.machine, e.happened_at AS began,
                    (SELECT MIN(c.happened_at) FROM alert_event c WHERE c.alert_id = a.id AND c.kind = 'Cleared' AND c.sequence > e.sequence) AS ended
                FROM alert_event e JOIN alert a ON a.id = e.alert_id
                WHERE a.cause = 'OwnFailure' AND e.kind IN ('Raised', 'RaisedAgain') AND e.happened_at >= @from AND e.happened_at < @to
                """,
                new { from, to });
            reliability = failures.GroupBy(failure => $"{failure.Line}/{failure.Machine}").ToDictionary(
                group => group.Key,
                group =>
                {
                    TimeSpan down = group.Aggregate(TimeSpan.Zero, (sum, failure) => sum + ((failure.Ended is { } ended && ended < to ? ended : to) - failure.Began));
                    return new Reliability(to - from - down, down, group.Count());
                });
        }

        return MaintenanceReport.Compute(orders, reliability, to);
    }

    private sealed record CalledRow
    {
        public DateTime HappenedAt { get; init; }

        public string Alarm { get; init; } = "";

        public AlertSeverity Severity { get; init; }
    }

    private sealed record FailureRow
    {
        public string Line { get; init; } = "";

        public string Machine { get; init; } = "";

        public DateTime Began { get; init; }

        public DateTime? Ended { get; init; }
    }
}
