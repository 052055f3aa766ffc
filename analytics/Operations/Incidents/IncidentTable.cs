using System.Data.Common;
using Dapper;

namespace Linewatch.Operations.Incidents;

/// <summary>The SQL of incidents.</summary>
internal static class IncidentTable
{
    public static Task<Incident?> FindAsync(DbConnection connection, DbTransaction? transaction, string id) =>
        connection.QuerySingleOrDefaultAsync<Incident>("SELECT * FROM incident WHERE id = @id", new { id }, transaction);

    /// <summary>Open ones and those closed since, oldest first.</summary>
    public static async Task<IReadOnlyList<Incident>> RecentAsync(DbTransaction transaction, DateTime closedSince) =>
    [
        .. await transaction.Connection!.QueryAsync<Incident>(
            "SELECT * FROM incident WHERE state = 'Open' OR (state = 'Closed' AND closed_at >= @closedSince) ORDER BY opened_at, id", new { closedSince }, transaction),
    ];

    public static async Task<IReadOnlyList<Incident>> ListAsync(DbConnection connection, IncidentFilter filter) =>
    [
        .. await connection.QueryAsync<Incident>(
            "SELECT * FROM incident WHERE state <> 'Merged'"
            + (filter.OpenOnly ? " AND state = 'Open'" : "")
            + (filter.UnseenOnly ? " AND state = 'Closed' AND acknowledged_at IS NULL" : "")
            + (filter.Line is null ? "" : " AND (line = @Line OR line = '')")
            + (filter.From is null ? "" : " AND opened_at >= @From")
            + " ORDER BY opened_at DESC, id DESC LIMIT @limit",
            new { filter.Line, filter.From, limit = Math.Clamp(filter.Limit, 1, 10_000) }),
    ];

    public static Task<long> CountOpenAsync(DbConnection connection) =>
        connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM incident WHERE state = 'Open'");

    public static async Task InsertAsync(DbTransaction transaction, Incident incident)
    {
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO incident (id, kind, cause, line, machine, title, severity, state, opened_at, closed_at, merged_into, acknowledged_at, acknowledged_by, assignee, version)
            VALUES (@Id, @Kind, @Cause, @Line, @Machine, @Title, @Severity, @State, @OpenedAt, @ClosedAt, @MergedInto, @AcknowledgedAt, @AcknowledgedBy, @Assignee, @Version)
            """,
            Columns(incident), transaction);
        await AddEventAsync(transaction, incident, IncidentEventKind.Opened, incident.OpenedAt, author: null, incident.Title);
    }

    /// <summary>Keeps a changed incident under its next version, with what happened; returns it.</summary>
    public static async Task<Incident> SaveAsync(
        DbTransaction transaction, Incident changed, IncidentEventKind kind, DateTime happenedAt, string? author, string text)
    {
        Incident saved = changed with { Version = changed.Version + 1 };
        await transaction.Connection!.ExecuteAsync(
            """
            UPDATE incident SET kind = @Kind, cause = @Cause, line = @Line, machine = @Machine, title = @Title, severity = @Severity, state = @State,
                opened_at = @OpenedAt, closed_at = @ClosedAt, merged_into = @MergedInto, acknowledged_at = @AcknowledgedAt, acknowledged_by = @AcknowledgedBy,
                assignee = @Assignee, version = @Version
            WHERE id = @Id
            """,
            Columns(saved), transaction);
        await AddEventAsync(transaction, saved, kind, happenedAt, author, text);
        return saved;
    }

    public static async Task<IReadOnlyList<IncidentEvent>> HistoryAsync(DbConnection connection, string id) =>
    [
        .. await connection.QueryAsync<IncidentEvent>(
            "SELECT sequence, kind, happened_at, author, text FROM incident_event WHERE incident_id = @id ORDER BY sequence", new { id }),
    ];

    /// <summary>Notes that an alert is part of an incident; where it was before stays noted.</summary>
    public static Task AddAlertAsync(DbTransaction transaction, string incidentId, string alertId) => transaction.Connection!.ExecuteAsync(
        "INSERT INTO incident_alert (incident_id, alert_id) VALUES (@incidentId, @alertId) ON CONFLICT (incident_id, alert_id) DO NOTHING",
        new { incidentId, alertId }, transaction);

    public static async Task MoveAlertsAsync(DbTransaction transaction, string from, string to)
    {
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO incident_alert (incident_id, alert_id) SELECT @to, alert_id FROM incident_alert WHERE incident_id = @from
            ON CONFLICT (incident_id, alert_id) DO NOTHING
            """,
            new { from, to }, transaction);
        await transaction.Connection!.ExecuteAsync("UPDATE alert SET incident_id = @to WHERE incident_id = @from", new { from, to }, transaction);
    }

    public static Task<long> ActiveAlertsAsync(DbTransaction transaction, string id) => transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT COUNT(*) FROM alert WHERE incident_id = @id AND state IN ('Unacknowledged', 'Acknowledged')", new { id }, transaction);

    public static Task<long> UnseenAlertsAsync(DbTransaction transaction, string id) => transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT COUNT(*) FROM alert WHERE incident_id = @id AND state IN ('Unacknowledged', 'ReturnedUnacknowledged', 'LatchedUnacknowledged')", new { id }, transaction);

    private static Task<int> AddEventAsync(
        DbTransaction transaction, Incident incident, IncidentEventKind kind, DateTime happenedAt, string? author, string text) =>
        transaction.Connection!.ExecuteAsync(
            "INSERT INTO incident_event (incident_id, sequence, kind, happened_at, author, text) VALUES (@Id, @Version, @kind, @happenedAt, @author, @text)",
            new { incident.Id, incident.Version, kind = kind.ToString(), happenedAt, author, text }, transaction);

    private static object Columns(Incident incident) => new
    {
        incident.Id,
        Kind = incident.Kind.ToString(),
        Cause = incident.Cause.ToString(),
        incident.Line,
        incident.Machine,
        incident.Title,
        Severity = incident.Severity.ToString(),
        State = incident.State.ToString(),
        incident.OpenedAt,
        incident.ClosedAt,
        incident.MergedInto,
        incident.AcknowledgedAt,
        incident.AcknowledgedBy,
        incident.Assignee,
        incident.Version,
    };
}
