using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// Pings when nothing was sent for three quarters of the keep-alive, so that the broker sees a packet in time
/// [MQTT-3.1.2-20], and ends the connection when it then stays silent, unless our own reader is what is slow. Whatever a broker
/// sends shows that it lives: the answer itself may take minutes, since mosquitto reads a packet of each connection in turn and so
/// our acknowledgements, with the ping behind them, more slowly than it sends while many publish.
/// </summary>
internal sealed class KeepAlive(Outbox outbox, TimeSpan interval, TimeSpan longestWait, TimeProvider time, Action<Exception> failed)
{
    private long _heard = time.GetTimestamp();
    private long _pingSent;
    private long _lastSent = -1;
    private int _quiet;
    private bool _paused;

    /// <summary>Whether the broker, which owes us something, has sent nothing for too long.</summary>
    public bool IsSilent => !_paused && time.GetElapsedTime(_heard) >= longestWait;

    /// <summary>Something came from the broker.</summary>
    public void Heard() => _heard = time.GetTimestamp();

    /// <summary>Our reader is slow: an answer may lie unread.</summary>
    public void Pause() => _paused = true;

    /// <summary>Reading goes on; an answer is expected only from now on.</summary>
    public void Resume()
    {
        Heard();
        _paused = false;
    }

    /// <summary>Watches over the connection until the timer is disposed of; null where the keep-alive is off.</summary>
    public ITimer? Start() => interval == TimeSpan.Zero ? null : time.CreateTimer(static self => ((KeepAlive)self!).Look(), this, interval / 4, interval / 4);

    private void Look()
    {
        long sent = outbox.Sent;
        _quiet = sent == _lastSent ? _quiet + 1 : 0;
        _lastSent = sent;
        if (_heard >= _pingSent)
        {
            _pingSent = 0;
        }
        else if (IsSilent && time.GetElapsedTime(_pingSent) >= longestWait)
        {
            failed(new IOException($"the broker did not answer a ping and sent nothing else within {longestWait.TotalSeconds:0.#} s"));
        }

        if (_quiet >= 2)
        {
            _quiet = 0;
            Ping();
        }
    }

    private void Ping()
    {
        _pingSent = _pingSent == 0 ? time.GetTimestamp() : _pingSent;
        lock (outbox.Gate)
        {
            outbox.Buffer.WriteUInt16((int)PacketType.Pingreq << 12);
        }

        outbox.Flush();
    }
}
