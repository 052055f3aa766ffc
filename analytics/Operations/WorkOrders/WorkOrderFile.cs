using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.WorkOrders;

/// <summary>Checklist, parts, labour and files of work orders. Thread-safe; open orders only.</summary>
public sealed class WorkOrderFile(OperationsDatabase database, WorkOrderBook orders, TimeProvider clock)
{
    /// <summary>Largest attachment: 10 MiB.</summary>
    public const int LargestAttachment = 10 * 1024 * 1024;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Everything that belongs to an order; empty lists when there is none of that id.</summary>
    public async Task<WorkOrderDetails> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return new WorkOrderDetails(
            await ListAsync<WorkOrderCheck>(connection, "position, text, done_at, done_by FROM work_order_check", id, "position"),
            await ListAsync<WorkOrderPart>(connection, "part, quantity, unit_cost FROM work_order_part", id, "position"),
            await ListAsync<WorkOrderLabour>(connection, "person, minutes, hourly_cost FROM work_order_labour", id, "position"),
            await ListAsync<WorkOrderAttachment>(connection, "id, name, content_type, added_at, added_by FROM work_order_attachment", id, "added_at, id"));
    }

    /// <summary>Adds a point to the checklist.</summary>
    public Task<ChangeResult<WorkOrder>> AddCheckAsync(string id, string text, string author, CancellationToken cancellationToken) => orders.ChangeAsync(
        id,
        "CheckAdded",
        author,
        text,
        order => string.IsNullOrWhiteSpace(text) ? "the point is empty" : WorkOrderBook.RefuseClosed(order),
        order => order,
        transaction => InsertAsync(transaction, "work_order_check", id, "text", "@text", new { text }),
        cancellationToken);

    /// <summary>Checks a point off.</summary>
    public Task<ChangeResult<WorkOrder>> CheckOffAsync(string id, long position, string author, CancellationToken cancellationToken) => orders.ChangeAsync(
        id,
        "CheckedOff",
        author,
        $"point {position}",
        WorkOrderBook.RefuseClosed,
        order => order,
        async (transaction) => await transaction.Connection!.ExecuteAsync(
            "UPDATE work_order_check SET done_at = @Now, done_by = @author WHERE work_order_id = @id AND position = @position AND done_at IS NULL",
            new { id, position, author, Now }, transaction) > 0 ? null : $"the checklist has no open point {position}",
        cancellationToken);

    /// <summary>Notes parts used.</summary>
    public Task<ChangeResult<WorkOrder>> AddPartAsync(string id, WorkOrderPart part, string author, CancellationToken cancellationToken) => orders.ChangeAsync(
        id,
        "PartUsed",
        author,
        $"{part.Quantity} × {part.Part}",
        order => part.Quantity > 0 && part.UnitCost >= 0 && part.Part.Length > 0 ? WorkOrderBook.RefuseClosed(order) : "a part needs a name, a quantity above 0 and a cost of 0 or more",
        order => order,
        transaction => InsertAsync(transaction, "work_order_part", id, "part, quantity, unit_cost", "@Part, @Quantity, @UnitCost", part),
        cancellationToken);

    /// <summary>Notes work done.</summary>
    public Task<ChangeResult<WorkOrder>> AddLabourAsync(string id, WorkOrderLabour labour, string author, CancellationToken cancellationToken) => orders.ChangeAsync(
        id,
        "LabourAdded",
        author,
        $"{labour.Person}: {labour.Minutes} min",
        order => labour.Minutes > 0 && labour.HourlyCost >= 0 && labour.Person.Length > 0 ? WorkOrderBook.RefuseClosed(order) : "labour needs a person, minutes above 0 and a cost of 0 or more",
        order => order,
        transaction => InsertAsync(transaction, "work_order_labour", id, "person, minutes, hourly_cost", "@Person, @Minutes, @HourlyCost", labour),
        cancellationToken);

    /// <summary>Attaches a photo or file of at most <see cref="LargestAttachment"/> bytes.</summary>
    public Task<ChangeResult<WorkOrder>> AttachAsync(
        string id, string name, string contentType, byte[] content, string author, CancellationToken cancellationToken)
    {
        string attachmentId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        return orders.ChangeAsync(
            id,
            "Attached",
            author,
            name,
            order => content.Length <= LargestAttachment ? null : $"the file has {content.Length:N0} bytes; at most {LargestAttachment:N0} are kept",
            order => order,
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO work_order_attachment (id, work_order_id, name, content_type, content, added_at, added_by)
                    VALUES (@attachmentId, @id, @name, @contentType, @content, @Now, @author)
                    """,
                    new { attachmentId, id, name, contentType, content, Now, author }, transaction);
                return null;
            },
            cancellationToken);
    }

    /// <summary>An attachment of an order, or null.</summary>
    public async Task<WorkOrderAttachment?> FindAttachmentAsync(string id, string attachmentId, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<WorkOrderAttachment>(
            "SELECT id, name, content_type, added_at, added_by FROM work_order_attachment WHERE id = @attachmentId AND work_order_id = @id", new { id, attachmentId });
    }

    /// <summary>The content of an attachment, or null.</summary>
    public async Task<byte[]?> ContentAsync(string attachmentId, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<byte[]?>("SELECT content FROM work_order_attachment WHERE id = @attachmentId", new { attachmentId });
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(DbConnection connection, string columnsFrom, string id, string order) =>
        [.. await connection.QueryAsync<T>($"SELECT {columnsFrom} WHERE work_order_id = @id ORDER BY {order}", new { id })];

    /// <summary>Appends a row at the next position of its order.</summary>
    private static async Task<string?> InsertAsync(DbTransaction transaction, string table, string id, string columns, string values, object row)
    {
        DynamicParameters parameters = new(row);
        parameters.Add("id", id);
        await transaction.Connection!.ExecuteAsync(
            $"INSERT INTO {table} (work_order_id, position, {columns}) SELECT @id, COALESCE(MAX(position), 0) + 1, {values} FROM {table} WHERE work_order_id = @id",
            parameters, transaction);
        return null;
    }
}
