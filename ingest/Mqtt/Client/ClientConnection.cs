using System.Buffers;
using System.Text;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// One connection of a client, from CONNECT to its end: a receive loop that parses what lies in its buffer without
/// waiting, and an outbox. Session state lives in <see cref="MqttClient"/>.
/// </summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    private const int BufferSize = GatheredReads.Plenty;

    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Stream _stream;
    private readonly ClientSession _session;
    private readonly IMessageIntake _intake;
    private readonly CancellationTokenSource _closed = new();
    private readonly Acknowledger _acknowledger;
    private readonly TopicAliases _aliases;
    private readonly PendingRequests _requests;
    private readonly GatheredReads? _gathered;
    private int _messages;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private Exception? _failure;
    private Task? _receiving;
    private KeepAlive? _keepAlive;

    private ClientConnection(MqttClientOptions options, TimeProvider time, Stream stream, ClientSession session, IMessageIntake intake)
    {
        _options = options;
        _time = time;
        _stream = stream;
        _session = session;
        _intake = intake;
        _aliases = new TopicAliases(options.TopicAliasMaximum);
        Outbox = new Outbox(stream, Fail, _closed.Token);
        _acknowledger = new Acknowledger(intake, Outbox, options.Version, Fail, _closed.Token);
        _requests = new PendingRequests(Outbox, options.ResponseTimeout, () => _keepAlive!.IsSilent, time, _closed.Token);
        _gathered = GatheredReads.Of(stream, time);
    }

    public Outbox Outbox { get; }

    public ConnackPacket Connack { get; private set; } = new(false, MqttReasonCode.Success);

    /// <summary>Writes publishes within what the broker accepts; only after CONNACK.</summary>
    public PublishWriter Publishes { get; private set; } = null!;

    /// <summary>Opens the transport, sends CONNECT and waits for CONNACK.</summary>
    /// <exception cref="MqttConnectException">No connection, or the broker refuses.</exception>
    public static async Task<ClientConnection> OpenAsync(
        MqttClientOptions options, TimeProvider time, ClientSession session, IMessageIntake intake, bool cleanStart, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(options.ResponseTimeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        ClientConnection? connection = null;
        try
        {
            Stream stream = await ClientTransport.OpenAsync(options, both.Token);
            connection = new ClientConnection(options, time, stream, session, intake);
            await connection.GreetAsync(cleanStart, both.Token);
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            throw exception switch
            {
                OperationCanceledException when limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested =>
                    new MqttConnectException($"cannot connect to {options.Host}:{options.Port}: no answer within {options.ResponseTimeout.TotalSeconds:0.#} s", inner: exception),
                MqttConnectException or OperationCanceledException => exception,
                IOException or MqttProtocolException =>
                    new MqttConnectException($"cannot connect to {options.Host}:{options.Port}: {exception.Message}", inner: exception),
                _ => exception,
            };
        }
    }

    /// <summary>Receives until the connection ends; the task always fails with what ended it.</summary>
    public Task StartReceiving(CancellationToken cancellationToken) => _receiving = ReceiveAsync(cancellationToken);

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        await using ITimer? pings = _keepAlive!.Start();
        int read = 0;
        try
        {
            while (true)
            {
                // What came together with CONNACK is parsed before the first read.
                while (_start < _end && Framing.TryRead(_buffer.AsSpan(_start, _end - _start), _options.MaximumPacketSize, out Frame frame))
                {
                    _start += frame.Length;
                    Dispatch(frame);
                }

                // The broker had so many unacknowledged, though some may be safe already.
                int owed = _acknowledger.Owed;
                _acknowledger.Release();
                Outbox.Flush();
                if (Outbox.Waiting > _options.MaximumUnsent)
                {
                    throw new IOException($"the broker sends and does not read: {Outbox.Waiting:N0} bytes wait for it, at most {_options.MaximumUnsent:N0} may");
                }

                ValueTask room = _intake.WaitForRoomAsync(both.Token);
                if (!room.IsCompletedSuccessfully)
                {
                    _keepAlive.Pause();
                    await room;
                    _keepAlive.Resume();
                }

                if (_gathered is not null)
                {
                    await _gathered.AfterReadAsync(_messages, read, isFull: _end == _buffer.Length, owed);
                    _messages = 0;
                }

                read = await FillAsync(both.Token);
                _keepAlive.Heard();
            }
        }
        catch (OperationCanceledException) when (_failure is not null)
        {
            throw _failure;
        }
        catch (MqttProtocolException exception)
        {
            Say(exception.ReasonCode);
            throw;
        }
        finally
        {
            await _closed.CancelAsync();
        }
    }

    /// <summary>Sends SUBSCRIBE and returns the reason codes.</summary>
    public Task<SubackPacket> SubscribeAsync(IReadOnlyList<FilterRequest> filters, uint identifier, CancellationToken cancellationToken) =>
        _requests.SendAsync((buffer, id) => new SubscribePacket(id, filters, identifier).Write(buffer, _options.Version), cancellationToken);

    /// <summary>Sends UNSUBSCRIBE and returns the reason codes; none in 3.1.1.</summary>
    public Task<SubackPacket> UnsubscribeAsync(string filter, CancellationToken cancellationToken) =>
        _requests.SendAsync((buffer, id) => new UnsubscribePacket(id, [filter]).Write(buffer, _options.Version), cancellationToken);

    /// <summary>Sends DISCONNECT and waits until it has left.</summary>
    public async Task DisconnectAsync(MqttReasonCode reason, CancellationToken cancellationToken)
    {
        Say(reason);
        await Outbox.DrainAsync(cancellationToken);
    }

    /// <summary>Ends the connection; <see cref="ReceiveAsync"/> throws the failure.</summary>
    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        _closed.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _requests.Fail();
        await _stream.DisposeAsync();
        if (_receiving is not null)
        {
            // Its buffer goes back to the pool only after its last use; what ended it is known already.
            await _receiving.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _closed.Dispose();
    }

    private async Task GreetAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        bool v5 = _options.Version == MqttVersion.V5;
        lock (Outbox.Gate)
        {
            new ConnectPacket
            {
                Version = _options.Version,
                CleanStart = cleanStart,
                ClientId = _session.ClientId,
                KeepAlive = (ushort)_options.KeepAlive.TotalSeconds,
                UserName = _options.UserName,
                Password = _options.Password is null ? null : Encoding.UTF8.GetBytes(_options.Password),
                Will = _options.Will,
                Properties = !v5 ? null : new MqttProperties
                {
                    SessionExpiryInterval = (uint)Math.Min(_options.SessionExpiry.TotalSeconds, uint.MaxValue),
                    ReceiveMaximum = (ushort)_options.ReceiveMaximum,
                    MaximumPacketSize = (uint)_options.MaximumPacketSize,
                    TopicAliasMaximum = (ushort)_options.TopicAliasMaximum,
                    UserProperties = _options.UserProperties,
                },
            }.Write(Outbox.Buffer);
        }

        Outbox.Flush();
        while (!TryReadConnack())
        {
            await FillAsync(cancellationToken);
        }

        if (Connack.ReasonCode != MqttReasonCode.Success)
        {
            string said = Connack.Properties?.ReasonString is { } text ? $": {text}" : "";
            throw new MqttConnectException(
                $"{_options.Host}:{_options.Port} refuses the connection: {Connack.ReasonCode} (0x{(byte)Connack.ReasonCode:X2}){said}",
                Connack.ReasonCode);
        }

        Publishes = new PublishWriter(Outbox, PeerLimits.Of(_options.Version, Connack.Properties, _options.OutgoingTopicAliasMaximum));
        TimeSpan interval = Connack.Properties?.ServerKeepAlive is { } seconds ? TimeSpan.FromSeconds(seconds) : _options.KeepAlive;
        _keepAlive = new KeepAlive(Outbox, interval, _options.ResponseTimeout, _time, Fail);
    }

    private bool TryReadConnack()
    {
        if (!Framing.TryRead(_buffer.AsSpan(_start, _end - _start), _options.MaximumPacketSize, out Frame frame))
        {
            return false;
        }

        if (frame.Type != PacketType.Connack)
        {
            // [MQTT-3.2.0-1]
            MqttProtocolException.Violation($"{frame.Type} before CONNACK");
        }

        _start += frame.Length;
        Connack = ConnackPacket.Decode(frame.Body, _options.Version);
        return true;
    }

    /// <summary>Reads more behind what is there; returns how many bytes.</summary>
    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        int rest = _end - _start;
        if (rest == 0)
        {
            _start = _end = 0;
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, rest).CopyTo(_buffer);
            (_start, _end) = (0, rest);
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        int count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        if (count == 0)
        {
            throw _failure ?? new IOException("the broker closed the connection");
        }

        _end += count;
        return count;
    }

    private void Dispatch(in Frame frame)
    {
        switch (frame.Type)
        {
            case PacketType.Publish:
                OnPublish(PublishPacket.Decode(frame, _options.Version));
                break;
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp:
                _session.Publishes.Acknowledge(AckPacket.Decode(frame, _options.Version));
                break;
            case PacketType.Pubrel:
                OnPubrel(AckPacket.Decode(frame, _options.Version));
                break;
            case PacketType.Suback or PacketType.Unsuback:
                _requests.Answer(SubackPacket.Decode(frame, _options.Version));
                break;
            case PacketType.Pingresp:
                // That something came is what it says.
                break;
            case PacketType.Disconnect when _options.Version == MqttVersion.V5:
                DisconnectPacket bye = DisconnectPacket.Decode(frame, _options.Version);
                throw new IOException($"the broker disconnected: {bye.ReasonCode} (0x{(byte)bye.ReasonCode:X2}) {bye.Properties?.ReasonString}");
            default:
                MqttProtocolException.Violation($"{frame.Type} from a broker");
                break;
        }
    }

    private void OnPublish(in PublishPacket packet)
    {
        _messages++;
        ReadOnlySpan<byte> topic = packet.Topic;
        if (packet.TopicAlias != 0)
        {
            topic = _aliases.Resolve(packet.TopicAlias, topic);
        }

        if (!packet.Topic.IsEmpty)
        {
            TopicRules.CheckName(topic);
        }

        if (packet.QoS == MqttQoS.ExactlyOnce && _session.TryGetReceipt(packet.PacketId, out long known))
        {
            // Redelivered before PUBREL: handed over already, acknowledged again. [MQTT-4.3.3-10]
            _acknowledger.Owe(PacketType.Pubrec, packet.PacketId, known);
            return;
        }

        if (packet.QoS != MqttQoS.AtMostOnce && _options is { Version: MqttVersion.V5, AllowExcess: false } && _acknowledger.Owed >= _options.ReceiveMaximum)
        {
            // [MQTT-3.3.4-7]
            MqttProtocolException.Refuse(MqttReasonCode.ReceiveMaximumExceeded, $"more than {_options.ReceiveMaximum} messages unacknowledged");
        }

        long receipt = _intake.Accept(new PublishView
        {
            Topic = topic,
            Payload = packet.Payload,
            Properties = packet.Properties,
            QoS = packet.QoS,
            Retain = packet.Retain,
            Duplicate = packet.Duplicate,
        });
        if (packet.QoS == MqttQoS.AtLeastOnce)
        {
            _acknowledger.Owe(PacketType.Puback, packet.PacketId, receipt);
        }
        else if (packet.QoS == MqttQoS.ExactlyOnce)
        {
            _session.Remember(packet.PacketId, receipt);
            _acknowledger.Owe(PacketType.Pubrec, packet.PacketId, receipt);
        }
    }

    private void OnPubrel(in AckPacket packet)
    {
        // [MQTT-4.3.3-11] PUBCOMP also where the identifier is unknown, after a lost PUBCOMP.
        MqttReasonCode reason = _session.Forget(packet.PacketId) ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound;
        lock (Outbox.Gate)
        {
            AckPacket.Write(Outbox.Buffer, _options.Version, PacketType.Pubcomp, packet.PacketId, reason);
        }
    }

    private void Say(MqttReasonCode reason)
    {
        lock (Outbox.Gate)
        {
            new DisconnectPacket(PacketType.Disconnect, reason).Write(Outbox.Buffer, _options.Version);
        }

        Outbox.Flush();
    }
}
