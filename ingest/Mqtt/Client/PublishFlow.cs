using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// The client's QoS 1 and 2 publishes (section 4.3): numbered, sent up to the broker's receive maximum, kept until
/// acknowledged, sent again in order after a reconnect. Thread-safe.
/// </summary>
internal sealed class PublishFlow
{
    private readonly Lock _gate = new();
    private readonly MqttVersion _version;
    private readonly Queue<OutgoingPublish> _waiting = new();
    private readonly Queue<ushort> _freeIds = new();
    private readonly OutgoingPublish?[] _byId;
    private Queue<OutgoingPublish> _unsent = new();
    private PublishWriter? _writer;
    private Exception? _closed;
    private long _sequence;
    private int _inFlight;

    public PublishFlow(MqttVersion version, int maximumInFlight)
    {
        _version = version;
        _byId = new OutgoingPublish?[maximumInFlight + 1];
        for (int id = 1; id <= maximumInFlight; id++)
        {
            _freeIds.Enqueue((ushort)id);
        }
    }

    /// <summary>Publishes not acknowledged yet.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _byId.Length - 1 - _freeIds.Count;
            }
        }
    }

    /// <summary>Takes a publish in the order of the calls; beyond the window it waits for its turn.</summary>
    public ValueTask PublishAsync(byte[] topic, ReadOnlyMemory<byte> payload, MqttQoS qos, bool retain, byte[] properties, CancellationToken cancellationToken)
    {
        OutgoingPublish publish = new() { Topic = topic, Payload = payload, QoS = qos, Retain = retain, Properties = properties };
        Outbox? outbox;
        lock (_gate)
        {
            if (_closed is not null)
            {
                return ValueTask.FromException(_closed);
            }

            if (_freeIds.Count > 0)
            {
                Take(publish);
                SendUnsent();
            }
            else
            {
                _waiting.Enqueue(publish);
            }

            outbox = _writer?.Outbox;
        }

        outbox?.Flush();
        return cancellationToken.CanBeCanceled ? WaitAsync(publish, cancellationToken) : publish.Completion;
    }

    /// <summary>A new connection: what was sent before goes first, marked as duplicate where the broker resumed the session. [MQTT-4.4.0-1]</summary>
    public void Attach(PublishWriter writer, bool sessionPresent)
    {
        lock (_gate)
        {
            _writer = writer;
            _inFlight = 0;
            OutgoingPublish[] all = [.. _byId.OfType<OutgoingPublish>().OrderBy(publish => publish.Sequence)];

            // Where the broker took a message over with PUBREC and has forgotten the exchange, it is done.
            ILookup<bool, OutgoingPublish> done = all.ToLookup(publish => publish.Received && !sessionPresent);
            _unsent = new Queue<OutgoingPublish>(done[false]);
            foreach (OutgoingPublish publish in _unsent)
            {
                publish.WasSent &= sessionPresent;
            }

            // Those that wait for their turn follow.
            foreach (OutgoingPublish publish in done[true])
            {
                Finish(publish, null);
            }

            SendUnsent();
        }

        writer.Outbox.Flush();
    }

    public void Detach()
    {
        lock (_gate)
        {
            _writer = null;
        }
    }

    /// <summary>Takes PUBACK, PUBREC or PUBCOMP; may append PUBREL and further publishes. The caller flushes.</summary>
    public void Acknowledge(in AckPacket ack)
    {
        lock (_gate)
        {
            OutgoingPublish? publish = ack.PacketId < _byId.Length ? _byId[ack.PacketId] : null;
            switch (ack.Type)
            {
                case PacketType.Pubrec when publish is null:
                    // [MQTT-4.3.3-…] answered so that the broker can end the exchange.
                    Send(PacketType.Pubrel, ack.PacketId, MqttReasonCode.PacketIdentifierNotFound);
                    return;
                case PacketType.Pubrec when publish!.QoS == MqttQoS.ExactlyOnce && !ack.IsFailure:
                    publish.Received = true;
                    Send(PacketType.Pubrel, ack.PacketId, MqttReasonCode.Success);
                    return;
                case PacketType.Pubrec when publish!.QoS == MqttQoS.ExactlyOnce:
                case PacketType.Puback when publish is { QoS: MqttQoS.AtLeastOnce }:
                case PacketType.Pubcomp when publish is { QoS: MqttQoS.ExactlyOnce, Received: true }:
                    _inFlight--;
                    Finish(publish, ack.IsFailure && ack.Type != PacketType.Pubcomp
                        ? new MqttPublishException($"the broker refused the publish: {ack.ReasonCode} (0x{(byte)ack.ReasonCode:X2})", ack.ReasonCode)
                        : null);
                    SendUnsent();
                    return;
                case PacketType.Puback or PacketType.Pubcomp when publish is null:
                    // Late, for an exchange of an earlier connection that is done.
                    return;
                default:
                    MqttProtocolException.Violation($"{ack.Type} for a publish of {publish!.QoS}");
                    return;
            }
        }
    }

    /// <summary>Fails everything outstanding.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed = reason;
            _writer = null;
            foreach (OutgoingPublish publish in _byId.OfType<OutgoingPublish>().Concat(_waiting))
            {
                publish.Fail(reason);
            }

            _waiting.Clear();
            _unsent.Clear();
            Array.Clear(_byId);
        }
    }

    private void SendUnsent()
    {
        while (_writer is { } writer && _inFlight < writer.Limits.ReceiveMaximum && _unsent.TryDequeue(out OutgoingPublish? publish))
        {
            _inFlight++;
            if (publish.Received)
            {
                Send(PacketType.Pubrel, publish.PacketId, MqttReasonCode.Success);
                continue;
            }

            // [MQTT-3.3.1-1]
            int flags = ((int)publish.QoS << 1) | (publish.Retain ? 1 : 0) | (publish.WasSent ? 8 : 0);
            if (!writer.Write(flags, publish.Topic, publish.PacketId, publish.Properties, publish.Payload.Span, null, []))
            {
                _inFlight--;
                Finish(publish, MqttPublishException.TooLarge(writer.Limits.MaximumPacketSize));
                continue;
            }

            publish.WasSent = true;
        }
    }

    private void Send(PacketType type, ushort packetId, MqttReasonCode reason)
    {
        if (_writer?.Outbox is { } outbox)
        {
            lock (outbox.Gate)
            {
                AckPacket.Write(outbox.Buffer, _version, type, packetId, reason);
            }
        }
    }

    private void Finish(OutgoingPublish publish, Exception? failure)
    {
        _byId[publish.PacketId] = null;
        _freeIds.Enqueue(publish.PacketId);
        if (failure is null)
        {
            publish.Complete();
        }
        else
        {
            publish.Fail(failure);
        }

        while (_waiting.TryDequeue(out OutgoingPublish? next))
        {
            if (!next.IsCancelled)
            {
                Take(next);
                return;
            }
        }
    }

    /// <summary>Numbers a publish and copies its payload; from here on it is sent even if its caller stops waiting.</summary>
    private void Take(OutgoingPublish publish)
    {
        ushort id = _freeIds.Dequeue();
        publish.Start(id, ++_sequence);
        _byId[id] = publish;
        _unsent.Enqueue(publish);
    }

    private async ValueTask WaitAsync(OutgoingPublish publish, CancellationToken cancellationToken)
    {
        ValueTask completion = publish.Completion;
        if (completion.IsCompleted)
        {
            await completion;
            return;
        }

        try
        {
            await completion.AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                publish.IsCancelled = true;
            }

            throw;
        }
    }
}
