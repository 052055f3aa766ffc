using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// One client connection of the broker, from its first byte to its end. The read loop parses what has arrived without
/// waiting, and answers a whole read with one write.
/// </summary>
internal sealed class BrokerConnection : IDisposable
{
    /// <summary>How long a rejected client may be silent before the connection is closed.</summary>
    private static readonly TimeSpan FarewellPause = TimeSpan.FromMilliseconds(100);

    private readonly MqttBroker _broker;
    private readonly MqttBrokerOptions _options;
    private readonly IMessageIntake? _intake;
    private readonly PipeReader _input;
    private readonly Action _abort;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly TopicAliases _aliases;
    private readonly RateLimit? _rate;
    private readonly List<BrokerSession> _touched = [];
    private PeerLimits _limits = PeerLimits.Before(MqttVersion.V5);
    private BrokerSession? _session;
    private RouteCache? _routes;
    private Acknowledger? _acknowledger;
    private PublishWriter? _writer;
    private ConnectPacket? _connect;
    private MqttReasonCode? _farewell;
    private bool _disconnected;
    private bool _willCancelled;
    private bool _ended;
    private bool _rejected;
    private long _batch;
    private int _messagesInBatch;

    public BrokerConnection(MqttBroker broker, IDuplexPipe transport, string address, string? certificateName, Action abort)
    {
        _broker = broker;
        _options = broker.Options;
        _intake = _options.Intake;
        _input = transport.Input;
        _abort = abort;
        Address = address;
        CertificateName = certificateName;
        Outbox = new Outbox(transport.Output.AsStream(leaveOpen: true), _ => abort(), _closed.Token);
        _aliases = new TopicAliases(_options.TopicAliasMaximum);
        _rate = _options.MaximumMessageRate > 0 ? new RateLimit(_options.MaximumMessageRate, broker.Time) : null;
        LastPacketAt = OpenedAt = broker.Clock;
    }

    /// <summary>Where the client comes from, for people.</summary>
    public string Address { get; }

    /// <summary>Common name of the certificate the client presented and TLS accepted; null = none.</summary>
    public string? CertificateName { get; }

    public Outbox Outbox { get; }

    public MqttVersion Version => _limits.Version;

    /// <summary>Broker clock, milliseconds, when the connection was accepted.</summary>
    public long OpenedAt { get; }

    /// <summary>Broker clock, milliseconds, of the last read that held a whole packet.</summary>
    public long LastPacketAt { get; private set; }

    /// <summary>Whether CONNECT has been accepted.</summary>
    public bool IsGreeted => _session is not null;

    /// <summary>One and a half keep-alive intervals in milliseconds; 0 = off. [MQTT-3.1.2-22]</summary>
    public long SilenceLimit { get; private set; }

    /// <summary>Serves the client until one side ends the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_disconnected)
            {
                ReadResult result = await _input.ReadAsync(cancellationToken);
                ReadOnlySequence<byte> buffer = result.Buffer;
                SequencePosition consumed = Process(buffer);
                _input.AdvanceTo(consumed, buffer.End);
                FlushBatch();
                _broker.CountReceived(_messagesInBatch);
                if (result.IsCompleted || result.IsCanceled)
                {
                    break;
                }

                if (_intake is not null)
                {
                    ValueTask room = _intake.WaitForRoomAsync(_closing.Token);
                    if (!room.IsCompletedSuccessfully)
                    {
                        await room;
                        LastPacketAt = _broker.Clock;
                    }
                }

                if (_rate?.Count(_messagesInBatch) is { Ticks: > 0 } pause)
                {
                    await Task.Delay(pause, _broker.Time, _closing.Token);
                    LastPacketAt = _broker.Clock;
                }

                // A client that does not read its acknowledgements is not read either.
                await Outbox.WaitForRoomAsync(_options.MaximumOutboxBytes, _closing.Token);
            }
        }
        catch (MqttProtocolException exception)
        {
            FlushBatch();
            _broker.LogProtocolError(Address, _session?.ClientId ?? "", exception.Message, exception.ReasonCode);
            Reject(exception);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Net.Sockets.SocketException
            or System.Net.WebSockets.WebSocketException or Microsoft.AspNetCore.Connections.ConnectionAbortedException or ObjectDisposedException)
        {
            // The peer is gone; the will says so to others.
        }
        finally
        {
            if (_session is not null)
            {
                _broker.Detach(this, _session, _willCancelled ? null : _connect!.Will);
            }

            await EndAsync();
        }
    }

    /// <summary>Ends the connection from outside: tells a MQTT 5 client why, then closes. [MQTT-3.14]</summary>
    public void Close(MqttReasonCode reason)
    {
        if (IsGreeted && Version == MqttVersion.V5)
        {
            lock (Outbox.Gate)
            {
                new DisconnectPacket(PacketType.Disconnect, reason).Write(Outbox.Buffer, Version);
            }

            Outbox.Flush();
        }

        lock (_closing)
        {
            if (!_ended)
            {
                _farewell = reason;
                _input.CancelPendingRead();
                _closing.Cancel();
            }
        }
    }

    public void Dispose()
    {
        _closing.Dispose();
        _closed.Dispose();
    }

    public void WriteAck(PacketType type, ushort packetId, MqttReasonCode reason = MqttReasonCode.Success)
    {
        lock (Outbox.Gate)
        {
            AckPacket.Write(Outbox.Buffer, Version, type, packetId, reason);
        }
    }

    /// <summary>Appends a QoS 1 or 2 message; false when it has expired or is larger than the client accepts.</summary>
    public bool WritePublish(Delivery delivery, bool duplicate)
    {
        BrokerMessage message = delivery.Message;
        if (!message.TryGetExpiry(_broker.Time.GetUtcNow(), out uint? expiry))
        {
            return false;
        }

        int flags = ((int)delivery.QoS << 1) | (delivery.Retain ? 1 : 0) | (duplicate ? 8 : 0);
        return _writer!.Write(flags, message.Topic, delivery.PacketId, message.Properties, message.Payload, expiry, delivery.Identifiers);
    }

    /// <summary>Appends a QoS 0 message; drops and counts it when the client does not keep up.</summary>
    public bool WritePublish(byte[] topic, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> properties, uint? expiry, bool retain, uint[] identifiers)
    {
        if (Outbox.Waiting + payload.Length > _options.MaximumOutboxBytes)
        {
            _broker.CountDropped(_session!);
            return false;
        }

        return _writer!.Write(retain ? 1 : 0, topic, 0, properties, payload, expiry, identifiers);
    }

    private SequencePosition Process(ReadOnlySequence<byte> buffer)
    {
        _batch = _broker.NextBatch();
        _messagesInBatch = 0;
        while (!_disconnected)
        {
            ReadOnlySpan<byte> span = buffer.FirstSpan;
            int offset = 0;
            while (Framing.TryRead(span[offset..], _options.MaximumPacketSize, out Frame frame))
            {
                offset += frame.Length;
                Dispatch(frame);
                if (_disconnected)
                {
                    break;
                }
            }

            if (offset > 0)
            {
                LastPacketAt = _broker.Clock;
                buffer = buffer.Slice(offset);
            }

            if (_disconnected || buffer.IsSingleSegment
                || !Framing.TryReadSize(buffer, _options.MaximumPacketSize, out int size) || buffer.Length < size)
            {
                break;
            }

            // The packet lies across segments: gathered into one piece.
            byte[] gathered = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                buffer.Slice(0, size).CopyTo(gathered);
                Framing.TryRead(gathered.AsSpan(0, size), _options.MaximumPacketSize, out Frame frame);
                Dispatch(frame);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(gathered);
            }

            LastPacketAt = _broker.Clock;
            buffer = buffer.Slice(size);
        }

        return buffer.Start;
    }

    private void Dispatch(in Frame frame)
    {
        if (_session is null)
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
                OnPublish(PublishPacket.Decode(frame, Version));
                break;
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp:
                _session.Acknowledge(AckPacket.Decode(frame, Version));
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
                lock (Outbox.Gate)
                {
                    Outbox.Buffer.WriteUInt16((int)PacketType.Pingresp << 12);
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
        _limits = PeerLimits.Of(connect.Version, connect.Properties, _options.TopicAliasMaximum);
        _writer = new PublishWriter(Outbox, _limits);
        ConnackPacket connack = _broker.Accept(this, connect, out BrokerSession? session);
        lock (Outbox.Gate)
        {
            connack.Write(Outbox.Buffer, Version);
        }

        if (session is null)
        {
            // [MQTT-3.2.2-7] a refusal ends the connection.
            _disconnected = true;
            return;
        }

        _connect = connect;
        _session = session;
        ushort keepAlive = connack.Properties?.ServerKeepAlive ?? connect.KeepAlive;
        SilenceLimit = keepAlive * 1500L;
        _routes = new RouteCache(_broker, session);
        _acknowledger = new Acknowledger(
            _intake, Outbox, Version, _ => Close(MqttReasonCode.UnspecifiedError), _closed.Token, _broker.Store is { } store ? store.Commit : null);

        session.Attach(this, _limits.ReceiveMaximum);
    }

    private void OnPublish(in PublishPacket packet)
    {
        _messagesInBatch++;
        ReadOnlySpan<byte> topic = packet.TopicAlias == 0 ? packet.Topic : _aliases.Resolve(packet.TopicAlias, packet.Topic);
        Route route = _routes!.Find(topic);
        BrokerSession session = _session!;
        if (packet.QoS == MqttQoS.ExactlyOnce && session.TryGetReceipt(packet.PacketId, out long known))
        {
            // Redelivered: routed already, acknowledged again. [MQTT-4.3.3-10]
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
        if (packet.QoS == MqttQoS.ExactlyOnce)
        {
            lock (session.Gate)
            {
                // One change: kept without the other, a kill would lose the message or double it.
                session.Remember(packet.PacketId, receipt);
                _broker.Router.Spread(packet, route, session, _touched, _batch);
            }
        }
        else if (packet.Retain || !route.IsEmpty)
        {
            _broker.Router.Spread(packet, route, session, _touched, _batch);
        }

        if (packet.QoS != MqttQoS.AtMostOnce)
        {
            _acknowledger!.Owe(packet.QoS == MqttQoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, packet.PacketId, receipt);
        }
    }

    /// <summary>MQTT 5 is told; 3.1.1 has no word for it, so the message is acknowledged and dropped. [MQTT-3.3.5-2 of 3.1.1]</summary>
    private void RefusePublish(in PublishPacket packet)
    {
        _broker.CountRefused();
        if (packet.QoS != MqttQoS.AtMostOnce)
        {
            PacketType type = packet.QoS == MqttQoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec;
            if (type == PacketType.Pubrec && Version == MqttVersion.V311)
            {
                _session!.Remember(packet.PacketId, 0);
            }

            _acknowledger!.Owe(type, packet.PacketId, 0, MqttReasonCode.NotAuthorized);
        }
    }

    private void OnPubrel(in AckPacket packet)
    {
        bool known = _session!.Forget(packet.PacketId);
        WriteAck(PacketType.Pubcomp, packet.PacketId, known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
    }

    private void OnSubscribe(SubscribePacket packet)
    {
        List<MqttReasonCode> codes = new(packet.Filters.Count);
        List<(FilterRequest Request, bool IsNew)> granted = [];
        foreach (FilterRequest request in packet.Filters)
        {
            MqttReasonCode code = _broker.Subscribe(_session!, request, packet.SubscriptionIdentifier, out bool isNew);
            codes.Add(code);
            if ((byte)code < 0x80)
            {
                granted.Add((request, isNew));
            }
        }

        _broker.Store?.Commit();
        lock (Outbox.Gate)
        {
            new SubackPacket(PacketType.Suback, packet.PacketId, codes).Write(Outbox.Buffer, Version);
        }

        foreach ((FilterRequest request, bool isNew) in granted)
        {
            _broker.Router.SendRetained(_session!, this, request, isNew, packet.SubscriptionIdentifier);
        }
    }

    private void OnUnsubscribe(UnsubscribePacket packet)
    {
        List<MqttReasonCode> codes = new(packet.Filters.Count);
        foreach (string filter in packet.Filters)
        {
            codes.Add(_broker.Unsubscribe(_session!, filter) ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted);
        }

        lock (Outbox.Gate)
        {
            new SubackPacket(PacketType.Unsuback, packet.PacketId, codes).Write(Outbox.Buffer, Version);
        }
    }

    private void OnDisconnect(DisconnectPacket packet)
    {
        if (packet.Properties?.SessionExpiryInterval is { } seconds)
        {
            if (seconds != 0 && _session!.ExpirySeconds == 0)
            {
                // [MQTT-3.14.2-2]
                MqttProtocolException.Violation("DISCONNECT sets a session expiry that CONNECT did not");
            }

            _session!.SetExpiry(Math.Min(seconds, _broker.LongestExpiry));
        }

        // [MQTT-3.1.2-10]
        _willCancelled = packet.ReasonCode == MqttReasonCode.Success;
        _disconnected = true;
    }

    /// <summary>Makes a batch durable, then lets its acknowledgements and messages go.</summary>
    private void FlushBatch()
    {
        _broker.Store?.Commit();
        _acknowledger?.Release();
        Outbox.Flush();
        foreach (BrokerSession session in _touched)
        {
            session.Flush();
        }

        _touched.Clear();
    }

    /// <summary>Answers a broken packet: CONNACK before the session exists, DISCONNECT after, for MQTT 5. [MQTT 4.13]</summary>
    private void Reject(MqttProtocolException exception)
    {
        lock (Outbox.Gate)
        {
            if (_session is null)
            {
                if (exception.ReasonCode == MqttReasonCode.UnsupportedProtocolVersion)
                {
                    // [MQTT-3.1.2-2] the old return code, which every version understands.
                    new ConnackPacket(false, exception.ReasonCode).Write(Outbox.Buffer, MqttVersion.V311);
                }
            }
            else if (Version == MqttVersion.V5)
            {
                _rejected = true;
                new DisconnectPacket(PacketType.Disconnect, exception.ReasonCode).Write(Outbox.Buffer, Version);
            }
        }
    }

    private async Task EndAsync()
    {
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2), _broker.Time);
            await Outbox.DrainAsync(limit.Token);
            if (_rejected)
            {
                await DiscardAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _abort();
        }

        await _closed.CancelAsync();
        lock (_closing)
        {
            _ended = true;
        }

        await _input.CompleteAsync();
        if (_farewell == MqttReasonCode.KeepAliveTimeout)
        {
            _abort();
        }
    }

    /// <summary>
    /// Reads on for a moment: a socket closed with unread bytes is reset, and the reset could overtake the DISCONNECT that
    /// names the reason.
    /// </summary>
    private async Task DiscardAsync(CancellationToken limit)
    {
        try
        {
            while (true)
            {
                using CancellationTokenSource quiet = CancellationTokenSource.CreateLinkedTokenSource(limit);
                using ITimer timer = _broker.Time.CreateTimer(state => ((CancellationTokenSource)state!).Cancel(), quiet, FarewellPause, Timeout.InfiniteTimeSpan);
                ReadResult result = await _input.ReadAsync(quiet.Token);
                _input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or Microsoft.AspNetCore.Connections.ConnectionAbortedException or System.Net.WebSockets.WebSocketException)
        {
            // Quiet, or gone.
        }
    }

    private static void ExpectEmpty(in Frame frame)
    {
        if (!frame.Body.IsEmpty)
        {
            MqttProtocolException.Malformed($"{frame.Type} with a body");
        }
    }
}
