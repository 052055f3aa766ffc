namespace Linewatch.Mqtt;

/// <summary>
/// A PUBLISH as it lies in a receive buffer. Its spans are valid only until the call that hands it over returns;
/// who needs it longer copies it.
/// </summary>
public readonly ref struct PublishView
{
    /// <summary>Topic name: valid UTF-8, 1 … 65,535 bytes, no wildcards; a topic alias is already resolved.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Application message; may be empty.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The MQTT 5 property block without its length prefix, already checked; empty for 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Quality of service it was received with.</summary>
    public MqttQoS QoS { get; init; }

    /// <summary>Whether the broker sent it from its retained messages, or the publisher asked to retain it.</summary>
    public bool Retain { get; init; }

    /// <summary>Whether the peer marked it as a possible redelivery.</summary>
    public bool Duplicate { get; init; }
}
