using System.Net.Sockets;

namespace Linewatch.Mqtt;

/// <summary>
/// Lets the bytes of a busy connection gather in the kernel for some milliseconds before they are read. A broker such as mosquitto
/// sends a segment a message, and waking for each costs far more than decoding it; so does a sync of the journal for each piece that a
/// read happens to find. How many messages a broker may have unacknowledged it does not say, and one that waits for us must not be
/// waited for: so now and then more are let gather than it was ever seen to send ahead, and no more than a <see cref="WindowShare"/>
/// of what it then sent gather usually. Linux only. Used by its connection's read loop alone.
/// </summary>
internal sealed class GatheredReads
{
    /// <summary>Bytes that gather at most, probes apart: of a faster connection less is waited for.</summary>
    public const int Plenty = 192 * 1024;

    /// <summary>Messages a millisecond from which gathering pays; it ends at half of that.</summary>
    public const int BusyRate = 10;

    /// <summary>
    /// Share of what the broker sends ahead that may gather. While that is written and synced, in the same time or less, it has leave to
    /// send the rest.
    /// </summary>
    public const double WindowShare = 0.5;

    /// <summary>How much more than the broker was seen to send ahead is let gather to see whether it sends more.</summary>
    public const double ProbeGain = 1.25;

    /// <summary>Share of that which is forgotten with each such probe: a broker that resumes a session may send more than its window once.</summary>
    public const double Forgotten = 0.25;

    /// <summary>How often that is done. A broker that waits for us then waits for as long as a quarter of its window takes, at most 16 ms.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long bytes gather at most, probes apart. Only the broker waits for us: it acknowledges to its devices by itself.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(40);

    /// <summary>Less is not worth a timer, which counts in milliseconds.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>How often it is decided anew whether the connection is busy.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly LowWaterMark _mark;
    private readonly TimeProvider _time;
    private long _decidedAt;
    private long _probedAt;
    private long _bytes;
    private int _messages;
    private double _byteRate;
    private double _rate;
    private bool _isBusy;
    private double _sentAhead;
    private bool _isProbe;

    private GatheredReads(Socket socket, TimeProvider time)
    {
        _mark = new LowWaterMark(socket);
        _time = time;
        _decidedAt = _probedAt = time.GetTimestamp();
    }

    /// <summary>For the reads of a stream; null where its bytes cannot gather.</summary>
    public static GatheredReads? Of(Stream stream, TimeProvider time) =>
        OperatingSystem.IsLinux() && stream is NetworkStream network ? new GatheredReads(network.Socket, time) : null;

    /// <summary>After a read; completes when the next one is due.</summary>
    /// <param name="messages">Messages of the read.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="isFull">Whether it took as much as it could: then there is more, which is read on.</param>
    /// <param name="owed">How many messages were unacknowledged when the last of them came.</param>
    public Task AfterReadAsync(int messages, int bytes, bool isFull, int owed)
    {
        Count(messages, bytes);
        if (_isProbe)
        {
            _isProbe = false;
            _sentAhead *= 1 - Forgotten;
        }

        _sentAhead = Math.Max(_sentAhead, owed);
        if (!_isBusy || isFull || Length() is var length && length < Shortest)
        {
            _mark.WakeForTheNextByte();
            return Task.CompletedTask;
        }

        return _mark.LetGatherAsync(length, 2 * Plenty, _time, CancellationToken.None);
    }

    private void Count(int messages, int bytes)
    {
        _messages += messages;
        _bytes += bytes;
        if (_time.GetElapsedTime(_decidedAt) is var elapsed && elapsed >= Interval)
        {
            _rate = _messages / elapsed.TotalMilliseconds;
            _byteRate = _bytes / elapsed.TotalMilliseconds;
            _isBusy = _rate >= (_isBusy ? BusyRate / 2 : BusyRate);
            (_messages, _bytes) = (0, 0);
            _decidedAt = _time.GetTimestamp();
        }
    }

    private TimeSpan Length()
    {
        double longest = Math.Min(Longest.TotalMilliseconds, Plenty / _byteRate);

        // Where nothing was ever owed, at QoS 0, nobody waits for us.
        if (_sentAhead == 0)
        {
            return TimeSpan.FromMilliseconds(longest);
        }

        double ahead = _sentAhead / _rate;
        if (_time.GetElapsedTime(_probedAt) < ProbeInterval)
        {
            return TimeSpan.FromMilliseconds(Math.Min(ahead * WindowShare, longest));
        }

        _probedAt = _time.GetTimestamp();
        _isProbe = true;
        return TimeSpan.FromMilliseconds(Math.Clamp(ahead * ProbeGain, Shortest.TotalMilliseconds, Math.Max(Shortest.TotalMilliseconds, longest / WindowShare)));
    }
}
