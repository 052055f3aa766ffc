namespace Linewatch.Mqtt;

/// <summary>The message a server publishes when it loses the client without DISCONNECT. [MQTT 3.1.2.5]</summary>
public sealed record MqttWill
{
    /// <summary>Topic name without wildcards.</summary>
    public required string Topic { get; init; }

    /// <summary>Application message, at most 65,535 bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of service the will is published with. Default 0.</summary>
    public MqttQoS QoS { get; init; }

    /// <summary>Whether the will becomes the topic's retained message. Default false.</summary>
    public bool Retain { get; init; }

    /// <summary>MQTT 5: will delay, expiry, content type and further properties of the message; null = none.</summary>
    public MqttProperties? Properties { get; init; }
}
