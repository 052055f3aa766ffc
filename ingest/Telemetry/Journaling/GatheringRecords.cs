using Linewatch.Mqtt;

namespace Linewatch.Telemetry.Journaling;

/// <summary>Records that are written and synced in one go.</summary>
/// <param name="Bytes">The records.</param>
/// <param name="End">Journal position behind them.</param>
/// <param name="NextOrdinal">Ordinal behind the last of them.</param>
/// <param name="LastReceiveTicks">Receive time of the last of them, UTC ticks.</param>
internal readonly record struct RecordGroup(ReadOnlyMemory<byte> Bytes, long End, long NextOrdinal, long LastReceiveTicks);

/// <summary>
/// The records that are in memory only: one group gathers while the one before is being written. Guarded by the journal's gate,
/// except for the bytes of a group that was taken, which stay as they are until <see cref="Written"/>.
/// </summary>
/// <param name="salt">Seed of the records' checksums.</param>
/// <param name="position">Journal position of the first record to come.</param>
/// <param name="ordinal">Its ordinal.</param>
internal sealed class GatheringRecords(uint salt, long position, long ordinal)
{
    private const int UsualLength = 64 << 10;
    private const int LargeLength = 1 << 20;

    private byte[] _filling = new byte[UsualLength];
    private byte[] _writing = new byte[UsualLength];
    private int _beingWritten;
    private long _nextOrdinal = ordinal;
    private long _lastReceiveTicks;

    /// <summary>Bytes that gather.</summary>
    public int Filled { get; private set; }

    /// <summary>Bytes that gather or are being written.</summary>
    public long Pending => (long)Filled + _beingWritten;

    /// <summary>Journal position behind the last record.</summary>
    public long End { get; private set; } = position;

    /// <summary>Adds a message; returns the length of its record.</summary>
    public int Add(in PublishView message, long receiveTicks)
    {
        int length = JournalFormat.RecordHeaderLength + message.Topic.Length + message.Properties.Length + message.Payload.Length;
        byte flags = (byte)((int)message.QoS | (message.Retain ? 4 : 0) | (message.Duplicate ? 8 : 0));
        Span<byte> record = Reserve(length);
        Span<byte> body = record[JournalFormat.RecordHeaderLength..];
        message.Topic.CopyTo(body);
        message.Properties.CopyTo(body[message.Topic.Length..]);
        message.Payload.CopyTo(body[(message.Topic.Length + message.Properties.Length)..]);
        JournalFormat.WriteRecordHeader(record, salt, _nextOrdinal++, receiveTicks, flags, message.Topic.Length, message.Properties.Length);
        End += length;
        _lastReceiveTicks = receiveTicks;
        return length;
    }

    /// <summary>Takes what has gathered, to be written.</summary>
    public RecordGroup Take()
    {
        (_filling, _writing) = (_writing, _filling);
        (_beingWritten, Filled) = (Filled, 0);
        return new RecordGroup(_writing.AsMemory(0, _beingWritten), End, _nextOrdinal, _lastReceiveTicks);
    }

    /// <summary>Says that the group taken last is on disk.</summary>
    /// <param name="usualBytes">Largest usual group: the memory of a larger one is given back.</param>
    public void Written(int usualBytes)
    {
        _beingWritten = 0;
        if (_writing.Length > 4 * usualBytes && _writing.Length > LargeLength)
        {
            // One burst must not keep its memory for ever.
            _writing = new byte[UsualLength];
        }
    }

    private Span<byte> Reserve(int length)
    {
        int needed = checked(Filled + length);
        if (needed > _filling.Length)
        {
            Array.Resize(ref _filling, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _filling.Length)));
        }

        Span<byte> record = _filling.AsSpan(Filled, length);
        Filled = needed;
        return record;
    }
}
