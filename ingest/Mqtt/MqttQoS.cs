namespace Linewatch.Mqtt;

/// <summary>Quality of service of a PUBLISH. [MQTT-4.3]</summary>
public enum MqttQoS : byte
{
    /// <summary>QoS 0: delivered at most once, never acknowledged.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: delivered at least once, acknowledged by PUBACK.</summary>
    AtLeastOnce = 1,

    /// <summary>QoS 2: delivered exactly once, by PUBREC, PUBREL, PUBCOMP.</summary>
    ExactlyOnce = 2,
}
