using System.Net.Sockets;

namespace Linewatch.Mqtt;

/// <summary>
/// Lets the bytes of a busy connection gather for some milliseconds before the reader is woken. A broker such as mosquitto sends a
/// segment a message, and waking for each costs far more than decoding it. The kernel is told to wake for <see cref="Plenty"/>
/// bytes, and a timer takes that back. How many messages a broker may have unacknowledged it does not say, and one that waits for
/// us must not be waited for: no longer than a <see cref="WindowShare"/> of the most that it had in the last seconds takes to
/// come. Linux only. The timer may fire on any thread; all else is the reader's.
/// </summary>
internal sealed class GatheredReads : IDisposable
{
    /// <summary>Bytes that are worth a wake-up at once.</summary>
    public const int Plenty = 64 * 1024;

    /// <summary>Messages a millisecond from which gathering pays; it ends at half of that.</summary>
    public const int BusyRate = 10;

    /// <summary>
    /// Share of the broker's window that may gather. While the rest is written and synced in the same time or less, the broker always has
    /// leave to send.
    /// </summary>
    public const double WindowShare = 0.25;

    /// <summary>
    /// Share of the most unacknowledged that is forgotten each <see cref="Interval"/>, half of it in a second: a broker that resumes a
    /// session may send more than its window once.
    /// </summary>
    public const double Forgotten = 1.0 / 64;

    /// <summary>How long bytes gather at most: half of the 20 ms within which an acknowledgement is due.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(10);

    /// <summary>Less is not worth a timer.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>How often it is decided anew.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly LowWaterMark _mark;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _length;
    private long _decidedAt;
    private int _messages;
    private double _mostOwed;
    private bool _isWaiting;

    private GatheredReads(Socket socket, TimeProvider time)
    {
        _mark = new LowWaterMark(socket);
        _time = time;
        _decidedAt = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((GatheredReads)self!).TakeWhatIsThere(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool Gathers => _length > TimeSpan.Zero;

    /// <summary>For the reads of a stream; null where its bytes cannot gather.</summary>
    public static GatheredReads? Of(Stream stream, TimeProvider time) =>
        OperatingSystem.IsLinux() && stream is NetworkStream network ? new GatheredReads(network.Socket, time) : null;

    /// <summary>Before a read that may wait.</summary>
    /// <param name="messages">Messages since the read before.</param>
    /// <param name="owed">How many of them and those before were unacknowledged when the last of them came.</param>
    public void Begin(int messages, int owed)
    {
        _messages += messages;
        _mostOwed = Math.Max(_mostOwed, owed);
        TimeSpan elapsed = _time.GetElapsedTime(_decidedAt);
        if (elapsed >= Interval)
        {
            _length = LengthAt(_messages / elapsed.TotalMilliseconds);
            _messages = 0;
            _mostOwed -= _mostOwed * Forgotten;
            _decidedAt = _time.GetTimestamp();
        }

        lock (_gate)
        {
            _isWaiting = Gathers;
            _mark.Set(Gathers ? Plenty : 1);
        }

        if (Gathers)
        {
            _timer.Change(_length, Timeout.InfiniteTimeSpan);
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

    /// <param name="rate">Messages a millisecond.</param>
    private TimeSpan LengthAt(double rate)
    {
        if (rate < (Gathers ? BusyRate / 2 : BusyRate))
        {
            return TimeSpan.Zero;
        }

        // Where nothing was ever owed, at QoS 0, nobody waits for us.
        double milliseconds = _mostOwed == 0 ? Longest.TotalMilliseconds : Math.Min(Longest.TotalMilliseconds, _mostOwed * WindowShare / rate);
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
