namespace Linewatch.Mqtt;

/// <summary>One QoS 1 or 2 message on its way to one session.</summary>
internal sealed class Delivery
{
    public required BrokerMessage Message { get; init; }

    public required MqttQoS QoS { get; init; }

    /// <summary>The retain flag this subscriber sees.</summary>
    public required bool Retain { get; init; }

    public required uint[] Identifiers { get; init; }

    /// <summary>0 while queued. Kept over a restart for QoS 2, where the client remembers it.</summary>
    public ushort PacketId { get; set; }

    /// <summary>Order of arrival in the session; sending and resending keep it.</summary>
    public long Sequence { get; set; }

    /// <summary>PUBREC came: only PUBREL is sent from now on.</summary>
    public bool Released { get; set; }
}
