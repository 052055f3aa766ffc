using System.Net.Sockets;

namespace Linewatch.Mqtt;

/// <summary>
/// Lets the bytes of a busy connection gather for some milliseconds before the reader is woken. A broker such as mosquitto sends a
/// segment a message, and waking for each costs far more than decoding it. The kernel is told to wake for <see cref="Plenty"/>
/// bytes, and a timer takes that back. How many messages a broker may have unacknowledged it does not say, and one that waits for
/// us must not be waited for: so now and then more are let gather than it was ever seen to send ahead, and no more than a
/// <see cref="WindowShare"/> of what it then sent gather usually. Linux only. The timer may fire on any thread; all else is the reader's.
/// </summary>
internal sealed class GatheredReads : IDisposable
{
    /// <summary>Bytes that are worth a wake-up at once.</summary>
    public const int Plenty = 192 * 1024;

    /// <summary>The same for a probe, which is to last its time.</summary>
    public const int ProbePlenty = 2 * Plenty;

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

    /// <summary>How often that is done. A broker that waits for us then waits for as long as a quarter of its window takes, at most 8 ms.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long bytes gather at most, probes apart. Only the broker waits for us: it acknowledges to its devices by itself.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    /// <summary>Less is not worth a timer.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>How often it is decided anew whether the connection is busy.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly LowWaterMark _mark;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _decidedAt;
    private long _probedAt;
    private int _messages;
    private double _rate;
    private bool _isBusy;
    private double _sentAhead;
    private TimeSpan _probe;
    private bool _isWaiting;

    private GatheredReads(Socket socket, TimeProvider time)
    {
        _mark = new LowWaterMark(socket);
        _time = time;
        _decidedAt = _probedAt = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((GatheredReads)self!).TakeWhatIsThere(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>For the reads of a stream; null where its bytes cannot gather.</summary>
    public static GatheredReads? Of(Stream stream, TimeProvider time) =>
        OperatingSystem.IsLinux() && stream is NetworkStream network ? new GatheredReads(network.Socket, time) : null;

    /// <summary>Before a read that may wait.</summary>
    /// <param name="messages">Messages since the read before.</param>
    /// <param name="owed">How many of them and those before were unacknowledged when the last of them came.</param>
    public void Begin(int messages, int owed)
    {
        _messages += messages;
        if (IsProbed(owed))
        {
            _probe = TimeSpan.Zero;
            _sentAhead *= 1 - Forgotten;
        }

        _sentAhead = Math.Max(_sentAhead, owed);
        if (_time.GetElapsedTime(_decidedAt) is var elapsed && elapsed >= Interval)
        {
            _rate = _messages / elapsed.TotalMilliseconds;
            _isBusy = _rate >= (_isBusy ? BusyRate / 2 : BusyRate);
            _messages = 0;
            _decidedAt = _time.GetTimestamp();
        }

        TimeSpan length = _isBusy ? Length() : TimeSpan.Zero;
        bool gathers = length > TimeSpan.Zero;
        lock (_gate)
        {
            _isWaiting = gathers;
            _mark.Set(!gathers ? 1 : _probe > TimeSpan.Zero ? ProbePlenty : Plenty);
        }

        if (gathers)
        {
            _timer.Change(length, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>After a read.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isWaiting = false;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Whether a probe is over. A read that finds bytes of the time before takes them without waiting: then it is begun again.</summary>
    private bool IsProbed(int owed) => _probe > TimeSpan.Zero && (owed >= _sentAhead || _time.GetElapsedTime(_probedAt) >= _probe / 2);

    private TimeSpan Length()
    {
        // Where nothing was ever owed, at QoS 0, nobody waits for us.
        if (_sentAhead == 0)
        {
            return Longest;
        }

        double ahead = _sentAhead / _rate;
        if (_probe > TimeSpan.Zero || _time.GetElapsedTime(_probedAt) >= ProbeInterval)
        {
            _probedAt = _time.GetTimestamp();
            _probe = TimeSpan.FromMilliseconds(Math.Clamp(ahead * ProbeGain, Shortest.TotalMilliseconds, Longest.TotalMilliseconds / WindowShare));
            return _probe;
        }

        double milliseconds = Math.Min(ahead * WindowShare, Longest.TotalMilliseconds);
        return milliseconds < Shortest.TotalMilliseconds ? TimeSpan.Zero : TimeSpan.FromMilliseconds(milliseconds);
    }

    private void TakeWhatIsThere()
    {
        lock (_gate)
        {
            if (_isWaiting)
            {
                // The kernel then looks whether that is enough by now, and wakes.
                _mark.Set(1);
            }
        }
    }
}
