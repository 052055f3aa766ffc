using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// What the broker knows of one client identifier between connections (section 4.1): subscriptions, messages queued and
/// in flight towards the client, QoS 2 messages received from it. Thread-safe.
/// </summary>
internal sealed class BrokerSession(string clientId, MqttBroker broker)
{
    private readonly MqttBrokerOptions _options = broker.Options;
    private readonly Queue<Delivery> _queue = new();
    private Dictionary<ushort, long>? _received;
    private Delivery?[] _inFlight = [];
    private int _inFlightCount;
    private long _queuedBytes;
    private long _sequence;
    private ushort _lastId;
    private int _window;

    public string ClientId { get; } = clientId;

    /// <summary>Held for every change of the session. Taken before an outbox' gate, never after.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The live connection; null while the client is away.</summary>
    public BrokerConnection? Connection { get; private set; }

    /// <summary>Seconds the session outlives its connection; <see cref="uint.MaxValue"/> = for ever.</summary>
    public uint ExpirySeconds { get; set; }

    /// <summary>When the connection ended; null while connected.</summary>
    public DateTimeOffset? DisconnectedAt { get; set; }

    /// <summary>The will that waits for its delay.</summary>
    public BrokerMessage? DelayedWill { get; set; }

    /// <summary>When <see cref="DelayedWill"/> is published.</summary>
    public DateTimeOffset WillDue { get; set; }

    /// <summary>By filter as subscribed; only under <see cref="Gate"/>.</summary>
    public Dictionary<string, Subscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>QoS 2 messages received and not released by the client.</summary>
    public int ReceivedCount => _received?.Count ?? 0;

    /// <summary>Messages waiting beyond the in-flight window.</summary>
    public int Queued => _queue.Count;

    /// <summary>Makes the connection the one that gets this session's messages and sends again what it owes. [MQTT-4.4.0-1]</summary>
    public void Attach(BrokerConnection connection, int receiveMaximum)
    {
        lock (Gate)
        {
            Connection = connection;
            DisconnectedAt = null;
            DelayedWill = null;
            _window = Math.Min(receiveMaximum, _options.MaximumInFlight);
            Delivery[] open = [.. _inFlight.OfType<Delivery>().OrderBy(delivery => delivery.Sequence)];
            foreach (Delivery delivery in open)
            {
                if (delivery.Released)
                {
                    connection.WriteAck(PacketType.Pubrel, delivery.PacketId);
                }
                else
                {
                    Transmit(delivery, duplicate: true);
                }
            }

            Pump();
        }

        connection.Outbox.Flush();
    }

    /// <summary>Ends the connection's hold; false when another connection has taken over.</summary>
    public bool Detach(BrokerConnection connection, DateTimeOffset now)
    {
        lock (Gate)
        {
            if (Connection != connection)
            {
                return false;
            }

            Connection = null;
            DisconnectedAt = now;
            return true;
        }
    }

    /// <summary>Sends a QoS 1 or 2 message or queues it; drops and counts it where the queue is full.</summary>
    /// <returns>The connection to flush, or null.</returns>
    public BrokerConnection? Deliver(BrokerMessage message, MqttQoS qos, bool retain, uint[] identifiers)
    {
        lock (Gate)
        {
            if (Connection is null && ExpirySeconds == 0)
            {
                return null;
            }

            Delivery delivery = new() { Message = message, QoS = qos, Retain = retain, Identifiers = identifiers };
            if (_queue.Count == 0 && CanSend)
            {
                Start(delivery);
                return Connection;
            }

            if (_queue.Count >= _options.MaximumQueuedMessages || _queuedBytes + message.Size > _options.MaximumQueuedBytes)
            {
                broker.CountDropped(this);
                return null;
            }

            _queue.Enqueue(delivery);
            _queuedBytes += message.Size;
            return null;
        }
    }

    /// <summary>Takes PUBACK, PUBREC or PUBCOMP of the client; what it frees is used at once. The caller flushes.</summary>
    public void Acknowledge(in AckPacket ack)
    {
        lock (Gate)
        {
            Delivery? delivery = _inFlight.Length == 0 ? null : _inFlight[ack.PacketId & (_inFlight.Length - 1)];
            if (delivery?.PacketId != ack.PacketId)
            {
                if (ack.Type == PacketType.Pubrec)
                {
                    Connection?.WriteAck(PacketType.Pubrel, ack.PacketId, MqttReasonCode.PacketIdentifierNotFound);
                }

                return;
            }

            switch (ack.Type)
            {
                case PacketType.Pubrec when delivery.QoS == MqttQoS.ExactlyOnce && !ack.IsFailure:
                    delivery.Released = true;
                    Connection?.WriteAck(PacketType.Pubrel, ack.PacketId);
                    return;
                case PacketType.Puback when delivery.QoS == MqttQoS.AtLeastOnce:
                case PacketType.Pubrec when delivery.QoS == MqttQoS.ExactlyOnce:
                case PacketType.Pubcomp when delivery.QoS == MqttQoS.ExactlyOnce:
                    Finish(delivery);
                    Pump();
                    return;
                default:
                    MqttProtocolException.Violation($"{ack.Type} for a message of {delivery.QoS}");
                    return;
            }
        }
    }

    /// <summary>Whether a QoS 2 message of the client waits for its PUBREL, and the receipt the intake gave it.</summary>
    public bool TryGetReceipt(ushort packetId, out long receipt)
    {
        receipt = 0;
        return _received is not null && _received.TryGetValue(packetId, out receipt);
    }

    public void Remember(ushort packetId, long receipt) => (_received ??= [])[packetId] = receipt;

    public bool Forget(ushort packetId) => _received is not null && _received.Remove(packetId);

    private bool CanSend => Connection is { } connection && _inFlightCount < _window
        && (_inFlightCount == 0 || connection.Outbox.Waiting < _options.MaximumOutboxBytes);

    private void Pump()
    {
        while (CanSend && _queue.TryDequeue(out Delivery? delivery))
        {
            _queuedBytes -= delivery.Message.Size;
            Start(delivery);
        }
    }

    private void Start(Delivery delivery)
    {
        Number(delivery);
        Transmit(delivery, duplicate: false);
    }

    private void Transmit(Delivery delivery, bool duplicate)
    {
        if (!Connection!.WritePublish(delivery, duplicate))
        {
            // Expired, or larger than the client accepts: as if it had been delivered. [MQTT-3.1.2-25, MQTT-3.3.2-5]
            Finish(delivery);
        }
    }

    private void Number(Delivery delivery)
    {
        if (_inFlightCount == _inFlight.Length)
        {
            Grow();
        }

        do
        {
            _lastId = (ushort)(_lastId == ushort.MaxValue ? 1 : _lastId + 1);
        }
        while (_inFlight[_lastId & (_inFlight.Length - 1)] is not null);
        delivery.PacketId = _lastId;
        delivery.Sequence = ++_sequence;
        _inFlight[_lastId & (_inFlight.Length - 1)] = delivery;
        _inFlightCount++;
    }

    private void Grow()
    {
        Delivery?[] larger = new Delivery?[Math.Max(16, _inFlight.Length * 2)];
        foreach (Delivery? delivery in _inFlight)
        {
            if (delivery is not null)
            {
                larger[delivery.PacketId & (larger.Length - 1)] = delivery;
            }
        }

        _inFlight = larger;
    }

    private void Finish(Delivery delivery)
    {
        _inFlight[delivery.PacketId & (_inFlight.Length - 1)] = null;
        _inFlightCount--;
    }
}
