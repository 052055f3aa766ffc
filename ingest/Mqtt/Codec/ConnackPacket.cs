namespace Linewatch.Mqtt.Codec;

/// <summary>CONNACK (section 3.2).</summary>
internal sealed record ConnackPacket(bool SessionPresent, MqttReasonCode ReasonCode, MqttProperties? Properties = null)
{
    /// <summary>Bytes it has on the wire of MQTT 5.</summary>
    public int Size
    {
        get
        {
            PacketBuffer buffer = new();
            Write(buffer, MqttVersion.V5);
            int size = buffer.Length;
            buffer.Release();
            return size;
        }
    }

    public static ConnackPacket Decode(ReadOnlySpan<byte> body, MqttVersion version)
    {
        FieldReader fields = new(body);
        byte flags = fields.ReadByte("acknowledge flags");
        byte code = fields.ReadByte("reason code");
        if (flags > 1)
        {
            // [MQTT-3.2.2-1]
            MqttProtocolException.Malformed("reserved connect acknowledge flags are set");
        }

        MqttReasonCode reason = version == MqttVersion.V5 ? (MqttReasonCode)code : FromReturnCode(code);
        MqttProperties? properties = version == MqttVersion.V5 && !fields.AtEnd
            ? MqttProperties.Decode(fields.ReadProperties(), PropertyOwner.Connack)
            : null;
        fields.ExpectEnd("CONNACK");
        return new ConnackPacket((flags & 1) != 0, reason, properties);
    }

    public void Write(PacketBuffer buffer, MqttVersion version)
    {
        buffer.WriteByte((int)PacketType.Connack << 4);
        int mark = buffer.BeginLength();
        buffer.WriteByte((byte)(SessionPresent ? 1 : 0));
        buffer.WriteByte(version == MqttVersion.V5 ? (byte)ReasonCode : ToReturnCode(ReasonCode));
        if (version == MqttVersion.V5)
        {
            MqttProperties.Write(buffer, Properties);
        }

        buffer.EndLength(mark);
    }

    /// <summary>Connect return codes of 3.1.1 (table 3.1).</summary>
    private static MqttReasonCode FromReturnCode(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => MqttReasonCode.UnspecifiedError,
    };

    private static byte ToReturnCode(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned => 5,
        _ => 3,
    };
}
