using System.IO.Pipelines;
using System.Net.Sockets;

namespace Linewatch.Mqtt;

/// <summary>
/// Lets what a busy client sends gather in the kernel for up to 8 ms before it is read. A gateway with ten thousand
/// messages a second sends them in pieces of a few, and each piece costs a wake-up here, a sync of the journal and a wake-up
/// there: several times what its messages cost. A client that sends no more until it is acknowledged would only be held up; it
/// is known by its rate, which falls, and is then left alone for a while. One that sends faster than <see cref="MostRate"/>
/// sends large pieces anyway. Linux only, and not under TLS, which may wait for the rest of a record. Used by its connection's
/// read loop alone.
/// </summary>
internal sealed class ReadPause
{
    /// <summary>Messages a millisecond from which a pause pays.</summary>
    public const int LeastRate = 3;

    /// <summary>Messages a millisecond up to which what comes during a pause has room in the kernel.</summary>
    public const int MostRate = 30;

    /// <summary>Part of its usual rate below which a client is taken to wait for its acknowledgements.</summary>
    public const double HeldUp = 0.5;

    /// <summary>A pause, at most: well below the 20 ms within which an acknowledgement is due.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(8);

    /// <summary>How often it is decided anew.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a client that was held up is left alone at first; twice as long each time it is held up again.</summary>
    public static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private const double Smoothing = 4;

    /// <summary>Bytes for which nobody waits for a pause's end.</summary>
    private const int Plenty = 64 * 1024;

    private readonly LowWaterMark _mark;
    private readonly TimeProvider _time;
    private long _decidedAt;
    private TimeSpan _rest = FirstRest;
    private TimeSpan _restLeft;
    private double _rate;
    private int _messages;

    private ReadPause(Socket socket, TimeProvider time)
    {
        _mark = new LowWaterMark(socket);
        _time = time;
        _decidedAt = time.GetTimestamp();
    }

    /// <summary>Whether the client's messages gather now.</summary>
    public bool Pauses { get; private set; }

    /// <summary>For a connection; null where its bytes cannot gather.</summary>
    public static ReadPause? Of(IDuplexPipe transport, TimeProvider time) =>
        OperatingSystem.IsLinux() && transport is SocketTransport.Connection { Socket: var socket } ? new ReadPause(socket, time) : null;

    /// <summary>Counts the messages of a read; completes when the next one is due.</summary>
    /// <param name="messages">Messages of the read.</param>
    /// <param name="isFull">Whether the read took as much as it could: then there is more, which is read on.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public Task AfterReadAsync(int messages, bool isFull, CancellationToken cancellationToken)
    {
        Count(messages);
        if (!Pauses || isFull)
        {
            _mark.WakeForTheNextByte();
            return Task.CompletedTask;
        }

        // All connections' pauses end together, so that the journal syncs what they bring in one go.
        long sinceLast = _time.GetElapsedTime(0).Ticks % Length.Ticks;
        return _mark.LetGatherAsync(TimeSpan.FromTicks(Length.Ticks - sinceLast), Plenty, _time, cancellationToken);
    }

    /// <summary>Counts messages, and decides when it is time to.</summary>
    public void Count(int messages)
    {
        _messages += messages;
        TimeSpan elapsed = _time.GetElapsedTime(_decidedAt);
        if (elapsed >= Interval)
        {
            Decide(_messages / elapsed.TotalMilliseconds, elapsed);
            _messages = 0;
            _decidedAt = _time.GetTimestamp();
        }
    }

    private void Decide(double rate, TimeSpan elapsed)
    {
        bool paused = Pauses;
        if (paused && rate < _rate * HeldUp)
        {
            // Held up, or it has less to say; if the latter, it loses nothing by the rest.
            (Pauses, _restLeft) = (false, _rest);
            _rest = _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
        }
        else if (_restLeft > TimeSpan.Zero)
        {
            _restLeft -= elapsed;
        }
        else
        {
            // What was not held up for as long as it last rested is trusted again.
            _rest = paused && _rest > FirstRest ? _rest - elapsed : _rest;
            Pauses = rate is >= LeastRate and <= MostRate;
        }

        // Somewhat smoothed: a sender that was late for a moment catches up, and is then back at its own pace.
        _rate = paused ? _rate + ((rate - _rate) / Smoothing) : rate;
    }
}
