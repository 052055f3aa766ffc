namespace Linewatch.Mqtt;

/// <summary>No connection: the broker cannot be reached or refuses the client. The message names host, port and cause.</summary>
public sealed class MqttConnectException : IOException
{
    internal MqttConnectException(string message, MqttReasonCode? reasonCode = null, Exception? inner = null)
        : base(message, inner) => ReasonCode = reasonCode;

    /// <summary>What the broker answered; null when there was no answer.</summary>
    public MqttReasonCode? ReasonCode { get; }
}

/// <summary>The broker refused a subscription.</summary>
public sealed class MqttSubscribeException : Exception
{
    internal MqttSubscribeException(string filter, MqttReasonCode reasonCode)
        : base($"the broker refused the subscription to '{filter}': {reasonCode} (0x{(byte)reasonCode:X2})")
    {
        Filter = filter;
        ReasonCode = reasonCode;
    }

    /// <summary>The refused topic filter.</summary>
    public string Filter { get; }

    /// <summary>What the broker answered.</summary>
    public MqttReasonCode ReasonCode { get; }
}

/// <summary>The broker refused a publish (MQTT 5 only) or does not accept its size; it is not sent again.</summary>
public sealed class MqttPublishException : Exception
{
    internal MqttPublishException(string message, MqttReasonCode reasonCode)
        : base(message) => ReasonCode = reasonCode;

    internal static MqttPublishException TooLarge(int limit) =>
        new($"the message does not fit the {limit} bytes the broker accepts in a packet", MqttReasonCode.PacketTooLarge);

    /// <summary>What the broker answered.</summary>
    public MqttReasonCode ReasonCode { get; }
}
