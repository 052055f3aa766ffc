namespace Linewatch.Mqtt.Codec;

/// <summary>
/// Holds the PUBACKs and PUBRECs of one connection back until the intake says the messages are safe, then sends them in
/// the order the messages came [MQTT-4.6.0-2, MQTT-4.6.0-3], as many in one write as are safe. Without an intake all are.
/// <c>commit</c> runs before acknowledgements are appended.
/// </summary>
internal sealed class Acknowledger(IMessageIntake? intake, Outbox outbox, MqttVersion version, Action<Exception> failed, CancellationToken closed, Action? commit = null)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Receipt, ushort PacketId, PacketType Type, MqttReasonCode Reason)> _owed = new();
    private bool _waiting;

    /// <summary>Owed acknowledgements of messages the peer counts against its window.</summary>
    public int Owed => _owed.Count;

    /// <summary>Owes an acknowledgement; where something must become safe first, nothing is sent before <see cref="Release"/>.</summary>
    public void Owe(PacketType type, ushort packetId, long receipt, MqttReasonCode reason = MqttReasonCode.Success)
    {
        if (intake is null && commit is null)
        {
            lock (outbox.Gate)
            {
                AckPacket.Write(outbox.Buffer, version, type, packetId, reason);
            }

            return;
        }

        lock (_gate)
        {
            _owed.Enqueue((receipt, packetId, type, reason));
        }
    }

    /// <summary>Appends what is safe by now; waits for the rest in the background. The caller flushes.</summary>
    public void Release()
    {
        lock (_gate)
        {
            AppendSafe();
            if (_owed.Count == 0 || _waiting)
            {
                return;
            }

            _waiting = true;
        }

        _ = WaitAsync();
    }

    private async Task WaitAsync()
    {
        try
        {
            while (true)
            {
                long receipt;
                lock (_gate)
                {
                    if (_owed.Count == 0)
                    {
                        _waiting = false;
                        return;
                    }

                    receipt = _owed.Peek().Receipt;
                }

                await intake!.WaitUntilSafeAsync(receipt, closed);
                lock (_gate)
                {
                    AppendSafe();
                }

                outbox.Flush();
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended; the peer sends what was not acknowledged again.
        }
        catch (IOException exception)
        {
            failed(exception);
        }
    }

    private void AppendSafe()
    {
        long safe = intake?.SafeThrough ?? long.MaxValue;
        if (_owed.Count == 0 || _owed.Peek().Receipt > safe)
        {
            return;
        }

        commit?.Invoke();
        lock (outbox.Gate)
        {
            while (_owed.TryPeek(out (long Receipt, ushort PacketId, PacketType Type, MqttReasonCode Reason) next) && next.Receipt <= safe)
            {
                AckPacket.Write(outbox.Buffer, version, next.Type, next.PacketId, next.Reason);
                _owed.Dequeue();
            }
        }
    }
}
