using System.Data.Common;
using Dapper;

namespace Linewatch.Operations.Notifications;

/// <summary>The SQL of the outbox.</summary>
internal static class NotificationTable
{
    /// <summary>Writes one; a key that is there already stays as it is. True when it is new.</summary>
    public static async Task<bool> AddAsync(DbTransaction transaction, string key, Notification notification)
    {
        int added = await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO notification (id, message_key, incident_id, channel, step, subject, body, payload, created_at, due_at, state, attempts, last_error)
            VALUES (@Id, @key, @IncidentId, @Channel, @Step, @Subject, @Body, @Payload, @CreatedAt, @DueAt, 'Pending', 0, '')
            ON CONFLICT (message_key) DO NOTHING
            """,
            new
            {
                key,
                notification.Id,
                notification.IncidentId,
                notification.Channel,
                notification.Step,
                notification.Subject,
                notification.Body,
                notification.Payload,
                notification.CreatedAt,
                notification.DueAt,
            },
            transaction);
        if (added > 0)
        {
            await transaction.Connection!.ExecuteAsync(
                "INSERT INTO notification_file (notification_id, name, content_type, content) VALUES (@Id, @Name, @ContentType, @Content)",
                notification.Files.Select(file => new { notification.Id, file.Name, file.ContentType, file.Content }), transaction);
        }

        return added > 0;
    }

    /// <summary>Takes what is due for this node until the lease ends, with its files; what another node holds is left to it.</summary>
    public static async Task<IReadOnlyList<Notification>> ClaimAsync(DbTransaction transaction, string node, DateTime now, DateTime leaseEnd, int most)
    {
        List<Notification> claimed =
        [
            .. await transaction.Connection!.QueryAsync<Notification>(
                """
                UPDATE notification SET claimed_by = @node, claimed_until = @leaseEnd
                WHERE id IN (
                    SELECT id FROM notification
                    WHERE state = 'Pending' AND due_at <= @now AND (claimed_until IS NULL OR claimed_until <= @now)
                    ORDER BY due_at, id LIMIT @most)
                RETURNING *
                """,
                new { node, now, leaseEnd, most }, transaction),
        ];
        for (int i = 0; i < claimed.Count; i++)
        {
            IEnumerable<NotificationFile> files = await transaction.Connection!.QueryAsync<NotificationFile>(
                "SELECT name, content_type, content FROM notification_file WHERE notification_id = @Id ORDER BY name", new { claimed[i].Id }, transaction);
            claimed[i] = claimed[i] with { Files = [.. files] };
        }

        return claimed;
    }

    /// <summary>The nodes that hold something.</summary>
    public static async Task<IReadOnlyList<string>> HoldersAsync(DbTransaction transaction) =>
        [.. await transaction.Connection!.QueryAsync<string>("SELECT DISTINCT claimed_by FROM notification WHERE state = 'Pending' AND claimed_by IS NOT NULL", transaction: transaction)];

    /// <summary>Lets go of everything that a node holds.</summary>
    public static Task<int> FreeAsync(DbTransaction transaction, string node) => transaction.Connection!.ExecuteAsync(
        "UPDATE notification SET claimed_by = NULL, claimed_until = NULL WHERE state = 'Pending' AND claimed_by = @node", new { node }, transaction);

    public static Task EndAsync(DbTransaction transaction, string id, NotificationState state, string error, DateTime now) =>
        transaction.Connection!.ExecuteAsync(
            "UPDATE notification SET state = @state, ended_at = @now, last_error = @error, claimed_by = NULL, claimed_until = NULL WHERE id = @id",
            new { id, state = state.ToString(), error, now }, transaction);

    public static Task RetryAsync(DbTransaction transaction, string id, DateTime dueAt, string error) => transaction.Connection!.ExecuteAsync(
        "UPDATE notification SET attempts = attempts + 1, due_at = @dueAt, last_error = @error, claimed_by = NULL, claimed_until = NULL WHERE id = @id",
        new { id, dueAt, error }, transaction);

    /// <summary>Stops the escalation of an incident; with <paramref name="all"/> also what was to go out at once.</summary>
    public static Task CancelAsync(DbTransaction transaction, string incidentId, DateTime now, bool all = false) =>
        transaction.Connection!.ExecuteAsync(
            "UPDATE notification SET state = 'Cancelled', ended_at = @now WHERE incident_id = @incidentId AND state = 'Pending' AND claimed_by IS NULL"
            + (all ? "" : " AND step > 0"),
            new { incidentId, now }, transaction);

    public static Task<Notification?> FindAsync(DbTransaction transaction, string id) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Notification>("SELECT * FROM notification WHERE id = @id", new { id }, transaction);

    /// <summary>Lets one that was given up begin anew.</summary>
    public static Task ReviveAsync(DbTransaction transaction, string id, DateTime now, string note) => transaction.Connection!.ExecuteAsync(
        "UPDATE notification SET state = 'Pending', created_at = @now, due_at = @now, attempts = 0, ended_at = NULL, last_error = @note WHERE id = @id",
        new { id, now, note }, transaction);

    public static async Task<IReadOnlyList<Notification>> ListAsync(DbConnection connection, string? incidentId, NotificationState? state, int limit) =>
    [
        .. await connection.QueryAsync<Notification>(
            "SELECT * FROM notification WHERE 1 = 1"
            + (incidentId is null ? "" : " AND incident_id = @incidentId")
            + (state is null ? "" : " AND state = @state")
            + " ORDER BY created_at DESC, id DESC LIMIT @limit",
            new { incidentId, state = state?.ToString(), limit = Math.Clamp(limit, 1, 10_000) }),
    ];
}
