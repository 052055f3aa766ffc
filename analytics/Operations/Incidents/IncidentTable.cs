using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

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

    public static async Task<IReadOnlyList<Incident>> ListAsync(DbConnection connection, bool openOnly, string? line, int limit) =>
    [
        .. await connection.QueryAsync<Incident>(
            "SELECT * FROM incident WHERE state <> 'Merged'"
            + (openOnly ? " AND state = 'Open'" : "")
            + (line is null ? "" : " AND (line = @line OR line = '')")
            + " ORDER BY opened_at DESC, id DESC LIMIT @limit",
            new { line, limit = Math.Clamp(limit, 1, 10_000) }),
    ];

    public static Task InsertAsync(DbTransaction transaction, Incident incident) => transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO incident (id, kind, cause, line, machine, title, severity, state, opened_at, closed_at, merged_into, acknowledged_at, acknowledged_by, version)
        VALUES (@Id, @Kind, @Cause, @Line, @Machine, @Title, @Severity, @State, @OpenedAt, @ClosedAt, @MergedInto, @AcknowledgedAt, @AcknowledgedBy, @Version)
        """,
        Columns(incident), transaction);

    public static Task UpdateAsync(DbTransaction transaction, Incident incident) => transaction.Connection!.ExecuteAsync(
        """
        UPDATE incident SET kind = @Kind, cause = @Cause, line = @Line, machine = @Machine, title = @Title, severity = @Severity, state = @State,
            opened_at = @OpenedAt, closed_at = @ClosedAt, merged_into = @MergedInto, acknowledged_at = @AcknowledgedAt, acknowledged_by = @AcknowledgedBy,
            version = @Version
        WHERE id = @Id
        """,
        Columns(incident), transaction);

    public static Task MoveAlertsAsync(DbTransaction transaction, string from, string to) => transaction.Connection!.ExecuteAsync(
        "UPDATE alert SET incident_id = @to WHERE incident_id = @from", new { from, to }, transaction);

    public static Task<long> ActiveAlertsAsync(DbTransaction transaction, string id) => transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT COUNT(*) FROM alert WHERE incident_id = @id AND state IN ('Unacknowledged', 'Acknowledged')", new { id }, transaction);

    public static Task<long> UnseenAlertsAsync(DbTransaction transaction, string id) => transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT COUNT(*) FROM alert WHERE incident_id = @id AND state IN ('Unacknowledged', 'ReturnedUnacknowledged', 'LatchedUnacknowledged')", new { id }, transaction);

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
        incident.Version,
    };
}
