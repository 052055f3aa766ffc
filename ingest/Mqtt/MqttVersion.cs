namespace Linewatch.Mqtt;

/// <summary>Protocol version; the value is the protocol level in CONNECT. [MQTT 3.1.2.2]</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1.1, ISO/IEC 20922.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
