using System.Data.Common;
using System.Text.Json;
using Dapper;
using Linewatch.Operations.Notifications;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.WorkOrders;

/// <summary>Tells an outside CMMS of every change, through the outbox and in the change's own transaction.</summary>
public sealed class CmmsLink(IOptionsMonitor<CmmsOptions> options, TimeProvider clock)
{
    /// <summary>Author of changes that came from the CMMS; they are not told back to it.</summary>
    public const string Author = "cmms";

    internal async Task TellAsync(DbTransaction transaction, WorkOrder order, string author)
    {
        string channel = options.CurrentValue.Channel;
        if (channel.Length == 0 || author == Author)
        {
            return;
        }

        DateTime now = clock.GetUtcNow().UtcDateTime;
        Notification notification = new()
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Channel = channel,
            Step = 0,
            Subject = $"{order.Title}: {order.State}",
            Body = order.Reason,
            Payload = JsonSerializer.Serialize(new { type = "work-order", workOrder = order, state = order.State.ToString(), priority = order.Priority.ToString() }),
            CreatedAt = now,
            DueAt = now,
            State = NotificationState.Pending,
            Attempts = 0,
            LastError = "",
        };
        await NotificationTable.AddAsync(transaction, $"work-order|{order.Id}|{order.Version}", notification);
    }
}

/// <summary>A change that the outside CMMS reports.</summary>
public sealed record CmmsChange
{
    /// <summary>The CMMS's own id of this event: delivered again, it changes nothing.</summary>
    public required string EventId { get; init; }

    /// <summary>Our id of the order.</summary>
    public required string WorkOrder { get; init; }

    /// <summary>The CMMS's id of the order; null leaves it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The state it moved to; null = no move.</summary>
    public WorkOrderState? State { get; init; }

    /// <summary>Planned start, UTC.</summary>
    public DateTime? Start { get; init; }

    /// <summary>Planned end, UTC.</summary>
    public DateTime? End { get; init; }

    /// <summary>Comment.</summary>
    public string Comment { get; init; } = "";
}

/// <summary>Takes what the outside CMMS reports. Thread-safe.</summary>
public sealed class CmmsInbox(WorkOrderBook orders, IOptionsMonitor<CmmsOptions> options, TimeProvider clock)
{
    /// <summary>An event older than this by its signature is refused: a recorded one cannot be played back later.</summary>
    private static readonly TimeSpan OldestSignature = TimeSpan.FromMinutes(5);

    private const string DeliveredAlready = "this event was delivered before";

    /// <summary>Whether the signature header (see the webhook's) belongs to the body and is fresh; true where no secret is configured.</summary>
    public bool IsAuthentic(string signature, byte[] body) =>
        options.CurrentValue.Secret is not { Length: > 0 } secret
        || HttpNotifier.IsSignedBy(secret, signature, body, clock.GetUtcNow(), OldestSignature);

    /// <summary>Applies a change; a refused move (see <see cref="WorkOrderBook.MoveAsync"/>) may be delivered again.</summary>
    public async Task<ChangeResult<WorkOrder>> ApplyAsync(CmmsChange change, CancellationToken cancellationToken)
    {
        ChangeResult<WorkOrder> result = await ChangeAsync(change, cancellationToken);
        return result.Refusal == DeliveredAlready ? ChangeResult.Done(result.Value!) : result;
    }

    private Task<ChangeResult<WorkOrder>> ChangeAsync(CmmsChange change, CancellationToken cancellationToken)
    {
        return orders.ChangeAsync(
            change.WorkOrder,
            change.State?.ToString() ?? "Linked",
            CmmsLink.Author,
            change.Comment,
            order => change.State is { } to && to != order.State ? WorkOrderMoves.Refuse(order, to, change.Start, change.End) : null,
            order => WorkOrderMoves.Apply(order with { ExternalId = change.ExternalId ?? order.ExternalId }, change.State ?? order.State, change.Start, change.End, clock.GetUtcNow().UtcDateTime),
            async transaction => await transaction.Connection!.ExecuteAsync(
                "INSERT INTO cmms_event (event_id, received_at) VALUES (@EventId, @now) ON CONFLICT (event_id) DO NOTHING",
                new { change.EventId, now = clock.GetUtcNow().UtcDateTime }, transaction) > 0 ? null : DeliveredAlready,
            cancellationToken);
    }
}
