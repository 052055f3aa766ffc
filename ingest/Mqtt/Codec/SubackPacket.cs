namespace Linewatch.Mqtt.Codec;

/// <summary>SUBACK and UNSUBACK (sections 3.9, 3.11): one reason code a filter; UNSUBACK of 3.1.1 has none.</summary>
internal sealed record SubackPacket(PacketType Type, ushort PacketId, IReadOnlyList<MqttReasonCode> ReasonCodes)
{
    public static SubackPacket Decode(in Frame frame, MqttVersion version)
    {
        FieldReader fields = new(frame.Body);
        ushort id = fields.ReadPacketId();
        if (version == MqttVersion.V5)
        {
            PropertyRules.Check(fields.ReadProperties(), (PropertyOwner)(1 << (int)frame.Type));
        }

        List<MqttReasonCode> codes = [];
        foreach (byte code in fields.ReadRest())
        {
            MqttReasonCode reason = (MqttReasonCode)code;
            if (!(frame.Type == PacketType.Suback ? IsOfSuback(reason, version) : IsOfUnsuback(reason, version)))
            {
                MqttProtocolException.Malformed($"reason code {code:X2} in {frame.Type}");
            }

            codes.Add(reason);
        }

        if (codes.Count == 0 && (frame.Type == PacketType.Suback || version == MqttVersion.V5))
        {
            MqttProtocolException.Malformed($"{frame.Type} without a reason code");
        }

        return new SubackPacket(frame.Type, id, codes);
    }

    public void Write(PacketBuffer buffer, MqttVersion version)
    {
        buffer.WriteByte((byte)((int)Type << 4));
        int mark = buffer.BeginLength();
        buffer.WriteUInt16(PacketId);
        if (version == MqttVersion.V5)
        {
            buffer.WriteByte(0);
        }

        if (Type == PacketType.Suback || version == MqttVersion.V5)
        {
            foreach (MqttReasonCode code in ReasonCodes)
            {
                // 3.1.1 knows one failure. [MQTT-3.9.3-2]
                buffer.WriteByte(version == MqttVersion.V5 || (byte)code < 0x80 ? (byte)code : (byte)MqttReasonCode.UnspecifiedError);
            }
        }

        buffer.EndLength(mark);
    }

    private static bool IsOfSuback(MqttReasonCode code, MqttVersion version) =>
        code is MqttReasonCode.Success or MqttReasonCode.GrantedQoS1 or MqttReasonCode.GrantedQoS2 or MqttReasonCode.UnspecifiedError
        || (version == MqttVersion.V5 && code is MqttReasonCode.ImplementationSpecificError or MqttReasonCode.NotAuthorized
            or MqttReasonCode.TopicFilterInvalid or MqttReasonCode.PacketIdentifierInUse or MqttReasonCode.QuotaExceeded
            or MqttReasonCode.SharedSubscriptionsNotSupported or MqttReasonCode.SubscriptionIdentifiersNotSupported
            or MqttReasonCode.WildcardSubscriptionsNotSupported);

    private static bool IsOfUnsuback(MqttReasonCode code, MqttVersion version) =>
        version == MqttVersion.V5 && code is MqttReasonCode.Success or MqttReasonCode.NoSubscriptionExisted or MqttReasonCode.UnspecifiedError
            or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.NotAuthorized or MqttReasonCode.TopicFilterInvalid
            or MqttReasonCode.PacketIdentifierInUse;
}
