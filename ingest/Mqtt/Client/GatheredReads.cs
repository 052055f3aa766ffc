namespace Linewatch.Mqtt;

/// <summary>
/// Lets the bytes of a busy connection gather for a millisecond before they are read. A broker such as mosquitto sends a segment
/// a message, and waking for each costs far more than decoding it. A broker that has only few messages unacknowledged at once
/// would wait for us while we wait for it: a pause then brings few, and none is made for a while. The reader's own; not thread-safe.
/// </summary>
internal sealed class GatheredReads(TimeProvider time)
{
    /// <summary>Messages a millisecond from which a pause is tried.</summary>
    public const int BusyRate = 20;

    /// <summary>A pause that brings no more messages is the last for now; so many brokers have unacknowledged unless told otherwise.</summary>
    public const int Few = 32;

    /// <summary>How long bytes gather.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>How often a pause is tried.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private bool _pays;
    private long _countedFrom = time.GetTimestamp();
    private int _counted;

    /// <summary>Before a read that may wait; the read is made once the task is done.</summary>
    /// <param name="messages">Messages that the read before brought.</param>
    /// <param name="moreWaits">Whether that read took all it had room for: more is there already.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public Task GatherAsync(int messages, bool moreWaits, CancellationToken cancellationToken)
    {
        _counted += messages;
        _pays &= messages > Few;
        TimeSpan elapsed = time.GetElapsedTime(_countedFrom);
        if (elapsed >= Interval)
        {
            _pays |= _counted >= elapsed.TotalMilliseconds * BusyRate;
            _countedFrom = time.GetTimestamp();
            _counted = 0;
        }

        return _pays && !moreWaits ? Task.Delay(Pause, time, cancellationToken) : Task.CompletedTask;
    }
}
