namespace Linewatch.Mqtt.Codec;

/// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP: one layout (sections 3.4 … 3.7).</summary>
internal readonly record struct AckPacket(PacketType Type, ushort PacketId, MqttReasonCode ReasonCode)
{
    public bool IsFailure => (byte)ReasonCode >= 0x80;

    public static AckPacket Decode(in Frame frame, MqttVersion version)
    {
        FieldReader fields = new(frame.Body);
        ushort id = fields.ReadPacketId();
        MqttReasonCode reason = MqttReasonCode.Success;
        if (version == MqttVersion.V5 && !fields.AtEnd)
        {
            reason = (MqttReasonCode)fields.ReadByte("reason code");
            CheckReason(frame.Type, reason);
            if (!fields.AtEnd)
            {
                PropertyRules.Check(fields.ReadProperties(), (PropertyOwner)(1 << (int)frame.Type));
            }
        }

        fields.ExpectEnd(frame.Type.ToString());
        return new AckPacket(frame.Type, id, reason);
    }

    /// <summary>Writes the short form: no reason code when it is success, no properties. [MQTT 3.4.2.1]</summary>
    public static void Write(PacketBuffer buffer, MqttVersion version, PacketType type, ushort packetId, MqttReasonCode reason = MqttReasonCode.Success)
    {
        bool withReason = version == MqttVersion.V5 && reason != MqttReasonCode.Success;
        Span<byte> target = buffer.Reserve(withReason ? 5 : 4);
        target[0] = (byte)(((int)type << 4) | (type == PacketType.Pubrel ? 2 : 0));
        target[1] = (byte)(withReason ? 3 : 2);
        target[2] = (byte)(packetId >> 8);
        target[3] = (byte)packetId;
        if (withReason)
        {
            target[4] = (byte)reason;
        }
    }

    private static void CheckReason(PacketType type, MqttReasonCode reason)
    {
        // [MQTT-3.4.2-1, MQTT-3.5.2-1, MQTT-3.6.2-1, MQTT-3.7.2-1]
        bool allowed = type is PacketType.Puback or PacketType.Pubrec
            ? reason is MqttReasonCode.Success or MqttReasonCode.NoMatchingSubscribers or MqttReasonCode.UnspecifiedError
                or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.NotAuthorized or MqttReasonCode.TopicNameInvalid
                or MqttReasonCode.PacketIdentifierInUse or MqttReasonCode.QuotaExceeded or MqttReasonCode.PayloadFormatInvalid
            : reason is MqttReasonCode.Success or MqttReasonCode.PacketIdentifierNotFound;
        if (!allowed)
        {
            MqttProtocolException.Violation($"reason code {(byte)reason:X2} is not allowed in {type}");
        }
    }
}
