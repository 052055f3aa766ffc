using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Linewatch.Mqtt.Codec;

/// <summary>PUBLISH (section 3.3) in place: decoding allocates nothing.</summary>
internal readonly ref struct PublishPacket
{
    public MqttQoS QoS { get; private init; }

    public bool Retain { get; private init; }

    public bool Duplicate { get; private init; }

    /// <summary>Empty only where a topic alias stands for it. Not yet checked against the rules for names.</summary>
    public ReadOnlySpan<byte> Topic { get; private init; }

    /// <summary>0 for QoS 0.</summary>
    public ushort PacketId { get; private init; }

    /// <summary>The property block, checked; empty for 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; private init; }

    /// <summary>0 = none.</summary>
    public ushort TopicAlias { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PublishPacket Decode(in Frame frame, MqttVersion version, PropertyOwner owner = PropertyOwner.Publish)
    {
        int qos = (frame.Header >> 1) & 3;
        ReadOnlySpan<byte> body = frame.Body;
        if (qos == 3)
        {
            // [MQTT-3.3.1-4]
            MqttProtocolException.Malformed("QoS 3");
        }

        if (qos == 0 && (frame.Header & 8) != 0)
        {
            // [MQTT-3.3.1-2]
            MqttProtocolException.Malformed("DUP with QoS 0");
        }

        if (body.Length < 2)
        {
            MqttProtocolException.Malformed("PUBLISH ends before its topic");
        }

        int topicLength = BinaryPrimitives.ReadUInt16BigEndian(body);
        int position = 2 + topicLength;
        ushort packetId = 0;
        if (position + (qos > 0 ? 2 : 0) > body.Length)
        {
            MqttProtocolException.Malformed($"topic of {topicLength} bytes in a PUBLISH of {body.Length}");
        }

        if (qos > 0)
        {
            packetId = BinaryPrimitives.ReadUInt16BigEndian(body[position..]);
            position += 2;
            if (packetId == 0)
            {
                // [MQTT-2.2.1-3]
                MqttProtocolException.Violation("packet identifier 0");
            }
        }

        ReadOnlySpan<byte> properties = default;
        ushort alias = 0;
        if (version == MqttVersion.V5)
        {
            if (position < body.Length && body[position] == 0)
            {
                position++;
            }
            else
            {
                FieldReader rest = new(body[position..]);
                properties = rest.ReadProperties();
                alias = PropertyRules.Check(properties, owner);
                position = body.Length - rest.Remaining;
            }
        }

        if (topicLength == 0 && alias == 0)
        {
            // [MQTT-3.3.2-1, 3.3.2.3.4]
            MqttProtocolException.Violation("PUBLISH without topic and topic alias");
        }

        return new PublishPacket
        {
            QoS = (MqttQoS)qos,
            Retain = (frame.Header & 1) != 0,
            Duplicate = (frame.Header & 8) != 0,
            Topic = body.Slice(2, topicLength),
            PacketId = packetId,
            Properties = properties,
            TopicAlias = alias,
            Payload = body[position..],
        };
    }

    /// <summary>
    /// Writes a PUBLISH. <paramref name="properties"/> is a raw block without length (ignored for 3.1.1); the further
    /// properties that differ by receiver come after it.
    /// </summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="version">Version of the connection.</param>
    /// <param name="flags">DUP, QoS and RETAIN as in the first byte.</param>
    /// <param name="topic">Topic name; empty when <paramref name="alias"/> is already known to the receiver.</param>
    /// <param name="packetId">Packet identifier, ignored for QoS 0.</param>
    /// <param name="properties">Raw properties.</param>
    /// <param name="payload">Application message.</param>
    /// <param name="expiry">Seconds the message still has; null = no expiry.</param>
    /// <param name="alias">Topic alias; 0 = none.</param>
    /// <param name="identifiers">Subscription identifiers.</param>
    public static void Write(
        PacketBuffer buffer,
        MqttVersion version,
        int flags,
        ReadOnlySpan<byte> topic,
        ushort packetId,
        ReadOnlySpan<byte> properties,
        ReadOnlySpan<byte> payload,
        uint? expiry = null,
        ushort alias = 0,
        ReadOnlySpan<uint> identifiers = default)
    {
        int size = Size(version, flags, topic.Length, properties.Length, payload.Length, expiry, alias, identifiers, out int propertyLength);
        int lengthSize = PacketBuffer.VariableSize((uint)size);
        Span<byte> target = buffer.Reserve(1 + lengthSize + size);
        target[0] = (byte)(((int)PacketType.Publish << 4) | flags);
        PacketBuffer.PutVariable(target[1..], (uint)size);
        target = target[(1 + lengthSize)..];
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)topic.Length);
        topic.CopyTo(target[2..]);
        target = target[(2 + topic.Length)..];
        if ((flags & 6) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target, packetId);
            target = target[2..];
        }

        if (version == MqttVersion.V5)
        {
            PacketBuffer.PutVariable(target, (uint)propertyLength);
            target = target[PacketBuffer.VariableSize((uint)propertyLength)..];
            properties.CopyTo(target);
            target = target[properties.Length..];
            if (expiry is { } seconds)
            {
                target[0] = (byte)PropertyId.MessageExpiryInterval;
                BinaryPrimitives.WriteUInt32BigEndian(target[1..], seconds);
                target = target[5..];
            }

            if (alias != 0)
            {
                target[0] = (byte)PropertyId.TopicAlias;
                BinaryPrimitives.WriteUInt16BigEndian(target[1..], alias);
                target = target[3..];
            }

            foreach (uint identifier in identifiers)
            {
                target[0] = (byte)PropertyId.SubscriptionIdentifier;
                PacketBuffer.PutVariable(target[1..], identifier);
                target = target[(1 + PacketBuffer.VariableSize(identifier))..];
            }
        }

        payload.CopyTo(target);
    }

    /// <summary>Remaining length of the packet that <see cref="Write"/> makes of these parts.</summary>
    public static int Size(
        MqttVersion version,
        int flags,
        int topic,
        int properties,
        int payload,
        uint? expiry,
        ushort alias,
        ReadOnlySpan<uint> identifiers,
        out int propertyLength)
    {
        int size = 2 + topic + ((flags & 6) != 0 ? 2 : 0) + payload;
        propertyLength = 0;
        if (version == MqttVersion.V5)
        {
            propertyLength = properties + (expiry is null ? 0 : 5) + (alias == 0 ? 0 : 3);
            foreach (uint identifier in identifiers)
            {
                propertyLength += 1 + PacketBuffer.VariableSize(identifier);
            }

            size += PacketBuffer.VariableSize((uint)propertyLength) + propertyLength;
        }

        return size;
    }
}
