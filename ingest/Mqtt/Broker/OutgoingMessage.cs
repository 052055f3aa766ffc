using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>A message on its way to its subscribers. It may still lie in its receive buffer; whoever keeps it shares one copy.</summary>
internal ref struct OutgoingMessage
{
    private BrokerMessage? _kept;

    /// <summary>A message that has just been received.</summary>
    public OutgoingMessage(scoped in PublishPacket packet, byte[] topic)
    {
        Topic = topic;
        Payload = packet.Payload;
        QoS = packet.QoS;
        Retain = packet.Retain;
        if (!packet.Properties.IsEmpty)
        {
            Properties = BrokerMessage.Forwardable(packet.Properties, out uint? expiry);
            Expiry = expiry;
        }
    }

    /// <summary>A message the broker has kept or made.</summary>
    public OutgoingMessage(BrokerMessage message, uint? expiry)
    {
        _kept = message;
        Topic = message.Topic;
        Payload = message.Payload;
        Properties = message.Properties;
        QoS = message.QoS;
        Retain = message.Retain;
        Expiry = expiry;
    }

    public byte[] Topic { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Properties that are forwarded, as a raw block.</summary>
    public ReadOnlySpan<byte> Properties { get; }

    /// <summary>Seconds left; null = no expiry.</summary>
    public uint? Expiry { get; }

    public MqttQoS QoS { get; }

    /// <summary>The flag it was published with.</summary>
    public bool Retain { get; }

    /// <summary>Where subscribers that get the same bytes find them; null where there is one subscriber.</summary>
    public SharedFrames? Frames { get; set; }

    /// <summary>The message as an object of its own, made when first asked for.</summary>
    public BrokerMessage Keep(TimeProvider time) => _kept ??= new BrokerMessage
    {
        Topic = Topic,
        Payload = Payload.ToArray(),
        Properties = Properties.ToArray(),
        QoS = QoS,
        Retain = Retain,
        ExpiresAt = Expiry is { } seconds ? time.GetUtcNow().AddSeconds(seconds) : null,
    };
}
