namespace Linewatch.Mqtt.Codec;

/// <summary>Writes messages to one peer within what it accepts: packet size and topic aliases. Thread-safe.</summary>
internal sealed class PublishWriter(Outbox outbox, PeerLimits limits)
{
    /// <summary>Where the messages go.</summary>
    public Outbox Outbox => outbox;

    /// <summary>What the peer accepts.</summary>
    public PeerLimits Limits => limits;

    private Dictionary<byte[], ushort>? _aliases;

    /// <summary>Appends a PUBLISH; false when it is larger than the peer accepts. [MQTT-3.1.2-24, MQTT-3.2.2-15]</summary>
    public bool Write(int flags, byte[] topic, ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, uint? expiry, ReadOnlySpan<uint> identifiers)
    {
        lock (outbox.Gate)
        {
            ushort alias = Alias(topic, out bool isNew);
            ReadOnlySpan<byte> name = alias != 0 && !isNew ? default : topic;
            if (limits.MaximumPacketSize < int.MaxValue)
            {
                int size = PublishPacket.Size(limits.Version, flags, name.Length, properties.Length, payload.Length, expiry, alias, identifiers, out _);
                if (size + 1 + PacketBuffer.VariableSize((uint)size) > limits.MaximumPacketSize)
                {
                    return false;
                }
            }

            if (isNew)
            {
                _aliases!.Add(topic, alias);
            }

            PublishPacket.Write(outbox.Buffer, limits.Version, flags, name, packetId, properties, payload, expiry, alias, identifiers);
            return true;
        }
    }

    /// <summary>Appends an encoded PUBLISH of QoS 0 with further flags; false when it is larger than the peer accepts.</summary>
    public bool Write(ReadOnlySpan<byte> frame, int flags)
    {
        if (frame.Length > limits.MaximumPacketSize)
        {
            return false;
        }

        lock (outbox.Gate)
        {
            Span<byte> target = outbox.Buffer.Reserve(frame.Length);
            frame.CopyTo(target);
            target[0] |= (byte)flags;
            return true;
        }
    }

    /// <summary>The alias of a topic; the first topics get one each as long as there are any. 0 = none.</summary>
    private ushort Alias(byte[] topic, out bool isNew)
    {
        isNew = false;
        if (limits.TopicAliasMaximum == 0)
        {
            return 0;
        }

        _aliases ??= new Dictionary<byte[], ushort>(TopicBytes.Comparer);
        if (_aliases.TryGetValue(topic, out ushort alias) || _aliases.Count >= limits.TopicAliasMaximum)
        {
            return alias;
        }

        isNew = true;
        return (ushort)(_aliases.Count + 1);
    }
}
