using System.Buffers;
using System.IO.Pipelines;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// One client connection of the broker, from its first byte to its end. The read loop parses what has arrived without
/// waiting, and answers all of it with one write. What the packets mean is <see cref="ClientExchange"/>.
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
    private readonly ClientExchange _exchange;
    private readonly RateLimit? _rate;
    private readonly ReadPause? _pause;
    private PeerLimits _limits = PeerLimits.Before(MqttVersion.V5);
    private PublishWriter? _writer;
    private MqttReasonCode? _farewell;
    private bool _ended;
    private bool _rejected;

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
        _exchange = new ClientExchange(broker, this, _closed.Token);
        _rate = _options.MaximumMessageRate > 0 ? new RateLimit(_options.MaximumMessageRate, broker.Time) : null;
        _pause = _intake is null ? null : ReadPause.Of(transport, broker.Time);
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
    public bool IsGreeted => _exchange.Session is not null;

    /// <summary>One and a half keep-alive intervals in milliseconds; 0 = off. [MQTT-3.1.2-22]</summary>
    public long SilenceLimit { get; set; }

    /// <summary>Serves the client until one side ends the connection.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!_exchange.IsOver)
            {
                ReadResult result = await _input.ReadAsync();
                bool isFull = result.Buffer.Length >= SocketTransport.ReadSize;
                _exchange.BeginBatch();
                Take(result.Buffer);
                _exchange.EndBatch();
                _broker.CountReceived(_exchange.Messages);
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

                if (_rate?.Count(_exchange.Messages) is { Ticks: > 0 } pause)
                {
                    await Task.Delay(pause, _broker.Time, _closing.Token);
                    LastPacketAt = _broker.Clock;
                }

                if (_pause is not null)
                {
                    await _pause.AfterReadAsync(_exchange.Messages, isFull, _closing.Token);
                }

                // A client that does not read its acknowledgements is not read either.
                await Outbox.WaitForRoomAsync(_options.MaximumOutboxBytes, _closing.Token);
            }
        }
        catch (MqttProtocolException exception)
        {
            _exchange.EndBatch();
            _broker.LogProtocolError(Address, _exchange.Session?.ClientId ?? "", exception.Message, exception.ReasonCode);
            Reject(exception);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Net.Sockets.SocketException
            or System.Net.WebSockets.WebSocketException or Microsoft.AspNetCore.Connections.ConnectionAbortedException or ObjectDisposedException)
        {
            // The peer is gone, perhaps in the middle of a batch: what it sent before still goes to its subscribers, and then
            // the will says so to others.
            _exchange.EndBatch();
        }
        finally
        {
            if (_exchange.Session is { } session)
            {
                _broker.Detach(this, session, _exchange.Will);
            }

            await EndAsync();
        }
    }

    /// <summary>Ends the connection from outside: tells a MQTT 5 client why, then closes. [MQTT-3.14]</summary>
    public void Close(MqttReasonCode reason)
    {
        if (IsGreeted && Version == MqttVersion.V5)
        {
            TryWrite(new DisconnectPacket(PacketType.Disconnect, reason).Write);
            Outbox.Flush();
        }

        lock (_closing)
        {
            if (_ended)
            {
                return;
            }

            _farewell = reason;
        }

        // May take the connection to its end, on this thread.
        _input.CancelPendingRead();
        lock (_closing)
        {
            if (!_ended)
            {
                _closing.Cancel();
            }
        }
    }

    public void Dispose()
    {
        _closing.Dispose();
        _closed.Dispose();
    }

    /// <summary>Learns from CONNECT what the client accepts.</summary>
    public void Greet(PeerLimits limits)
    {
        _limits = limits;
        _writer = new PublishWriter(Outbox, limits);
    }

    /// <summary>Appends a packet; where it is larger than the client accepts, nothing is appended and the result is false. [MQTT-3.1.2-24]</summary>
    public bool TryWrite(Action<PacketBuffer, MqttVersion> write)
    {
        lock (Outbox.Gate)
        {
            PacketBuffer buffer = Outbox.Buffer;
            int before = buffer.Length;
            write(buffer, Version);
            if (buffer.Length - before <= _limits.MaximumPacketSize)
            {
                return true;
            }

            buffer.Truncate(before);
            return false;
        }
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
    public bool WritePublish(in OutgoingMessage message, bool retain, uint[] identifiers)
    {
        if (Outbox.Waiting + message.Payload.Length > _options.MaximumOutboxBytes)
        {
            _broker.CountDropped(_exchange.Session!);
            return false;
        }

        int flags = retain ? 1 : 0;
        return message.Frames is { } frames && identifiers.Length == 0 && _limits.TopicAliasMaximum == 0
            ? _writer!.Write(frames.Get(_limits.Version, message), flags)
            : _writer!.Write(flags, message.Topic, 0, message.Properties, message.Payload, message.Expiry, identifiers);
    }

    private void Take(in ReadOnlySequence<byte> buffer)
    {
        try
        {
            _input.AdvanceTo(Process(buffer), buffer.End);
        }
        catch (MqttProtocolException)
        {
            _input.AdvanceTo(buffer.End);
            throw;
        }
    }

    private SequencePosition Process(ReadOnlySequence<byte> buffer)
    {
        while (!_exchange.IsOver)
        {
            ReadOnlySpan<byte> span = buffer.FirstSpan;
            int offset = 0;
            while (Framing.TryRead(span[offset..], _options.MaximumPacketSize, out Frame frame))
            {
                offset += frame.Length;
                _exchange.Dispatch(frame);
                if (_exchange.IsOver)
                {
                    break;
                }
            }

            if (offset > 0)
            {
                LastPacketAt = _broker.Clock;
                buffer = buffer.Slice(offset);
            }

            if (_exchange.IsOver || buffer.IsSingleSegment
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
                _exchange.Dispatch(frame);
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

    /// <summary>Answers a broken packet: CONNACK before the session exists, DISCONNECT after, for MQTT 5. [MQTT 4.13]</summary>
    private void Reject(MqttProtocolException exception)
    {
        if (IsGreeted && Version == MqttVersion.V5)
        {
            _rejected = true;
            TryWrite(new DisconnectPacket(PacketType.Disconnect, exception.ReasonCode).Write);
        }
        else if (!IsGreeted && exception.ReasonCode == MqttReasonCode.UnsupportedProtocolVersion)
        {
            // [MQTT-3.1.2-2] the old return code, which every version understands.
            TryWrite((buffer, _) => new ConnackPacket(false, exception.ReasonCode).Write(buffer, MqttVersion.V311));
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
}
