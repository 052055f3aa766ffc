using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// Pings when nothing was sent for three quarters of the keep-alive, so that the broker sees a packet in time
/// [MQTT-3.1.2-20], and ends the connection when a ping stays unanswered, unless our own reader is what is slow.
/// </summary>
internal sealed class KeepAlive(Outbox outbox, TimeSpan interval, TimeSpan longestWait, TimeProvider time, Action<Exception> failed)
{
    private long _pingSent;
    private bool _paused;

    /// <summary>The broker has answered.</summary>
    public void Answered() => _pingSent = 0;

    /// <summary>Our reader is slow: an answer may lie unread.</summary>
    public void Pause() => _paused = true;

    /// <summary>Reading goes on; an answer is expected only to the next ping.</summary>
    public void Resume()
    {
        _pingSent = 0;
        _paused = false;
    }

    /// <summary>Runs until cancelled, which is no failure.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (interval == TimeSpan.Zero)
        {
            return;
        }

        using PeriodicTimer timer = new(interval / 4, time);
        long lastSent = -1;
        int quiet = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                long sent = outbox.Sent;
                quiet = sent == lastSent ? quiet + 1 : 0;
                lastSent = sent;
                if (_pingSent != 0 && !_paused && time.GetElapsedTime(_pingSent) > longestWait)
                {
                    failed(new IOException($"the broker did not answer a ping within {longestWait.TotalSeconds:0.#} s"));
                    return;
                }

                if (quiet >= 2)
                {
                    quiet = 0;
                    Ping();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
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
