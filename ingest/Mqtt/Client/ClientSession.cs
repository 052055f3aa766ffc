namespace Linewatch.Mqtt;

/// <summary>What a client keeps between connections (section 4.1): outgoing publishes and the QoS 2 messages it has received.</summary>
internal sealed class ClientSession(MqttClientOptions options)
{
    private readonly Dictionary<ushort, long> _received = [];

    /// <summary>Identifier in use: the configured one, the one a MQTT 5 broker assigned, or one of our own, so that a reconnect resumes.</summary>
    public string ClientId { get; set; } = options is { ClientId.Length: 0, Version: MqttVersion.V311 }
        ? "linewatch-" + Guid.NewGuid().ToString("N")[..12]
        : options.ClientId;

    public PublishFlow Publishes { get; } = new(options.Version, options.MaximumInFlight);

    /// <summary>Whether a QoS 2 message with this identifier was handed over and waits for PUBREL.</summary>
    public bool TryGetReceipt(ushort packetId, out long receipt) => _received.TryGetValue(packetId, out receipt);

    public void Remember(ushort packetId, long receipt) => _received[packetId] = receipt;

    public bool Forget(ushort packetId) => _received.Remove(packetId);

    /// <summary>The broker has no session: its identifiers start anew.</summary>
    public void ForgetAll() => _received.Clear();
}
