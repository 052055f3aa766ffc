using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// The readings of a stretch of the journal, in the order they were received. The batch is reused: whoever handles it
/// copies what it needs longer than the call. Not thread-safe.
/// </summary>
public sealed class ReadingBatch
{
    private const int UsualCapacity = 1024;

    private readonly List<MessageMark> _messages = [];
    private readonly List<(int Index, string Reason)> _refused = [];
    private Reading[] _readings;

    /// <summary>An empty batch.</summary>
    public ReadingBatch()
        : this(UsualCapacity)
    {
    }

    /// <summary>An empty batch with room for some readings; more make it grow.</summary>
    internal ReadingBatch(int capacity) => _readings = new Reading[capacity];

    /// <summary>Journal position of the first message that went into the batch.</summary>
    public long From { get; internal set; }

    /// <summary>Journal position behind the last message that went into the batch; the key for effects that must happen once. Negative for messages out of quarantine: minus the number of the replay, -1 for whoever takes them from it.</summary>
    public long Through { get; internal set; }

    /// <summary>Whether the journal held more messages when the batch was closed: the consumer is working off a backlog.</summary>
    public bool MoreWaits { get; internal set; }

    /// <summary>The plant the messages were decoded by; <see cref="Reading.Signal"/> belongs to it.</summary>
    public required Plant Plant { get; set; }

    /// <summary>Number of messages that went into the batch, whatever became of them.</summary>
    public int Messages { get; private set; }

    /// <summary>Latest receive time among the messages, UTC; the clock of whoever handles batches.</summary>
    public DateTime LastReceiveTime { get; internal set; }

    /// <summary>Number of readings.</summary>
    public int Count { get; private set; }

    /// <summary>The readings; valid until the handler returns, which may refine them in place (repeats).</summary>
    public Memory<Reading> Readings => _readings.AsMemory(0, Count);

    /// <summary>Readings there is room for without growing.</summary>
    internal int Capacity => _readings.Length;

    internal ref Reading this[int index] => ref _readings[index];

    /// <summary>Adds a reading.</summary>
    public void Add(in Reading reading)
    {
        if (Count == _readings.Length)
        {
            Array.Resize(ref _readings, Count * 2);
        }

        _readings[Count++] = reading;
    }

    /// <summary>Adds readings.</summary>
    internal void Add(ReadOnlySpan<Reading> readings)
    {
        if (Count + readings.Length > _readings.Length)
        {
            Array.Resize(ref _readings, Math.Max(Count + readings.Length, Count * 2));
        }

        readings.CopyTo(_readings.AsSpan(Count));
        Count += readings.Length;
    }

    /// <summary>
    /// Says that the store refused a reading for good: its message goes to quarantine with this reason once the handler
    /// returns. What was refused in an attempt that then failed does not count.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reading.</exception>
    public void Refuse(int index, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        _refused.Add((index, reason));
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Truncate(0);
        Messages = 0;
        _messages.Clear();
        _refused.Clear();
    }

    /// <summary>Closes a message: its readings are those added since the message before.</summary>
    internal void EndMessage(long position, DateTime receiveTime, string source, Outcome outcome, int first)
    {
        Messages++;
        LastReceiveTime = receiveTime;
        if (Count > first)
        {
            _messages.Add(new MessageMark(position, receiveTime, source, outcome, first));
        }
    }

    /// <summary>Forgets refusals before the handler is tried again.</summary>
    internal void ForgetRefusals() => _refused.Clear();

    /// <summary>The messages of which a reading was refused, each once, with the first reason.</summary>
    internal IEnumerable<(MessageMark Message, string Reason)> RefusedMessages()
    {
        HashSet<long> seen = [];
        foreach ((int index, string reason) in _refused)
        {
            int at = _messages.FindLastIndex(message => message.FirstReading <= index);
            if (at >= 0 && seen.Add(_messages[at].Position))
            {
                yield return (_messages[at], reason);
            }
        }
    }

    /// <summary>Forgets every reading from an index on.</summary>
    internal void Truncate(int count)
    {
        Array.Clear(_readings, count, Count - count);
        Count = count;
    }
}

/// <summary>One message that gave readings.</summary>
/// <param name="Position">Its journal position.</param>
/// <param name="ReceiveTime">When it was received, UTC.</param>
/// <param name="Source">The source it belongs to.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="FirstReading">Index of its first reading in the batch.</param>
internal readonly record struct MessageMark(long Position, DateTime ReceiveTime, string Source, Outcome Outcome, int FirstReading);
