using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Balance;

/// <summary>
/// What became of the messages of one batch, by source and hour; it enters the balance only when the batch is done. Not
/// thread-safe.
/// </summary>
internal sealed class BatchTally
{
    private readonly Dictionary<(string Source, long Hour), OutcomeCounts> _rows = [];
    private OutcomeCounts _run;
    private string? _runSource;
    private long _runHour;
    private long _expectedOrdinal = -1;

    /// <summary>The rows counted so far.</summary>
    public IReadOnlyDictionary<(string Source, long Hour), OutcomeCounts> Rows
    {
        get
        {
            EndRun();
            return _rows;
        }
    }

    /// <summary>Messages whose damaged records left a gap in the ordinals.</summary>
    public long Damaged { get; private set; }

    /// <summary>Ordinal behind the last message.</summary>
    public long NextOrdinal => _expectedOrdinal;

    public static long HourOf(DateTime receiveTime) => receiveTime.Ticks - (receiveTime.Ticks % TimeSpan.TicksPerHour);

    /// <summary>Begins a batch whose first message should have this ordinal.</summary>
    public void Begin(long ordinal)
    {
        _rows.Clear();
        _run = default;
        _runSource = null;
        Damaged = 0;
        _expectedOrdinal = ordinal;
    }

    public void Count(string source, DateTime receiveTime, long ordinal, Outcome outcome)
    {
        Damaged += ordinal - _expectedOrdinal;
        _expectedOrdinal = ordinal + 1;

        // Messages of one source come in runs: only the first of a run is looked up.
        long hour = HourOf(receiveTime);
        if (hour != _runHour || !ReferenceEquals(source, _runSource))
        {
            EndRun();
            _runSource = source;
            _runHour = hour;
        }

        _run.Add(outcome, 1);
    }

    /// <summary>Counts a message differently: the store refused it.</summary>
    public void Move(string source, DateTime receiveTime, Outcome from, Outcome to)
    {
        EndRun();
        OutcomeCounts moved = default;
        moved.Add(from, -1);
        moved.Add(to, 1);
        Add((source, HourOf(receiveTime)), moved);
    }

    private void EndRun()
    {
        if (_runSource is { } source)
        {
            Add((source, _runHour), _run);
            _runSource = null;
            _run = default;
        }
    }

    private void Add((string, long) key, in OutcomeCounts counts) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_rows, key, out _).Add(counts);
}
