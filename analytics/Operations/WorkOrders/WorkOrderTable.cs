using System.Data.Common;
using Dapper;

namespace Linewatch.Operations.WorkOrders;

/// <summary>The SQL of work orders.</summary>
internal static class WorkOrderTable
{
    public static Task<WorkOrder?> FindAsync(DbConnection connection, DbTransaction? transaction, string id) =>
        connection.QuerySingleOrDefaultAsync<WorkOrder>("SELECT * FROM work_order WHERE id = @id", new { id }, transaction);

    public static Task<WorkOrder?> FindOpenAsync(DbTransaction transaction, string openKey) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<WorkOrder>("SELECT * FROM work_order WHERE open_key = @openKey", new { openKey }, transaction);

    public static async Task<IReadOnlyList<WorkOrder>> ListAsync(DbConnection connection, WorkOrderFilter filter)
    {
        List<string> conditions = [];
        if (filter.OpenOnly)
        {
            conditions.Add("open_key IS NOT NULL");
        }

        if (filter.State is not null)
        {
            conditions.Add("state = @state");
        }

        if (filter.Line is not null)
        {
            conditions.Add("line = @line");
        }

        if (filter.Machine is not null)
        {
            conditions.Add("machine = @machine");
        }

        string where = conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions);
        return
        [
            .. await connection.QueryAsync<WorkOrder>(
                $"SELECT * FROM work_order{where} ORDER BY due_latest, id LIMIT @limit",
                new { state = filter.State?.ToString(), line = filter.Line, machine = filter.Machine, limit = Math.Clamp(filter.Limit, 1, 10_000) }),
        ];
    }

    public static Task InsertAsync(DbTransaction transaction, WorkOrder order) => transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO work_order (id, open_key, title, line, machine, component, state, priority, origin, reason, due_earliest, due_latest,
            scheduled_start, scheduled_end, assignee, created_at, updated_at, version,
            external_id, predicted_at, started_at, ended_at, finding, finding_text, measured_before, measured_after)
        VALUES (@Id, @OpenKey, @Title, @Line, @Machine, @Component, @State, @Priority, @Origin, @Reason, @DueEarliest, @DueLatest,
            @ScheduledStart, @ScheduledEnd, @Assignee, @CreatedAt, @UpdatedAt, @Version,
            @ExternalId, @PredictedAt, @StartedAt, @EndedAt, @Finding, @FindingText, @MeasuredBefore, @MeasuredAfter)
        """,
        Columns(order), transaction);

    public static Task UpdateAsync(DbTransaction transaction, WorkOrder order) => transaction.Connection!.ExecuteAsync(
        """
        UPDATE work_order SET open_key = @OpenKey, title = @Title, state = @State, priority = @Priority, reason = @Reason,
            due_earliest = @DueEarliest, due_latest = @DueLatest, scheduled_start = @ScheduledStart, scheduled_end = @ScheduledEnd,
            assignee = @Assignee, updated_at = @UpdatedAt, version = @Version,
            external_id = @ExternalId, predicted_at = @PredictedAt, started_at = @StartedAt, ended_at = @EndedAt, finding = @Finding,
            finding_text = @FindingText, measured_before = @MeasuredBefore, measured_after = @MeasuredAfter
        WHERE id = @Id
        """,
        Columns(order), transaction);

    public static Task AddEventAsync(DbTransaction transaction, string id, string orderId, WorkOrderEvent happened) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO work_order_event (id, work_order_id, sequence, kind, happened_at, author, text)
            VALUES (@id, @orderId, @Sequence, @Kind, @HappenedAt, @Author, @Text)
            """,
            new { id, orderId, happened.Sequence, happened.Kind, happened.HappenedAt, happened.Author, happened.Text }, transaction);

    public static async Task<IReadOnlyList<WorkOrderEvent>> HistoryAsync(DbConnection connection, string orderId) =>
    [
        .. await connection.QueryAsync<WorkOrderEvent>(
            "SELECT sequence, kind, happened_at, author, text FROM work_order_event WHERE work_order_id = @orderId ORDER BY sequence", new { orderId }),
    ];

    public static Task AddChecksAsync(DbTransaction transaction, string orderId, IReadOnlyList<string> checklist) => transaction.Connection!.ExecuteAsync(
        "INSERT INTO work_order_check (work_order_id, position, text) VALUES (@orderId, @position, @text)",
        checklist.Select((text, i) => new { orderId, position = i + 1L, text }), transaction);

    public static Task<long> OpenChecksAsync(DbTransaction transaction, string orderId) => transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT COUNT(*) FROM work_order_check WHERE work_order_id = @orderId AND done_at IS NULL", new { orderId }, transaction);

    private static object Columns(WorkOrder order) => new
    {
        order.Id,
        OpenKey = order.IsOpen ? WorkOrderBook.OpenKey(order.Line, order.Machine, order.Component) : null,
        order.Title,
        order.Line,
        order.Machine,
        order.Component,
        State = order.State.ToString(),
        Priority = order.Priority.ToString(),
        order.Origin,
        order.Reason,
        order.DueEarliest,
        order.DueLatest,
        order.ScheduledStart,
        order.ScheduledEnd,
        order.Assignee,
        order.CreatedAt,
        order.UpdatedAt,
        order.Version,
        order.ExternalId,
        order.PredictedAt,
        order.StartedAt,
        order.EndedAt,
        Finding = order.Finding?.ToString(),
        order.FindingText,
        order.MeasuredBefore,
        order.MeasuredAfter,
    };
}
