using System.Net.Sockets;

namespace Linewatch.Mqtt;

/// <summary>
/// Lets the bytes of a busy connection gather for a millisecond before the reader is woken. A broker such as mosquitto sends a
/// segment a message, and waking for each costs far more than decoding it. The kernel is told to wake for <see cref="Plenty"/>
/// bytes, and a timer takes that back. Not where a broker may have only few messages unacknowledged: it would
/// wait for us while we wait for it. Linux only. The timer may fire on any thread; all else is the reader's.
/// </summary>
internal sealed class GatheredReads : IDisposable
{
    /// <summary>Bytes that are worth a wake-up at once.</summary>
    public const int Plenty = 32 * 1024;

    /// <summary>Messages a millisecond from which gathering pays; it ends at half of that.</summary>
    public const int BusyRate = 20;

    /// <summary>Most messages that mosquitto has unacknowledged, unless told otherwise.</summary>
    public const int LeastWindow = 20;

    /// <summary>A broker that had more unacknowledged is not held up. Other brokers begin with up to so many.</summary>
    public const int UsualWindow = 32;

    /// <summary>So many intervals with the same most unacknowledged, and it is taken for the broker's window.</summary>
    public const int SameIntervals = 3;

    /// <summary>How long bytes gather.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(1);

    /// <summary>How often it is decided anew.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly LowWaterMark _mark;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _gathers;
    private long _decidedAt;
    private int _messages;
    private int _mostOwed;
    private int _mostOwedBefore;
    private int _same;
    private bool _hasOwed;
    private bool _isWaiting;

    private GatheredReads(Socket socket, TimeProvider time)
    {
        _mark = new LowWaterMark(socket);
        _time = time;
        _decidedAt = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((GatheredReads)self!).TakeWhatIsThere(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>For the reads of a stream; null where its bytes cannot gather.</summary>
    public static GatheredReads? Of(Stream stream, TimeProvider time) =>
        OperatingSystem.IsLinux() && stream is NetworkStream network ? new GatheredReads(network.Socket, time) : null;

    /// <summary>Before a read that may wait.</summary>
    /// <param name="messages">Messages since the read before.</param>
    /// <param name="owed">How many of them and those before are not acknowledged yet.</param>
    public void Begin(int messages, int owed)
    {
        _messages += messages;
        _mostOwed = Math.Max(_mostOwed, owed);
        _hasOwed |= owed > 0;
        TimeSpan elapsed = _time.GetElapsedTime(_decidedAt);
        if (elapsed >= Interval)
        {
            _same = _mostOwed == _mostOwedBefore ? _same + 1 : 1;
            _gathers = _messages >= elapsed.TotalMilliseconds * (_gathers ? BusyRate / 2 : BusyRate) && (!_hasOwed || HasRoom());
            (_messages, _mostOwed, _mostOwedBefore, _hasOwed) = (0, 0, _mostOwed, false);
            _decidedAt = _time.GetTimestamp();
        }

        lock (_gate)
        {
            _isWaiting = _gathers;
            _mark.Set(_gathers ? Plenty : 1);
        }

        if (_gathers)
        {
            _timer.Change(Longest, Timeout.InfiniteTimeSpan);
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

    /// <summary>Whether the broker goes on sending while acknowledgements are owed, as far as can be seen from outside.</summary>
    private bool HasRoom() => _mostOwed > UsualWindow || (_mostOwed > LeastWindow && _same < SameIntervals);

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
