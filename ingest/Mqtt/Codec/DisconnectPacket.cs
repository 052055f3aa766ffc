namespace Linewatch.Mqtt.Codec;

/// <summary>DISCONNECT and AUTH (sections 3.14, 3.15): a reason code and properties, each omitted when there is nothing to say.</summary>
internal sealed record DisconnectPacket(PacketType Type, MqttReasonCode ReasonCode, MqttProperties? Properties = null)
{
    public static DisconnectPacket Decode(in Frame frame, MqttVersion version)
    {
        FieldReader fields = new(frame.Body);
        MqttReasonCode reason = MqttReasonCode.Success;
        MqttProperties? properties = null;
        if (version == MqttVersion.V5 && !fields.AtEnd)
        {
            reason = (MqttReasonCode)fields.ReadByte("reason code");
            if (!Enum.IsDefined(reason))
            {
                MqttProtocolException.Malformed($"reason code {(byte)reason:X2} is not defined");
            }

            if (!fields.AtEnd)
            {
                properties = MqttProperties.Decode(fields.ReadProperties(), (PropertyOwner)(1 << (int)frame.Type));
            }
        }

        fields.ExpectEnd(frame.Type.ToString());
        return new DisconnectPacket(frame.Type, reason, properties);
    }

    public void Write(PacketBuffer buffer, MqttVersion version)
    {
        buffer.WriteByte((byte)((int)Type << 4));
        int mark = buffer.BeginLength();
        if (version == MqttVersion.V5 && (ReasonCode != MqttReasonCode.Success || Properties is not null))
        {
            buffer.WriteByte((byte)ReasonCode);
            if (Properties is not null)
            {
                MqttProperties.Write(buffer, Properties);
            }
        }

        buffer.EndLength(mark);
    }
}
