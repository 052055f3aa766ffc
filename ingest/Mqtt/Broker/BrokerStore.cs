using System.Buffers.Binary;
using System.Text;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// What of the broker outlives its process: sessions that expire later, their subscriptions and open QoS 1 and 2
/// exchanges, and retained messages. The order of writing is what makes it right: an exchange is committed before the
/// packet that would let the peer forget it. Thread-safe.
/// </summary>
internal sealed class BrokerStore : IDisposable
{
    private readonly KeyValueLog _log;
    private int _lastSession;

    public BrokerStore(string folder, bool sync)
    {
        Directory.CreateDirectory(folder);
        _log = new KeyValueLog(Path.Combine(folder, "broker.log"), sync);
    }

    /// <summary>Held where several changes must become durable together or not at all.</summary>
    public Lock Gate => _log.Gate;

    /// <summary>Bytes of a torn tail that were cut on opening.</summary>
    public long TornBytes => _log.TornBytes;

    /// <summary>Makes everything recorded so far durable.</summary>
    public void Commit() => _log.Commit();

    public void Dispose() => _log.Dispose();

    public int NextSession() => Interlocked.Increment(ref _lastSession);

    /// <summary>Notes a session; <paramref name="disconnectedAt"/> is null while its client is connected.</summary>
    public void KeepSession(int session, string clientId, string? user, uint expirySeconds, DateTimeOffset? disconnectedAt)
    {
        PacketBuffer buffer = new();
        buffer.WriteUInt32(expirySeconds);
        buffer.WriteString(clientId);
        buffer.WriteByte((byte)(user is null ? 0 : 1));
        buffer.WriteString(user ?? "");
        BinaryPrimitives.WriteInt64BigEndian(buffer.Reserve(8), disconnectedAt?.UtcTicks ?? 0);
        _log.Put(Key('S', session), buffer.Written.ToArray());
        buffer.Release();
    }

    public void DropSession(int session) => _log.Delete(Key('S', session));

    public void KeepSubscription(int session, Subscription subscription)
    {
        byte[] value = new byte[5];
        value[0] = subscription.Options.Encode(MqttVersion.V5);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(1), subscription.Identifier);
        _log.Put(Key('F', session, subscription.Filter), value);
    }

    public void DropSubscription(int session, string filter) => _log.Delete(Key('F', session, filter));

    public void KeepDelivery(int session, Delivery delivery)
    {
        PacketBuffer buffer = new();
        buffer.WriteByte((byte)((int)delivery.QoS | (delivery.Retain ? 4 : 0)));
        buffer.WriteUInt16((ushort)delivery.Identifiers.Length);
        foreach (uint identifier in delivery.Identifiers)
        {
            buffer.WriteUInt32(identifier);
        }

        WriteMessage(buffer, delivery.Message);
        _log.Put(Key('Q', session, delivery.Sequence), buffer.Written.ToArray());
        buffer.Release();
    }

    /// <summary>Notes packet identifier and progress of a QoS 2 delivery.</summary>
    public void KeepProgress(int session, Delivery delivery) =>
        _log.Put(Key('P', session, delivery.Sequence), [(byte)(delivery.PacketId >> 8), (byte)delivery.PacketId, (byte)(delivery.Released ? 1 : 0)]);

    public void DropDelivery(int session, Delivery delivery)
    {
        _log.Delete(Key('P', session, delivery.Sequence));
        _log.Delete(Key('Q', session, delivery.Sequence));
    }

    /// <summary>Notes a QoS 2 message that the client has not released; null = only its identifier.</summary>
    public void KeepReceived(int session, ushort packetId, BrokerMessage? message)
    {
        PacketBuffer buffer = new();
        if (message is not null)
        {
            WriteMessage(buffer, message);
        }

        _log.Put(Key('I', session, (long)packetId), buffer.Written.ToArray());
        buffer.Release();
    }

    public void DropReceived(int session, ushort packetId) => _log.Delete(Key('I', session, (long)packetId));

    public void KeepRetained(BrokerMessage message)
    {
        if (message.Payload.Length == 0)
        {
            DropRetained(message.Topic);
            return;
        }

        PacketBuffer buffer = new();
        WriteMessage(buffer, message);
        _log.Put([(byte)'R', .. message.Topic], buffer.Written.ToArray());
        buffer.Release();
    }

    public void DropRetained(byte[] topic) => _log.Delete([(byte)'R', .. topic]);

    /// <summary>Everything kept, sessions with their parts in order; parts of sessions that are gone are removed.</summary>
    public (List<StoredSession> Sessions, List<BrokerMessage> Retained) Load()
    {
        Dictionary<int, StoredSession> sessions = [];
        List<BrokerMessage> retained = [];
        Dictionary<(int Session, long Sequence), byte[]> progress = [];
        foreach ((byte[] key, byte[] value) in _log.Entries().OrderBy(entry => "SPQFIR".IndexOf((char)entry.Key[0])))
        {
            if (key[0] == 'R')
            {
                FieldReader fields = new(value);
                retained.Add(ReadMessage(ref fields));
                continue;
            }

            int number = BinaryPrimitives.ReadInt32BigEndian(key.AsSpan(1));
            _lastSession = Math.Max(_lastSession, number);
            if (key[0] == 'S')
            {
                FieldReader fields = new(value);
                uint expiry = fields.ReadUInt32("expiry");
                string clientId = fields.ReadString("client identifier");
                string? user = fields.ReadByte("user") == 0 ? null : fields.ReadString("user");
                if (user is null)
                {
                    // The empty name that stands there.
                    fields.ReadString("user");
                }

                sessions.Add(number, new StoredSession(number, clientId, user, expiry, fields.AtEnd ? null : ReadInstant(ref fields)));
            }
            else if (!sessions.TryGetValue(number, out StoredSession? session))
            {
                _log.Delete(key);
            }
            else if (key[0] == 'F')
            {
                session.Subscriptions.Add((Encoding.UTF8.GetString(key.AsSpan(5)), SubscriptionOptions.Decode(value[0], MqttVersion.V5), BinaryPrimitives.ReadUInt32LittleEndian(value.AsSpan(1))));
            }
            else
            {
                long sequence = BinaryPrimitives.ReadInt64BigEndian(key.AsSpan(5));
                switch ((char)key[0])
                {
                    case 'I': session.Received.Add(((ushort)sequence, ReadHeld(value))); break;
                    case 'P': progress[(number, sequence)] = value; break;
                    case 'Q': session.Deliveries.Add(ReadDelivery(value, sequence, progress.GetValueOrDefault((number, sequence)))); break;
                }
            }
        }

        foreach (StoredSession session in sessions.Values)
        {
            session.Deliveries.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
        }

        return ([.. sessions.Values], retained);
    }

    private static BrokerMessage? ReadHeld(byte[] value)
    {
        FieldReader fields = new(value);
        return fields.AtEnd ? null : ReadMessage(ref fields);
    }

    private static Delivery ReadDelivery(byte[] value, long sequence, byte[]? progress)
    {
        FieldReader fields = new(value);
        int flags = fields.ReadByte("flags");
        uint[] identifiers = new uint[fields.ReadUInt16("identifiers")];
        for (int i = 0; i < identifiers.Length; i++)
        {
            identifiers[i] = fields.ReadUInt32("identifier");
        }

        return new Delivery
        {
            QoS = (MqttQoS)(flags & 3),
            Retain = (flags & 4) != 0,
            Identifiers = identifiers,
            Message = ReadMessage(ref fields),
            Sequence = sequence,
            PacketId = progress is null ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(progress),
            Released = progress?[2] == 1,
        };
    }

    private static void WriteMessage(PacketBuffer buffer, BrokerMessage message)
    {
        buffer.WriteByte((byte)((int)message.QoS | (message.Retain ? 4 : 0)));
        BinaryPrimitives.WriteInt64BigEndian(buffer.Reserve(8), message.ExpiresAt?.UtcTicks ?? 0);
        buffer.WriteBinary(message.Topic);
        buffer.WriteVariable((uint)message.Properties.Length);
        buffer.Write(message.Properties);
        buffer.Write(message.Payload);
    }

    private static BrokerMessage ReadMessage(ref FieldReader fields)
    {
        int flags = fields.ReadByte("flags");
        return new BrokerMessage
        {
            QoS = (MqttQoS)(flags & 3),
            Retain = (flags & 4) != 0,
            ExpiresAt = ReadInstant(ref fields),
            Topic = fields.ReadBinary("topic").ToArray(),
            Properties = fields.ReadProperties().ToArray(),
            Payload = fields.ReadRest().ToArray(),
        };
    }

    private static DateTimeOffset? ReadInstant(ref FieldReader fields)
    {
        long ticks = ((long)fields.ReadUInt32("instant") << 32) | fields.ReadUInt32("instant");
        return ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static byte[] Key(char kind, int session)
    {
        byte[] key = new byte[5];
        key[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), session);
        return key;
    }

    private static byte[] Key(char kind, int session, string name) => [.. Key(kind, session), .. Encoding.UTF8.GetBytes(name)];

    private static byte[] Key(char kind, int session, long number)
    {
        byte[] key = new byte[13];
        Key(kind, session).CopyTo(key, 0);
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(5), number);
        return key;
    }
}
