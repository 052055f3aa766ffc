using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Mqtt;

/// <summary>The peer broke the standard. The connection cannot go on; the reason code goes into DISCONNECT (MQTT 5, section 4.13).</summary>
public sealed class MqttProtocolException(MqttReasonCode reasonCode, string message) : Exception(message)
{
    /// <summary>What is reported to the peer.</summary>
    public MqttReasonCode ReasonCode { get; } = reasonCode;

    [DoesNotReturn]
    internal static void Malformed(string what) => throw new MqttProtocolException(MqttReasonCode.MalformedPacket, what);

    [DoesNotReturn]
    internal static void Violation(string what) => throw new MqttProtocolException(MqttReasonCode.ProtocolError, what);

    [DoesNotReturn]
    internal static void Refuse(MqttReasonCode reasonCode, string what) => throw new MqttProtocolException(reasonCode, what);
}
