namespace Linewatch.Mqtt;

/// <summary>What happens to retained messages when a subscription is made. [MQTT 3.8.3.1]</summary>
public enum RetainHandling : byte
{
    /// <summary>They are sent.</summary>
    Send = 0,

    /// <summary>They are sent if the subscription did not exist yet.</summary>
    SendIfNew = 1,

    /// <summary>They are not sent.</summary>
    DoNotSend = 2,
}

/// <summary>Options of a subscription; all but the quality of service need MQTT 5. [MQTT 3.8.3.1]</summary>
/// <param name="QoS">Largest quality of service messages are sent with.</param>
/// <param name="NoLocal">Own messages are not sent back. Not allowed on shared subscriptions.</param>
/// <param name="RetainAsPublished">Messages keep the retain flag they were published with.</param>
/// <param name="RetainHandling">What happens to retained messages.</param>
public readonly record struct SubscriptionOptions(
    MqttQoS QoS,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    RetainHandling RetainHandling = RetainHandling.Send)
{
    internal static SubscriptionOptions Decode(byte options, MqttVersion version)
    {
        // [MQTT-3.8.3-4] of 3.1.1: the upper six bits are reserved; [MQTT-3.8.3-5] of MQTT 5: the upper two.
        if ((options & (version == MqttVersion.V5 ? 0xC0 : 0xFC)) != 0 || (options & 3) == 3 || (options & 0x30) == 0x30)
        {
            MqttProtocolException.Malformed($"subscription options {options:X2}");
        }

        return new SubscriptionOptions((MqttQoS)(options & 3), (options & 4) != 0, (options & 8) != 0, (RetainHandling)(options >> 4));
    }

    internal byte Encode(MqttVersion version) => version == MqttVersion.V311
        ? (byte)QoS
        : (byte)((int)QoS | (NoLocal ? 4 : 0) | (RetainAsPublished ? 8 : 0) | ((int)RetainHandling << 4));
}
