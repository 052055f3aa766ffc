using System.Data.Common;
using Dapper;

namespace Linewatch.Operations.Alerts;

/// <summary>The SQL of alerts. Every method works within the caller's transaction.</summary>
internal static class AlertTable
{
    /// <summary>An alert with the strongest silence that lies over it at <c>@now</c>.</summary>
    private const string Select = """
        SELECT a.*, s.kind AS silenced, s.until AS silenced_until
        FROM alert a
        LEFT JOIN alert_suppression s
          ON s.open_key = a.rule || '|' || a.line || '/' || a.machine || '/' || COALESCE(a.signal, '')
         AND s.since <= @now AND s.until > @now
         AND s.kind = (SELECT MAX(t.kind) FROM alert_suppression t WHERE t.open_key = s.open_key AND t.since <= @now AND t.until > @now)
        """;

    public static Task<Alert?> FindAsync(DbConnection connection, DbTransaction? transaction, string id, DateTime now) =>
        connection.QuerySingleOrDefaultAsync<Alert>(Select + " WHERE a.id = @id", new { id, now }, transaction);

    public static Task<Alert?> FindOpenAsync(DbTransaction transaction, string openKey, DateTime now) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Alert>(Select + " WHERE a.open_key = @openKey", new { openKey, now }, transaction);

    public static async Task<IReadOnlyList<Alert>> ListAsync(DbConnection connection, AlertFilter filter, DateTime now)
    {
        List<string> conditions = [];
        DynamicParameters parameters = new(new { now, limit = Math.Clamp(filter.Limit, 1, 10_000) });
        Restrict(filter.OpenOnly ? "" : null, "a.open_key IS NOT NULL");
        Restrict(filter.WithoutSilenced ? "" : null, "s.kind IS NULL");
        Restrict(filter.Line, "a.line = @line", "line");
        Restrict(filter.Machine, "a.machine = @machine", "machine");
        Restrict(filter.Rule, "a.rule = @rule", "rule");
        Restrict(filter.From, "a.raised_at >= @from", "from");
        Restrict(filter.To, "a.raised_at < @to", "to");
        if (filter.AtLeast is { } atLeast)
        {
            // Names of an enumeration, not input: PostgreSQL and SQLite do not share a way to pass a list.
            IEnumerable<string> severities = Enum.GetValues<AlertSeverity>().Where(severity => severity >= atLeast).Select(severity => $"'{severity}'");
            conditions.Add($"a.severity IN ({string.Join(", ", severities)})");
        }

        string where = conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions);
        IEnumerable<Alert> alerts = await connection.QueryAsync<Alert>(Select + where + " ORDER BY a.raised_at DESC, a.id DESC LIMIT @limit", parameters);
        return [.. alerts];

        void Restrict(object? value, string condition, string? name = null)
        {
            if (value is null)
            {
                return;
            }

            conditions.Add(condition);
            if (name is not null)
            {
                parameters.Add(name, value);
            }
        }
    }

    public static Task InsertAsync(DbTransaction transaction, Alert alert) => transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO alert (id, open_key, cause, incident_id, rule, found_by, line, machine, signal, severity, state, latched, raised_at, last_raised_at, occurrences,
            value, expected_lower, expected_upper, unit, message, acknowledged_at, acknowledged_by, cleared_at, assignee, journal_position, version)
        VALUES (@Id, @OpenKey, @Cause, @IncidentId, @Rule, @FoundBy, @Line, @Machine, @Signal, @Severity, @State, @Latched, @RaisedAt, @LastRaisedAt, @Occurrences,
            @Value, @ExpectedLower, @ExpectedUpper, @Unit, @Message, @AcknowledgedAt, @AcknowledgedBy, @ClearedAt, @Assignee, @JournalPosition, @Version)
        """,
        Columns(alert), transaction);

    public static Task UpdateAsync(DbTransaction transaction, Alert alert) => transaction.Connection!.ExecuteAsync(
        """
        UPDATE alert SET open_key = @OpenKey, found_by = @FoundBy, incident_id = @IncidentId, severity = @Severity, state = @State, latched = @Latched, last_raised_at = @LastRaisedAt,
            occurrences = @Occurrences, value = @Value, expected_lower = @ExpectedLower, expected_upper = @ExpectedUpper, unit = @Unit,
            message = @Message, acknowledged_at = @AcknowledgedAt, acknowledged_by = @AcknowledgedBy, cleared_at = @ClearedAt,
            assignee = @Assignee, journal_position = @JournalPosition, version = @Version
        WHERE id = @Id
        """,
        Columns(alert), transaction);

    /// <summary>Adds to the history; false when the event was there already.</summary>
    public static async Task<bool> AddEventAsync(
        DbTransaction transaction, string id, string alertId, string? eventKey, AlertEvent happened) =>
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO alert_event (id, alert_id, event_key, sequence, kind, happened_at, author, text, annunciated)
            VALUES (@id, @alertId, @eventKey, @Sequence, @Kind, @HappenedAt, @Author, @Text, @Annunciated)
            ON CONFLICT (event_key) DO NOTHING
            """,
            new
            {
                id,
                alertId,
                eventKey,
                happened.Sequence,
                Kind = happened.Kind.ToString(),
                happened.HappenedAt,
                happened.Author,
                happened.Text,
                Annunciated = happened.Annunciated ? 1 : 0,
            },
            transaction) > 0;

    /// <summary>The alert that an event belongs to, or null when the event is new.</summary>
    public static Task<string?> OwnerOfAsync(DbTransaction transaction, string eventKey) =>
        transaction.Connection!.ExecuteScalarAsync<string?>("SELECT alert_id FROM alert_event WHERE event_key = @eventKey", new { eventKey }, transaction);

    /// <summary>The alerts that were ever part of an incident, oldest first; those that came back later belong to a newer one.</summary>
    public static async Task<IReadOnlyList<Alert>> OfIncidentAsync(DbConnection connection, DbTransaction? transaction, string incidentId, DateTime now) =>
        [.. await connection.QueryAsync<Alert>(Select + " WHERE a.id IN (SELECT alert_id FROM incident_alert WHERE incident_id = @incidentId) ORDER BY a.raised_at, a.id", new { incidentId, now }, transaction)];

    public static async Task<IReadOnlyList<AlertEvent>> HistoryAsync(DbConnection connection, string alertId) =>
    [
        .. await connection.QueryAsync<AlertEvent>(
            "SELECT sequence, kind, happened_at, author, text, annunciated FROM alert_event WHERE alert_id = @alertId ORDER BY sequence", new { alertId }),
    ];

    private static object Columns(Alert alert) => new
    {
        alert.Id,
        OpenKey = alert.IsOpen ? AlertBook.OpenKey(alert.Rule, alert.Source) : null,
        Cause = alert.Cause.ToString(),
        alert.IncidentId,
        alert.Rule,
        alert.FoundBy,
        alert.Line,
        alert.Machine,
        alert.Signal,
        Severity = alert.Severity.ToString(),
        State = alert.State.ToString(),
        Latched = alert.Latched ? 1 : 0,
        alert.RaisedAt,
        alert.LastRaisedAt,
        alert.Occurrences,
        alert.Value,
        alert.ExpectedLower,
        alert.ExpectedUpper,
        alert.Unit,
        alert.Message,
        alert.AcknowledgedAt,
        alert.AcknowledgedBy,
        alert.ClearedAt,
        alert.Assignee,
        alert.JournalPosition,
        alert.Version,
    };
}
