namespace Linewatch.Mqtt;

/// <summary>One QoS 1 or 2 message on its way to one session.</summary>
internal sealed class Delivery
{
    public required BrokerMessage Message { get; init; }

    public required MqttQoS QoS { get; init; }

    /// <summary>The retain flag this subscriber sees.</summary>
    public required bool Retain { get; init; }

    public required uint[] Identifiers { get; init; }

    /// <summary>0 while queued.</summary>
    public ushort PacketId { get; set; }

    /// <summary>Order of first sending.</summary>
    public long Sequence { get; set; }

    /// <summary>PUBREC came: only PUBREL is sent from now on.</summary>
    public bool Released { get; set; }
}
