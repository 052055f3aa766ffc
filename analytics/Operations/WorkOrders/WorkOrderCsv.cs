using System.Globalization;

namespace Linewatch.Operations.WorkOrders;

/// <summary>Work orders as CSV (RFC 4180, comma, UTC times in ISO 8601). Text that a spreadsheet would run as a formula is made harmless.</summary>
public static class WorkOrderCsv
{
    private static readonly (string Name, Func<WorkOrder, string?> Value)[] Columns =
    [
        ("id", order => order.Id),
        ("title", order => order.Title),
        ("line", order => order.Line),
        ("machine", order => order.Machine),
        ("component", order => order.Component),
        ("state", order => order.State.ToString()),
        ("priority", order => order.Priority.ToString()),
        ("origin", order => order.Origin),
        ("due_earliest", order => Time(order.DueEarliest)),
        ("due_latest", order => Time(order.DueLatest)),
        ("scheduled_start", order => Time(order.ScheduledStart)),
        ("scheduled_end", order => Time(order.ScheduledEnd)),
        ("started_at", order => Time(order.StartedAt)),
        ("ended_at", order => Time(order.EndedAt)),
        ("assignee", order => order.Assignee),
        ("finding", order => order.Finding?.ToString()),
        ("finding_text", order => order.FindingText),
        ("reason", order => order.Reason),
        ("external_id", order => order.ExternalId),
    ];

    /// <summary>Writes the header and a line for each order.</summary>
    public static async Task WriteAsync(TextWriter writer, IEnumerable<WorkOrder> orders)
    {
        await writer.WriteAsync(string.Join(',', Columns.Select(column => column.Name)) + "\r\n");
        foreach (WorkOrder order in orders)
        {
            await writer.WriteAsync(string.Join(',', Columns.Select(column => Field(column.Value(order) ?? ""))) + "\r\n");
        }
    }

    private static string? Time(DateTime? utc) => utc?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A field that no spreadsheet takes for a formula.</summary>
    private static string Field(string text) =>
        CsvField.Of(text.Length > 0 && "=+-@\t".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text);
}
