namespace Linewatch.Mqtt;

/// <summary>A session as the store kept it; <c>DisconnectedAt</c> is null where its client was connected when the process died.</summary>
internal sealed record StoredSession(int Number, string ClientId, string? User, uint ExpirySeconds, DateTimeOffset? DisconnectedAt)
{
    public List<(string Filter, SubscriptionOptions Options, uint Identifier)> Subscriptions { get; } = [];

    public List<Delivery> Deliveries { get; } = [];

    /// <summary>QoS 2 messages received and not released; a null message was not held.</summary>
    public List<(ushort PacketId, BrokerMessage? Message)> Received { get; } = [];
}
