using Linewatch.Mqtt;
using Microsoft.Extensions.Logging;

namespace Linewatch.Telemetry.Journaling;

/// <summary>
/// The append-only journal of every message received. <see cref="Accept"/> copies a message into memory; one thread writes
/// what has gathered and syncs it in one go, at once when a sender waits for its acknowledgement. Receipts are journal
/// positions. A disk that fails or is full is tried again for ever: nothing is acknowledged meanwhile and nothing dropped.
/// Thread-safe; one process per folder.
/// </summary>
public sealed partial class Journal : IMessageIntake, IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>What nobody asks for though a sender should wait for it, since its connection broke, is synced within this.</summary>
    private static readonly TimeSpan LongestUnasked = TimeSpan.FromSeconds(1);

    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TelemetryMetrics _metrics;
    private readonly FileStream _lock;
    private readonly SegmentList _segments;
    private readonly ITimer _syncTimer;
    private readonly Thread _writer;

    // Everything below is guarded by _gate.
    private readonly object _gate = new();
    private readonly Dictionary<string, JournalReader> _readers = new(StringComparer.Ordinal);
    private readonly GatheringRecords _records;
    private long _demanded;
    private bool _due;
    private SyncTimer _syncTimerSet;
    private bool _closing;
    private Exception? _failure;
    private TaskCompletionSource? _nextSync;
    private TaskCompletionSource? _room;

    private long _safe;
    private long _safeOrdinal;

    private Journal(JournalOptions options, SegmentList segments, FileStream folderLock, TelemetryMetrics metrics, TimeProvider time, ILogger logger)
    {
        _options = options;
        _segments = segments;
        _lock = folderLock;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _safe = segments.Last.EndPosition;
        _safeOrdinal = segments.Last.NextOrdinal;
        _records = new GatheringRecords(segments.Salt, _safe, _safeOrdinal);
        _metrics.Observe(this);
        _syncTimer = time.CreateTimer(static journal => ((Journal)journal!).OnSyncDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _writer = new Thread(Write) { IsBackground = true, Name = "journal writer" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public long SafeThrough => Volatile.Read(ref _safe);

    /// <summary>Ordinal of the next message behind <see cref="SafeThrough"/>: how many messages were ever made safe.</summary>
    public long SafeOrdinal => Volatile.Read(ref _safeOrdinal);

    /// <summary>Position of the oldest record still kept.</summary>
    public long OldestPosition => _segments.First.BasePosition;

    /// <summary>Bytes on disk.</summary>
    public long BytesOnDisk => _segments.BytesOnDisk;

    /// <summary>Whether the journal takes no more for now: full on disk, too old, or its disk does not take the writes.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return !HasRoom();
            }
        }
    }

    /// <summary>Why the disk does not take writes now; null while it does.</summary>
    public Exception? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>
    /// Opens the journal of a folder, creating it where missing. Only the last segment is read: a torn record at its end,
    /// never acknowledged, is cut off.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be used, or another process has the journal open.</exception>
    public static Journal Open(JournalOptions options, TelemetryMetrics metrics, TimeProvider time, ILogger<Journal> logger)
    {
        Directory.CreateDirectory(options.Folder);
        FileStream folderLock;
        try
        {
            folderLock = new FileStream(Path.Combine(options.Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new IOException($"the journal in {Path.GetFullPath(options.Folder)} is in use by another process; set Journal:Folder to a folder of its own", fault);
        }

        try
        {
            SegmentList segments = SegmentList.Open(options.Folder, logger);
            return new Journal(options, segments, folderLock, metrics, time, logger);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long Accept(in PublishView message)
    {
        long receiveTicks = _time.GetUtcNow().UtcTicks;
        lock (_gate)
        {
            if (_closing)
            {
                throw new ObjectDisposedException(nameof(Journal), "the journal is closed");
            }

            int length = _records.Add(message, receiveTicks);
            if (_records.Filled >= _options.SyncBytes)
            {
                // The writer is woken by the message that fills the group, not by those behind it.
                if (_records.Filled - length < _options.SyncBytes)
                {
                    Monitor.PulseAll(_gate);
                }
            }
            else
            {
                SyncBy(message.QoS == MqttQoS.AtMostOnce ? SyncTimer.Soon : SyncTimer.InTheEnd);
            }

            return _records.End;
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken) =>
        SafeThrough >= receipt ? ValueTask.CompletedTask : new ValueTask(WaitUntilSafeSlowlyAsync(receipt, urgent: true, cancellationToken));

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (HasRoom())
            {
                return ValueTask.CompletedTask;
            }
        }

        return new ValueTask(WaitForRoomSlowlyAsync(cancellationToken));
    }

    /// <summary>
    /// Opens the cursor of a consumer. A consumer never seen before begins at the oldest message kept. Segments stay until
    /// every consumer that was ever opened has committed past them, or <see cref="Forget"/> is called.
    /// </summary>
    /// <exception cref="InvalidOperationException">The consumer's cursor is open already.</exception>
    public JournalReader OpenReader(string name)
    {
        lock (_gate)
        {
            if (_readers.TryGetValue(name, out JournalReader? open) && open.IsOpen)
            {
                throw new InvalidOperationException($"the journal cursor '{name}' is open already");
            }

            JournalReader reader = new(this, _segments, Cursor.Open(_options.Folder, name), _metrics, _time, _logger);
            _readers[name] = reader;
            return reader;
        }
    }

    /// <summary>
    /// Reads without a cursor, from the segment that holds <paramref name="position"/> on; it holds no segment back, so what
    /// it reads may be freed under it.
    /// </summary>
    public JournalReader OpenScan(long position)
    {
        JournalSegment segment = _segments.All.LastOrDefault(candidate => candidate.BasePosition <= position) ?? _segments.First;
        return new JournalReader(this, _segments, segment.BasePosition, _metrics, _time, _logger);
    }

    /// <summary>Removes a consumer's cursor, so that it holds no segments any more.</summary>
    public void Forget(string name)
    {
        lock (_gate)
        {
            if (_readers.Remove(name, out JournalReader? reader))
            {
                reader.Dispose();
            }
        }

        Cursor.Delete(_options.Folder, name);
        FreeSegments();
    }

    /// <summary>Syncs what was accepted and closes. Nothing may be accepted any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            Monitor.PulseAll(_gate);
        }

        await Task.Run(_writer.Join);
        await _syncTimer.DisposeAsync();
        lock (_gate)
        {
            foreach (JournalReader reader in _readers.Values)
            {
                reader.Dispose();
            }

            IOException closed = new("the journal is closed");
            _nextSync?.TrySetException(closed);
            _room?.TrySetException(closed);
        }

        _metrics.Forget(this);
        _segments.Dispose();
        await _lock.DisposeAsync();
    }

    /// <summary>A folder beside the journal's files.</summary>
    internal string FolderOf(string name) => Path.Combine(_options.Folder, name);

    internal Task WaitForDataAsync(long position, CancellationToken cancellationToken) =>
        SafeThrough > position ? Task.CompletedTask : WaitUntilSafeSlowlyAsync(position + 1, urgent: false, cancellationToken);

    /// <summary>Where a cursor stands. One that is new stands at the beginning, and from now on holds what is there.</summary>
    internal (long Position, long Ordinal) PlaceOf(string name)
    {
        lock (_gate)
        {
            if (_readers.TryGetValue(name, out JournalReader? reader))
            {
                return (reader.CommittedPosition, reader.CommittedOrdinal);
            }

            using Cursor cursor = Cursor.Open(_options.Folder, name);
            return (cursor.Position, cursor.Ordinal);
        }
    }

    internal void FreeSegments()
    {
        lock (_gate)
        {
            if (_readers.Count == 0)
            {
                return;
            }

            long passed = Cursor.All(_options.Folder)
                .Select(name => _readers.TryGetValue(name, out JournalReader? reader) ? reader.CommittedPosition : Cursor.ReadPosition(_options.Folder, name))
                .Append(_readers.Values.Min(reader => reader.CommittedPosition))
                .Min();
            long passedByOpen = _readers.Values.Min(reader => reader.CommittedPosition);
            _segments.FreeThrough(passed);
            if (_segments.BytesOnDisk >= _options.MaxBytes && passedByOpen > passed)
            {
                // A consumer that is switched off must not stop the plant: its share is given up, and said.
                LogGivenUp(_logger, passedByOpen - passed);
                _segments.FreeThrough(passedByOpen);
            }

            OpenRoom();
        }
    }

    private async Task WaitUntilSafeSlowlyAsync(long receipt, bool urgent, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task synced;
            lock (_gate)
            {
                if (_safe >= receipt)
                {
                    return;
                }

                ObjectDisposedException.ThrowIf(_closing && _records.Pending == 0, this);
                if (urgent && receipt > _demanded)
                {
                    _demanded = Math.Min(receipt, _records.End);
                    Monitor.PulseAll(_gate);
                }

                _nextSync ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                synced = _nextSync.Task;
            }

            await synced.WaitAsync(cancellationToken);
        }
    }

    private async Task WaitForRoomSlowlyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (HasRoom())
                {
                    return;
                }

                ObjectDisposedException.ThrowIf(_closing, this);
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            LogFull(_logger, BytesOnDisk);
            await room.WaitAsync(cancellationToken);
        }
    }

    private bool HasRoom() =>
        _records.Pending <= _options.MaxPendingBytes
        && _segments.BytesOnDisk + _records.Pending < _options.MaxBytes
        && (_options.MaxAgeHours == 0 || _segments.OldestAge(_time.GetUtcNow().UtcDateTime) < TimeSpan.FromHours(_options.MaxAgeHours));

    private void OpenRoom()
    {
        if (_room is { } waiting && HasRoom())
        {
            _room = null;
            waiting.SetResult();
        }
    }

    /// <summary>
    /// Sees to it that what gathers is synced though nobody asks for it. A sender of QoS 1 or 2 waits for its acknowledgement and so
    /// asks a moment later: a timer for each of these groups would wake two threads for nothing.
    /// </summary>
    private void SyncBy(SyncTimer wanted)
    {
        if (_syncTimerSet < wanted)
        {
            _syncTimerSet = wanted;
            _syncTimer.Change(wanted == SyncTimer.Soon ? TimeSpan.FromMilliseconds(_options.SyncMilliseconds) : LongestUnasked, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnSyncDue()
    {
        lock (_gate)
        {
            _syncTimerSet = SyncTimer.Off;
            _due = _records.Filled > 0;
            Monitor.PulseAll(_gate);
        }
    }

    private bool ShouldSync() => _records.Filled > 0 && (_due || _demanded > _safe || _records.Filled >= _options.SyncBytes);

    /// <summary>The writer thread: gathers, writes, syncs, tells. Blocking calls are its whole purpose.</summary>
    private void Write()
    {
        while (true)
        {
            RecordGroup group;
            lock (_gate)
            {
                while (!ShouldSync())
                {
                    if (_closing)
                    {
                        if (_records.Filled == 0)
                        {
                            return;
                        }

                        break;
                    }

                    Monitor.Wait(_gate);
                }

                group = _records.Take();
                _due = false;
                if (_syncTimerSet == SyncTimer.Soon)
                {
                    // Else it would go off for messages that are synced by then, and wake two threads for nothing.
                    _syncTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    _syncTimerSet = SyncTimer.Off;
                }
            }

            if (!WriteUntilSafe(group))
            {
                return;
            }

            lock (_gate)
            {
                _records.Written(_options.SyncBytes);
                _failure = null;
                Volatile.Write(ref _safeOrdinal, group.NextOrdinal);
                Volatile.Write(ref _safe, group.End);
                TaskCompletionSource? synced = _nextSync;
                _nextSync = null;
                synced?.SetResult();
                OpenRoom();
            }
        }
    }

    /// <summary>Writes and syncs, again and again until it succeeds; false when the journal closed before it did.</summary>
    private bool WriteUntilSafe(in RecordGroup group)
    {
        TimeSpan pause = FirstRetry;
        while (true)
        {
            try
            {
                long started = _time.GetTimestamp();
                _segments.Append(group, _options.SegmentBytes);
                _metrics.Synced(group.Bytes.Length, _time.GetElapsedTime(started));
                return true;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // After a failed sync the kernel may have dropped the pages: the same bytes are written again, to the same place.
                LogWriteFailed(_logger, fault, pause.TotalSeconds);
                lock (_gate)
                {
                    _failure = fault;
                    if (_closing)
                    {
                        return false;
                    }

                    Monitor.Wait(_gate, pause);
                }

                pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "The journal cannot be written; nothing is acknowledged until it can. Next attempt in {Seconds} s")]
    private static partial void LogWriteFailed(ILogger logger, Exception fault, double seconds);

    [LoggerMessage(2002, LogLevel.Warning, "The journal is full ({Bytes} bytes on disk): no more is read from the brokers until its consumers catch up. What a broker cannot hold meanwhile is the broker's to keep or drop")]
    private static partial void LogFull(ILogger logger, long bytes);

    [LoggerMessage(2003, LogLevel.Warning, "The journal is full and a consumer is switched off: {Bytes} bytes that only it had not read are given up")]
    private static partial void LogGivenUp(ILogger logger, long bytes);

    /// <summary>For when the timer is set.</summary>
    private enum SyncTimer
    {
        Off,
        InTheEnd,
        Soon,
    }
}
