using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// What the broker knows of one client identifier between connections (section 4.1): subscriptions, messages queued and
/// in flight towards the client, QoS 2 messages received from it. Thread-safe.
/// </summary>
internal sealed class BrokerSession(string clientId, string? user, MqttBroker broker)
{
    private readonly MqttBrokerOptions _options = broker.Options;
    private readonly SessionRecord _record = new(broker.Store);
    private readonly DeliveryQueue _queue = new(broker.Options.MaximumQueuedMessages, broker.Options.MaximumQueuedBytes);
    private readonly InFlightWindow _inFlight = new();
    private ReceivedMessages? _received;
    private long _sequence;
    private int _window;
    private bool _claimed;
    private long _touchedIn;
    private int _dropTold;

    public string ClientId { get; } = clientId;

    /// <summary>User that owns the session; null = anonymous.</summary>
    public string? User { get; } = user;

    /// <summary>What the client may do; null until it connects after a restart of the broker.</summary>
    public AccessList? Access { get; set; }

    /// <summary>
    /// Held for every change of the session; taken before an outbox' gate, never after, and never two at once. Where sessions
    /// are stored, all share the store's, so that a received message and its deliveries become durable together.
    /// </summary>
    public Lock Gate { get; } = broker.Store?.Gate ?? new Lock();

    /// <summary>The live connection; null while the client is away.</summary>
    public BrokerConnection? Connection { get; private set; }

    /// <summary>Seconds the session outlives its connection; <see cref="uint.MaxValue"/> = for ever.</summary>
    public uint ExpirySeconds { get; private set; }

    /// <summary>When the connection ended; null while connected.</summary>
    public DateTimeOffset? DisconnectedAt { get; set; }

    /// <summary>Whether the broker has forgotten the session; a connection may still be ending on it.</summary>
    public bool IsOver { get; set; }

    /// <summary>The will that waits for its delay.</summary>
    public BrokerMessage? DelayedWill { get; set; }

    /// <summary>When <see cref="DelayedWill"/> is published.</summary>
    public DateTimeOffset WillDue { get; set; }

    /// <summary>By filter as subscribed; only under <see cref="Gate"/>.</summary>
    public Dictionary<string, Subscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>QoS 2 messages received and not released by the client.</summary>
    public int ReceivedCount => _received?.Count ?? 0;

    /// <summary>Makes the connection the one that gets this session's messages and sends again what it owes. [MQTT-4.4.0-1]</summary>
    public void Attach(BrokerConnection connection, int receiveMaximum)
    {
        lock (Gate)
        {
            Connection = connection;
            _claimed = false;
            DisconnectedAt = null;
            DelayedWill = null;
            Volatile.Write(ref _dropTold, 0);
            _window = Math.Min(receiveMaximum, _options.MaximumInFlight);
            Delivery[] open = [.. _inFlight.InOrder];
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

    /// <summary>
    /// A new connection is about to attach: the old one loses its hold, so that its end neither drops the session nor
    /// delays a will here.
    /// </summary>
    public void Claim()
    {
        lock (Gate)
        {
            Connection = null;
            DisconnectedAt = null;
            _claimed = true;
        }
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
            if (_record.IsKept)
            {
                // The expiry runs on while the broker is down.
                _record.Keep(this);
                _record.Commit();
            }

            return true;
        }
    }

    /// <summary>Sends a QoS 1 or 2 message or queues it; drops and counts it where the queue is full. <see cref="Flush"/> must follow.</summary>
    public void Deliver(BrokerMessage message, MqttQoS qos, bool retain, uint[] identifiers)
    {
        lock (Gate)
        {
            if (Connection is null && ExpirySeconds == 0 && !_claimed)
            {
                return;
            }

            Delivery delivery = new() { Message = message, QoS = qos, Retain = retain, Identifiers = identifiers, Sequence = ++_sequence };
            if (!_record.IsKept && _queue.IsEmpty && CanSend)
            {
                Start(delivery);
                return;
            }

            if (!_queue.TryAdd(delivery))
            {
                broker.CountDropped(this);
                return;
            }

            // Where sessions are stored: sent by Flush, after the publisher's batch is committed.
            _record.Keep(delivery);
        }
    }

    /// <summary>Notes that this session got messages in the batch of a publisher; true the first time.</summary>
    public bool Touch(long batch)
    {
        bool first = Volatile.Read(ref _touchedIn) != batch;
        Volatile.Write(ref _touchedIn, batch);
        return first;
    }

    /// <summary>Whether no message was dropped before since the client connected; true once.</summary>
    public bool IsFirstDrop() => Interlocked.Exchange(ref _dropTold, 1) == 0;

    /// <summary>Sends what may be sent; what is stored must be committed by now.</summary>
    public void Flush()
    {
        if (_record.IsKept)
        {
            lock (Gate)
            {
                Pump();
            }
        }

        Connection?.Outbox.Flush();
    }

    /// <summary>Sets how long the session lasts, and whether it is stored: only one that outlives its connection is.</summary>
    public void SetExpiry(uint seconds)
    {
        lock (Gate)
        {
            ExpirySeconds = seconds;
            if (seconds == 0)
            {
                Unstore();
                return;
            }

            if (_record.Keep(this))
            {
                foreach (Subscription subscription in Subscriptions.Values)
                {
                    _record.Keep(subscription);
                }
            }

            _record.Commit();
        }
    }

    public void Add(Subscription subscription)
    {
        Subscriptions[subscription.Filter] = subscription;
        _record.Keep(subscription);
    }

    public bool Remove(string filter)
    {
        _record.DropSubscription(filter);
        return Subscriptions.Remove(filter);
    }

    /// <summary>Takes over what the store kept.</summary>
    public void Restore(StoredSession kept)
    {
        _record.Resume(kept.Number);
        ExpirySeconds = kept.ExpirySeconds;
        foreach ((string filter, SubscriptionOptions options, uint identifier) in kept.Subscriptions)
        {
            Subscriptions[filter] = new Subscription(this, filter, options, identifier);
        }

        foreach ((ushort packetId, BrokerMessage? message) in kept.Received)
        {
            Received.Add(packetId, receipt: 0, message);
        }

        foreach (Delivery delivery in kept.Deliveries)
        {
            _sequence = delivery.Sequence;
            if (delivery.PacketId == 0)
            {
                _queue.Restore(delivery);
            }
            else
            {
                _inFlight.Restore(delivery);
            }
        }
    }

    /// <summary>Removes everything of the session from the store.</summary>
    public void Unstore()
    {
        lock (Gate)
        {
            if (!_record.IsKept)
            {
                return;
            }

            foreach (string filter in Subscriptions.Keys)
            {
                _record.DropSubscription(filter);
            }

            foreach (Delivery delivery in _inFlight.InOrder.Concat(_queue.InOrder))
            {
                _record.Drop(delivery);
            }

            foreach (ushort packetId in _received?.PacketIds ?? [])
            {
                _record.DropReceived(packetId);
            }

            _record.Drop();
        }
    }

    /// <summary>Takes PUBACK, PUBREC or PUBCOMP of the client; what it frees is used at once. The caller flushes.</summary>
    public void Acknowledge(in AckPacket ack)
    {
        lock (Gate)
        {
            if (_inFlight.Find(ack.PacketId) is not { } delivery)
            {
                // Nothing is released that the client has just refused. [MQTT-4.3.3-4]
                if (ack.Type == PacketType.Pubrec && !ack.IsFailure)
                {
                    Connection?.WriteAck(PacketType.Pubrel, ack.PacketId, MqttReasonCode.PacketIdentifierNotFound);
                }

                return;
            }

            switch (ack.Type)
            {
                case PacketType.Pubrec when delivery.QoS == MqttQoS.ExactlyOnce && !ack.IsFailure:
                    delivery.Released = true;

                    // Before PUBREL lets the client forget the identifier.
                    _record.KeepProgress(delivery);
                    Connection?.WriteAck(PacketType.Pubrel, ack.PacketId);
                    return;
                case PacketType.Puback when delivery.QoS == MqttQoS.AtLeastOnce:
                case PacketType.Pubrec when delivery.QoS == MqttQoS.ExactlyOnce:
                case PacketType.Pubcomp when delivery.Released:
                    Finish(delivery);
                    Pump();
                    return;
                default:
                    MqttProtocolException.Violation($"{ack.Type} for a message of {delivery.QoS}{(delivery.Released ? ", which is released" : "")}");
                    return;
            }
        }
    }

    /// <summary>Whether a QoS 2 message of the client waits for its PUBREL, and the receipt the intake gave it.</summary>
    public bool TryGetReceipt(ushort packetId, out long receipt)
    {
        receipt = 0;
        lock (Gate)
        {
            return _received is not null && _received.TryGetReceipt(packetId, out receipt);
        }
    }

    /// <summary>
    /// Holds a QoS 2 message of the client until its PUBREL; false when that would need too much memory, and the caller must
    /// pass the message on now. Its identifier is remembered either way.
    /// </summary>
    public bool Hold(ushort packetId, long receipt, BrokerMessage? message)
    {
        lock (Gate)
        {
            bool isHeld = message is null || Received.HasRoomFor(message);
            Received.Add(packetId, receipt, isHeld ? message : null);
            _record.KeepReceived(packetId, isHeld ? message : null);
            return isHeld;
        }
    }

    /// <summary>Takes PUBREL of the client: false when the identifier is unknown; the message that was held, null = none.</summary>
    public bool Release(ushort packetId, out BrokerMessage? message)
    {
        message = null;
        lock (Gate)
        {
            _record.DropReceived(packetId);
            return _received is not null && _received.Remove(packetId, out message);
        }
    }

    private ReceivedMessages Received => _received ??= new ReceivedMessages(_options.MaximumQueuedBytes);

    private bool CanSend => Connection is { } connection && _inFlight.Count < _window
        && (_inFlight.Count == 0 || connection.Outbox.Waiting < _options.MaximumOutboxBytes);

    private void Pump()
    {
        while (CanSend && _queue.TryTake(out Delivery? delivery))
        {
            Start(delivery);
        }
    }

    private void Start(Delivery delivery)
    {
        _inFlight.Number(delivery);
        if (delivery.QoS == MqttQoS.ExactlyOnce)
        {
            // Before the client can remember the identifier.
            _record.KeepProgress(delivery);
        }

        Transmit(delivery, duplicate: false);
    }

    private void Transmit(Delivery delivery, bool duplicate)
    {
        // After a restart the rules are known only when the client is back: what came meanwhile is checked here.
        if (Access?.MayReceive(delivery.Message.Topic) == false || !Connection!.WritePublish(delivery, duplicate))
        {
            // Not for it, expired, or larger than it accepts: as if it had been delivered. [MQTT-3.1.2-25, MQTT-3.3.2-5]
            Finish(delivery);
        }
    }

    private void Finish(Delivery delivery)
    {
        _inFlight.Remove(delivery);
        _record.Drop(delivery);
    }
}
