using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// What one client says and the broker answers, packet by packet, on one connection. It neither reads nor sends: the
/// connection hands it whole packets and sends what it appended when the batch ends. Used by its connection's read loop alone.
/// </summary>
internal sealed class ClientExchange(MqttBroker broker, BrokerConnection connection, CancellationToken closed)
{
    private readonly MqttBrokerOptions _options = broker.Options;
    private readonly IMessageIntake? _intake = broker.Options.Intake;
    private readonly TopicAliases _aliases = new(broker.Options.TopicAliasMaximum);
    private readonly DeliveryBatch _batch = new(broker);
    private RouteCache? _routes;
    private Acknowledger? _acknowledger;
    private ConnectPacket? _connect;
    private bool _willCancelled;

    /// <summary>The client's session; null until CONNECT is accepted.</summary>
    public BrokerSession? Session { get; private set; }

    /// <summary>Whether the client has said goodbye or was refused: nothing more is taken.</summary>
    public bool IsOver { get; private set; }

    /// <summary>PUBLISH packets of this batch.</summary>
    public int Messages { get; private set; }

    /// <summary>What is published when the connection ends now; null after a goodbye.</summary>
    public MqttWill? Will => _willCancelled ? null : _connect?.Will;

    private MqttVersion Version => connection.Version;

    /// <summary>Begins a batch: the packets that have arrived.</summary>
    public void BeginBatch()
    {
        _batch.Begin();
        Messages = 0;
    }

    /// <summary>Makes the batch durable, then lets its acknowledgements and messages go.</summary>
    public void EndBatch()
    {
        broker.Store?.Commit();
        _acknowledger?.Release();
        connection.Outbox.Flush();
        _batch.Flush();
    }

    /// <summary>Takes the next packet; what it causes is sent when the batch ends.</summary>
    /// <exception cref="MqttProtocolException">The packet breaks the standard.</exception>
    public void Dispatch(in Frame frame)
    {
        if (Session is null)
        {
            if (frame.Type != PacketType.Connect)
            {
                // [MQTT-3.1.0-1]
                MqttProtocolException.Violation($"{frame.Type} before CONNECT");
            }

            OnConnect(frame);
            return;
        }

        switch (frame.Type)
        {
            case PacketType.Publish:
                OnPublish(PublishPacket.Decode(frame, Version, PropertyOwner.PublishToServer));
                break;
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp:
                Session.Acknowledge(AckPacket.Decode(frame, Version));
                break;
            case PacketType.Pubrel:
                OnPubrel(AckPacket.Decode(frame, Version));
                break;
            case PacketType.Subscribe:
                OnSubscribe(SubscribePacket.Decode(frame.Body, Version));
                break;
            case PacketType.Unsubscribe:
                OnUnsubscribe(UnsubscribePacket.Decode(frame.Body, Version));
                break;
            case PacketType.Pingreq:
                ExpectEmpty(frame);
                lock (connection.Outbox.Gate)
                {
                    connection.Outbox.Buffer.WriteUInt16((int)PacketType.Pingresp << 12);
                }

                break;
            case PacketType.Disconnect:
                OnDisconnect(DisconnectPacket.Decode(frame, Version));
                break;
            case PacketType.Auth when Version == MqttVersion.V5:
                // No authentication method is offered, so none can be in progress. [MQTT-4.12.0-7]
                MqttProtocolException.Violation("AUTH without an authentication method");
                break;
            default:
                // A second CONNECT [MQTT-3.1.0-2], or a packet only brokers send.
                MqttProtocolException.Violation($"{frame.Type} from a connected client");
                break;
        }
    }

    private void OnConnect(in Frame frame)
    {
        ConnectPacket connect = ConnectPacket.Decode(frame.Body);
        PeerLimits limits = PeerLimits.Of(connect.Version, connect.Properties, _options.TopicAliasMaximum);
        connection.Greet(limits);
        ConnackPacket connack = broker.Accept(connection, connect, out BrokerSession? session);
        connection.TryWrite(connack.Write);
        if (session is null)
        {
            // [MQTT-3.2.2-7] a refusal ends the connection.
            IsOver = true;
            return;
        }

        _connect = connect;
        Session = session;
        ushort keepAlive = connack.Properties?.ServerKeepAlive ?? connect.KeepAlive;
        connection.SilenceLimit = keepAlive * 1500L;
        _routes = new RouteCache(broker, session);
        _acknowledger = new Acknowledger(
            _intake, connection.Outbox, Version, _ => connection.Close(MqttReasonCode.UnspecifiedError), closed, broker.Store is { } store ? store.Commit : null);

        session.Attach(connection, limits.ReceiveMaximum);
    }

    private void OnPublish(in PublishPacket packet)
    {
        Messages++;
        ReadOnlySpan<byte> topic = packet.TopicAlias == 0 ? packet.Topic : _aliases.Resolve(packet.TopicAlias, packet.Topic);
        Route route = _routes!.Find(topic);
        BrokerSession session = Session!;
        if (packet.QoS == MqttQoS.ExactlyOnce && session.TryGetReceipt(packet.PacketId, out long known))
        {
            // Redelivered: held already, acknowledged again. [MQTT-4.3.3-10]
            _acknowledger!.Owe(PacketType.Pubrec, packet.PacketId, known);
            return;
        }

        if (packet.QoS != MqttQoS.AtMostOnce && Version == MqttVersion.V5
            && session.ReceivedCount + (_intake is null ? 0 : _acknowledger!.Owed) >= _options.ReceiveMaximum)
        {
            // [MQTT-3.3.4-9]
            MqttProtocolException.Refuse(MqttReasonCode.ReceiveMaximumExceeded, $"more than {_options.ReceiveMaximum} messages unacknowledged");
        }

        if (!route.Allowed)
        {
            RefusePublish(packet);
            return;
        }

        long receipt = _intake?.Accept(new PublishView
        {
            Topic = route.Topic,
            Payload = packet.Payload,
            Properties = packet.Properties,
            QoS = packet.QoS,
            Retain = packet.Retain,
            Duplicate = packet.Duplicate,
        }) ?? 0;
        bool isWanted = packet.Retain || !route.IsEmpty;
        if (packet.QoS == MqttQoS.ExactlyOnce)
        {
            Hold(packet.PacketId, receipt, isWanted ? new OutgoingMessage(packet, route.Topic).Keep(broker.Time) : null, route);
        }
        else if (isWanted)
        {
            OutgoingMessage message = new(packet, route.Topic);
            broker.Router.Spread(ref message, route, session, _batch);
        }

        if (packet.QoS != MqttQoS.AtMostOnce)
        {
            // Told to MQTT 5 publishers only; 3.1.1 has no word for it.
            MqttReasonCode reason = isWanted || _intake is not null ? MqttReasonCode.Success : MqttReasonCode.NoMatchingSubscribers;
            _acknowledger!.Owe(packet.QoS == MqttQoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, packet.PacketId, receipt, reason);
        }
    }

    /// <summary>Holds a QoS 2 message until the client releases it; where that needs too much memory it is passed on now. [MQTT 4.3.3]</summary>
    private void Hold(ushort packetId, long receipt, BrokerMessage? message, Route route) => AsOne(() =>
    {
        if (!Session!.Hold(packetId, receipt, message))
        {
            broker.Router.Pass(message!, route, Session, _batch);
        }
    });

    /// <summary>Changes that must become durable together: one without the other, a kill would lose a message or double it.</summary>
    private void AsOne(Action change)
    {
        if (broker.Store is not { } store)
        {
            // No common lock then: two sessions that publish to each other would wait for one another.
            change();
            return;
        }

        lock (store.Gate)
        {
            change();
        }
    }

    /// <summary>MQTT 5 is told; 3.1.1 has no word for it, so the message is acknowledged and dropped. [MQTT-3.3.5-2 of 3.1.1]</summary>
    private void RefusePublish(in PublishPacket packet)
    {
        broker.CountRefused();
        if (packet.QoS != MqttQoS.AtMostOnce)
        {
            PacketType type = packet.QoS == MqttQoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec;
            if (type == PacketType.Pubrec && Version == MqttVersion.V311)
            {
                Session!.Hold(packet.PacketId, receipt: 0, message: null);
            }

            _acknowledger!.Owe(type, packet.PacketId, 0, MqttReasonCode.NotAuthorized);
        }
    }

    private void OnPubrel(in AckPacket packet)
    {
        bool known = Release(packet.PacketId);

        // Before PUBCOMP frees the identifier.
        broker.Store?.Commit();
        connection.WriteAck(PacketType.Pubcomp, packet.PacketId, known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
    }

    /// <summary>Ends a QoS 2 exchange and passes on what was held; false when there is none.</summary>
    private bool Release(ushort packetId)
    {
        bool known = false;
        AsOne(() =>
        {
            known = Session!.Release(packetId, out BrokerMessage? message);
            if (message is not null)
            {
                broker.Router.Pass(message, _routes!.Find(message.Topic), Session, _batch);
            }
        });
        return known;
    }

    private void OnSubscribe(SubscribePacket packet)
    {
        List<MqttReasonCode> codes = new(packet.Filters.Count);
        List<(FilterRequest Request, bool IsNew)> granted = [];
        foreach (FilterRequest request in packet.Filters)
        {
            MqttReasonCode code = broker.Subscribe(Session!, request, packet.SubscriptionIdentifier, out bool isNew);
            codes.Add(code);
            if ((byte)code < 0x80)
            {
                granted.Add((request, isNew));
            }
        }

        broker.Store?.Commit();
        Answer(new SubackPacket(PacketType.Suback, packet.PacketId, codes));
        foreach ((FilterRequest request, bool isNew) in granted)
        {
            broker.Router.SendRetained(Session!, connection, request, isNew, packet.SubscriptionIdentifier);
        }
    }

    private void OnUnsubscribe(UnsubscribePacket packet)
    {
        List<MqttReasonCode> codes = new(packet.Filters.Count);
        foreach (string filter in packet.Filters)
        {
            codes.Add(broker.Unsubscribe(Session!, filter) ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted);
        }

        Answer(new SubackPacket(PacketType.Unsuback, packet.PacketId, codes));
    }

    private void Answer(SubackPacket packet)
    {
        if (!connection.TryWrite(packet.Write))
        {
            MqttProtocolException.Refuse(MqttReasonCode.PacketTooLarge, $"{packet.Type} for {packet.ReasonCodes.Count} filters is larger than the client accepts");
        }
    }

    private void OnDisconnect(DisconnectPacket packet)
    {
        if (packet.Properties?.SessionExpiryInterval is { } seconds)
        {
            if (seconds != 0 && Session!.ExpirySeconds == 0)
            {
                // [MQTT-3.14.2-2]
                MqttProtocolException.Violation("DISCONNECT sets a session expiry that CONNECT did not");
            }

            Session!.SetExpiry(Math.Min(seconds, broker.LongestExpiry));
        }

        // [MQTT-3.1.2-10]
        _willCancelled = packet.ReasonCode == MqttReasonCode.Success;
        IsOver = true;
    }

    private static void ExpectEmpty(in Frame frame)
    {
        if (!frame.Body.IsEmpty)
        {
            MqttProtocolException.Malformed($"{frame.Type} with a body");
        }
    }
}
