using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Consuming;

/// <summary>How a consumer is doing, told by its loop and asked from any thread. Thread-safe.</summary>
internal sealed class ConsumerState(string name, Journal journal, TimeProvider time)
{
    private readonly Lock _gate = new();

    // Known before its first run: what it has not begun on is pending all the same.
    private readonly (long Position, long Ordinal) _resumesAt = journal.PlaceOf(name);

    private ConsumerStatus _status = new(name, 0, 0, 0, 0, 0, null, null, null);
    private JournalReader? _reader;

    /// <summary>Name of the consumer.</summary>
    public string Name => name;

    public ConsumerStatus Status
    {
        get
        {
            lock (_gate)
            {
                (long position, long ordinal) = _reader is { } reader ? (reader.CommittedPosition, reader.CommittedOrdinal) : _resumesAt;
                return _status with
                {
                    Position = position,
                    PendingMessages = Math.Max(0, journal.SafeOrdinal - ordinal),
                    PendingBytes = Math.Max(0, journal.SafeThrough - position),
                };
            }
        }
    }

    /// <summary>Its reader; null before its first run.</summary>
    public JournalReader? Reader
    {
        get
        {
            lock (_gate)
            {
                return _reader;
            }
        }
    }

    /// <summary>Says that it reads on with a reader.</summary>
    public void Opened(JournalReader reader)
    {
        lock (_gate)
        {
            _reader = reader;
        }
    }

    /// <summary>Says that a batch is done.</summary>
    public void Handled(ReadingBatch batch)
    {
        lock (_gate)
        {
            _status = _status with
            {
                HandledMessages = _status.HandledMessages + batch.Messages,
                HandledReadings = _status.HandledReadings + batch.Count,
                LastReceiveTime = batch.LastReceiveTime,
            };
        }
    }

    /// <summary>Says why it does not get on; null = it does.</summary>
    public void Tell(string? failure)
    {
        lock (_gate)
        {
            _status = _status with
            {
                Failure = failure,
                FailingSince = failure is null ? null : _status.FailingSince ?? time.GetUtcNow().UtcDateTime,
            };
        }
    }
}
