using System.Text;

namespace Linewatch.Mqtt.Codec;

/// <summary>CONNECT (section 3.1).</summary>
internal sealed record ConnectPacket
{
    public required MqttVersion Version { get; init; }

    /// <summary>Clean start; clean session in 3.1.1.</summary>
    public required bool CleanStart { get; init; }

    /// <summary>Seconds; 0 = off.</summary>
    public ushort KeepAlive { get; init; }

    public required string ClientId { get; init; }

    public MqttProperties? Properties { get; init; }

    public MqttWill? Will { get; init; }

    public string? UserName { get; init; }

    public byte[]? Password { get; init; }

    /// <exception cref="MqttProtocolException">
    /// With <see cref="MqttReasonCode.UnsupportedProtocolVersion"/> where the name is right and the level is not ours.
    /// </exception>
    public static ConnectPacket Decode(ReadOnlySpan<byte> body)
    {
        FieldReader fields = new(body);
        ReadOnlySpan<byte> name = fields.ReadUtf8("protocol name");
        byte level = fields.ReadByte("protocol level");
        if (name.SequenceEqual("MQIsdp"u8))
        {
            MqttProtocolException.Refuse(MqttReasonCode.UnsupportedProtocolVersion, "MQTT 3.1 is not supported, use 3.1.1 or 5");
        }

        if (!name.SequenceEqual("MQTT"u8))
        {
            // [MQTT-3.1.2-1]
            MqttProtocolException.Malformed("the protocol name is not 'MQTT'");
        }

        if (level is not (4 or 5))
        {
            // [MQTT-3.1.2-2]
            MqttProtocolException.Refuse(MqttReasonCode.UnsupportedProtocolVersion, $"protocol level {level}, 4 and 5 are supported");
        }

        MqttVersion version = (MqttVersion)level;
        int flags = fields.ReadByte("connect flags");
        CheckFlags(flags, version);
        ushort keepAlive = fields.ReadUInt16("keep alive");
        MqttProperties? properties = version == MqttVersion.V5 ? MqttProperties.Decode(fields.ReadProperties(), PropertyOwner.Connect) : null;
        string clientId = Encoding.UTF8.GetString(fields.ReadName("client identifier"));
        MqttWill? will = (flags & 4) != 0 ? ReadWill(ref fields, flags, version) : null;
        string? user = (flags & 0x80) != 0 ? Encoding.UTF8.GetString(fields.ReadName("user name")) : null;
        byte[]? password = (flags & 0x40) != 0 ? fields.ReadBinary("password").ToArray() : null;
        fields.ExpectEnd("CONNECT");
        return new ConnectPacket
        {
            Version = version,
            CleanStart = (flags & 2) != 0,
            KeepAlive = keepAlive,
            ClientId = clientId,
            Properties = properties,
            Will = will,
            UserName = user,
            Password = password,
        };
    }

    public void Write(PacketBuffer buffer)
    {
        buffer.WriteByte((int)PacketType.Connect << 4);
        int mark = buffer.BeginLength();
        buffer.WriteBinary("MQTT"u8);
        buffer.WriteByte((byte)Version);
        int flags = CleanStart ? 2 : 0;
        if (Will is not null)
        {
            flags |= 4 | ((int)Will.QoS << 3) | (Will.Retain ? 0x20 : 0);
        }

        flags |= (UserName is null ? 0 : 0x80) | (Password is null ? 0 : 0x40);
        buffer.WriteByte((byte)flags);
        buffer.WriteUInt16(KeepAlive);
        if (Version == MqttVersion.V5)
        {
            MqttProperties.Write(buffer, Properties);
        }

        buffer.WriteString(ClientId);
        if (Will is not null)
        {
            if (Version == MqttVersion.V5)
            {
                MqttProperties.Write(buffer, Will.Properties);
            }

            buffer.WriteBinary(Encoding.UTF8.GetBytes(Will.Topic));
            buffer.WriteBinary(Will.Payload.Span);
        }

        if (UserName is not null)
        {
            buffer.WriteString(UserName);
        }

        if (Password is not null)
        {
            buffer.WriteBinary(Password);
        }

        buffer.EndLength(mark);
    }

    private static MqttWill ReadWill(ref FieldReader fields, int flags, MqttVersion version)
    {
        MqttProperties? properties = version == MqttVersion.V5 ? MqttProperties.Decode(fields.ReadProperties(), PropertyOwner.Will) : null;
        ReadOnlySpan<byte> topic = fields.ReadName("will topic");
        TopicRules.CheckName(topic, "will topic");
        return new MqttWill
        {
            Topic = Encoding.UTF8.GetString(topic),
            Payload = fields.ReadBinary("will payload").ToArray(),
            QoS = (MqttQoS)((flags >> 3) & 3),
            Retain = (flags & 0x20) != 0,
            Properties = properties,
        };
    }

    private static void CheckFlags(int flags, MqttVersion version)
    {
        if ((flags & 1) != 0)
        {
            // [MQTT-3.1.2-3]
            MqttProtocolException.Malformed("reserved connect flag is set");
        }

        int willQoS = (flags >> 3) & 3;
        if (willQoS == 3 || ((flags & 4) == 0 && (flags & 0x38) != 0))
        {
            // [MQTT-3.1.2-11 … MQTT-3.1.2-14]
            MqttProtocolException.Malformed("will QoS and retain do not fit the will flag");
        }

        if (version == MqttVersion.V311 && (flags & 0xC0) == 0x40)
        {
            // [MQTT-3.1.2-22] of 3.1.1; MQTT 5 allows a password alone.
            MqttProtocolException.Malformed("password without user name");
        }
    }
}
