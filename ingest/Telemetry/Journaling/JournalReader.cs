using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Linewatch.Telemetry.Journaling;

/// <summary>
/// A consumer's way through the journal: reads synced records in batches from its durable place and commits what is done.
/// Not thread-safe, except for <see cref="CommittedPosition"/> and <see cref="CommittedOrdinal"/>.
/// </summary>
public sealed partial class JournalReader : IDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);
    private const int MaximumFilesAside = 1000;

    private readonly Journal _journal;
    private readonly SegmentList _segments;
    private readonly Cursor? _cursor;
    private readonly TelemetryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private byte[] _buffer = new byte[64 << 10];
    private JournalSegment? _segment;
    private long _bufferPosition;
    private int _bufferLength;
    private int _offset;
    private long _committedPosition;
    private long _committedOrdinal;
    private long _lastSync;
    private long _freedThrough;
    private long _lastOrdinal;

    /// <summary>A reader without a place of its own, from a position at which a record begins.</summary>
    internal JournalReader(Journal journal, SegmentList segments, long position, TelemetryMetrics metrics, TimeProvider time, ILogger logger)
    {
        _journal = journal;
        _segments = segments;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _lastOrdinal = -1;
        _bufferPosition = position;
    }

    internal JournalReader(Journal journal, SegmentList segments, Cursor cursor, TelemetryMetrics metrics, TimeProvider time, ILogger logger)
    {
        _journal = journal;
        _segments = segments;
        _cursor = cursor;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        State = cursor.State;
        _lastSync = time.GetTimestamp();
        _committedPosition = cursor.IsNew ? segments.First.BasePosition : cursor.Position;
        _committedOrdinal = cursor.IsNew ? segments.First.FirstOrdinal : cursor.Ordinal;
        _lastOrdinal = _committedOrdinal - 1;
        _bufferPosition = _committedPosition;
    }

    /// <summary>Where the next record is read.</summary>
    public long Position => _bufferPosition + _offset;

    /// <summary>Synced bytes that it has not read.</summary>
    internal long Unread => _journal.SafeThrough - Position;

    /// <summary>Everything before it is done.</summary>
    public long CommittedPosition => Volatile.Read(ref _committedPosition);

    /// <summary>Ordinal of the first message not done; <see cref="Journal.SafeOrdinal"/> minus this are pending.</summary>
    public long CommittedOrdinal => Volatile.Read(ref _committedOrdinal);

    /// <summary>The state committed with the cursor when it was opened; empty for a new one.</summary>
    public ReadOnlyMemory<byte> State { get; }

    internal bool IsOpen { get; private set; } = true;

    /// <summary>Completes when there is a record to read. Does not poll.</summary>
    public Task WaitForDataAsync(CancellationToken cancellationToken) => _journal.WaitForDataAsync(Position, cancellationToken);

    /// <summary>
    /// Loads the next stretch of synced records, about <paramref name="maximumBytes"/>; false when there is none. Read them
    /// with <see cref="TryRead"/>; the spans of the stretch before become invalid.
    /// </summary>
    public bool TryLoad(int maximumBytes)
    {
        long position = Position;
        long safe = _journal.SafeThrough;
        if (position >= safe || _segments.Find(position) is not { } segment)
        {
            return false;
        }

        if (position < segment.BasePosition)
        {
            LogGap(_logger, segment.BasePosition - position, position);
            position = segment.BasePosition;
        }

        int length = (int)Math.Min(Math.Max(maximumBytes, JournalFormat.RecordHeaderLength), Math.Min(safe, segment.EndPosition) - position);
        Load(segment, position, length);
        if (JournalFormat.Check(Rest, segment.Salt, out int recordLength) == RecordState.Incomplete && recordLength > length && position + recordLength <= Math.Min(safe, segment.EndPosition))
        {
            Load(segment, position, recordLength);
        }

        return true;
    }

    /// <summary>Goes to a position at which a record begins.</summary>
    internal void Seek(long position)
    {
        _bufferPosition = position;
        _bufferLength = _offset = 0;
    }

    /// <summary>The next record of the stretch; false at its end.</summary>
    public bool TryRead(out JournalRecord record)
    {
        while (_segment is { } segment && _offset < _bufferLength)
        {
            RecordState state = JournalFormat.Check(Rest, segment.Salt, out int length);
            if (state == RecordState.Whole)
            {
                record = new JournalRecord(Rest[..length], Position);
                _lastOrdinal = record.Ordinal;
                _offset += length;
                return true;
            }

            long known = Math.Min(_journal.SafeThrough, segment.EndPosition);
            if (state == RecordState.Incomplete && _bufferPosition + _bufferLength < known && (length == 0 || Position + length <= known))
            {
                // The rest of the record lies behind the stretch: the next one begins with it.
                break;
            }

            SkipDamage(segment, known);
        }

        record = default;
        return false;
    }

    /// <summary>
    /// Says that everything before <paramref name="position"/>, whose first record would have <paramref name="ordinal"/>, is
    /// done, and keeps <paramref name="state"/> with it: after a crash both are of the same commit.
    /// </summary>
    public void Commit(long position, long ordinal, ReadOnlySpan<byte> state)
    {
        if (_cursor is null)
        {
            throw new InvalidOperationException("a reader without a cursor cannot commit");
        }

        bool passesSegment = _segments.First.EndPosition <= position && _segments.First.EndPosition > _freedThrough && _segments.All.Count > 1;
        bool sync = passesSegment || _time.GetElapsedTime(_lastSync) >= SyncInterval;
        _cursor.Commit(position, ordinal, state, sync);
        Volatile.Write(ref _committedPosition, position);
        Volatile.Write(ref _committedOrdinal, ordinal);
        if (sync)
        {
            _lastSync = _time.GetTimestamp();
        }

        if (passesSegment)
        {
            _journal.FreeSegments();
            _freedThrough = _segments.First.BasePosition;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsOpen = false;
        _cursor?.Dispose();
    }

    private ReadOnlySpan<byte> Rest => _buffer.AsSpan(_offset, _bufferLength - _offset);

    private void Load(JournalSegment segment, long position, int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        _segment = segment;
        _bufferPosition = position;
        _bufferLength = segment.Read(position, _buffer.AsSpan(0, length));
        _offset = 0;
    }

    private void SkipDamage(JournalSegment segment, long known)
    {
        long start = Position;
        byte[] rest = new byte[known - start];
        int length = segment.Read(start, rest);
        int found = length > 1 ? SegmentScan.FindRecord(rest.AsSpan(1, length - 1), segment.Salt, _lastOrdinal) : -1;
        int skipped = found < 0 ? rest.Length : found + 1;
        KeepAside(segment, start, rest.AsSpan(0, skipped));
        _metrics.Damaged(skipped);
        LogDamage(_logger, skipped, start, segment.Path);
        long resume = start + skipped;
        Load(segment, resume, (int)Math.Min(known - resume, Math.Max(_bufferLength, 64 << 10)));
        if (_bufferLength > 0 && JournalFormat.Check(Rest, segment.Salt, out int recordLength) == RecordState.Incomplete)
        {
            Load(segment, resume, recordLength);
        }
    }

    private static void KeepAside(JournalSegment segment, long position, ReadOnlySpan<byte> bytes)
    {
        string folder = Path.Combine(Path.GetDirectoryName(segment.Path)!, "damaged");
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFiles(folder).Take(MaximumFilesAside).Count() < MaximumFilesAside)
        {
            File.WriteAllBytes(Path.Combine(folder, position.ToString("D20", CultureInfo.InvariantCulture) + ".bin"), bytes);
        }
    }

    [LoggerMessage(2020, LogLevel.Error, "Skipped {Bytes} damaged bytes at journal position {Position} in {Path}; they are kept in the folder 'damaged' beside it")]
    private static partial void LogDamage(ILogger logger, long bytes, long position, string path);

    [LoggerMessage(2021, LogLevel.Error, "The journal no longer holds {Bytes} bytes from position {Position} on")]
    private static partial void LogGap(ILogger logger, long bytes, long position);
}
