using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Balance;

/// <summary>
/// Counts what becomes of every message, by source and hour. The open hours are committed together with the journal
/// cursor, so a crash can make neither disagree with the other; closed hours are appended to a file first. Counted by the
/// one consumer that keeps the balance; reading is thread-safe.
/// </summary>
public sealed class MessageBalance
{
    private static readonly TimeSpan OpenFor = TimeSpan.FromHours(2);
    private const byte Version = 1;

    private readonly Lock _gate = new();
    private readonly BalanceHistory _history;
    private readonly Dictionary<(string Source, long Hour), OutcomeCounts> _open = [];
    private OutcomeCounts _total;
    private long _damaged;
    private long _startOrdinal;
    private long _nextOrdinal;
    private Func<long> _safeOrdinal = static () => 0;
    private Func<long> _dropped = static () => 0;

    /// <summary>A balance whose closed hours are kept in a folder.</summary>
    public MessageBalance(string folder) => _history = new BalanceHistory(folder);

    /// <summary>The last replay out of quarantine that is counted.</summary>
    internal long LastReplay { get; private set; }

    /// <summary>Everything since the journal was created, or since its balance was first kept.</summary>
    public BalanceTotals Totals()
    {
        lock (_gate)
        {
            long received = Math.Max(_safeOrdinal(), _nextOrdinal) - _startOrdinal;
            return new BalanceTotals(received, _total.Stored, _total.Duplicate, _total.Quarantined, _damaged,
                received - (_nextOrdinal - _startOrdinal), _dropped());
        }
    }

    /// <summary>The rows of the hours in [from, to), by hour and source.</summary>
    public IReadOnlyList<BalanceRow> Rows(DateTime from, DateTime to)
    {
        Dictionary<(string, long), OutcomeCounts> rows = _history.Read(from, to);
        lock (_gate)
        {
            foreach ((var key, OutcomeCounts counts) in _open)
            {
                if (key.Hour >= from.Ticks && key.Hour < to.Ticks)
                {
                    rows[key] = counts;
                }
            }
        }

        return [.. rows
            .Select(row => new BalanceRow(row.Key.Item1, new DateTime(row.Key.Item2, DateTimeKind.Utc), row.Value.Stored, row.Value.Duplicate, row.Value.Quarantined))
            .OrderBy(row => row.Hour).ThenBy(row => row.Source, StringComparer.Ordinal)];
    }

    /// <summary>Takes up what was committed with the cursor.</summary>
    internal void Load(ReadOnlySpan<byte> state, long ordinal, Func<long> safeOrdinal, Func<long> dropped)
    {
        lock (_gate)
        {
            _open.Clear();
            _safeOrdinal = safeOrdinal;
            _dropped = dropped;
            if (state.IsEmpty)
            {
                _startOrdinal = _nextOrdinal = ordinal;
                return;
            }

            BalanceStateReader reader = new(state);
            if (reader.Byte() != Version)
            {
                throw new InvalidDataException("the balance kept with the journal cursor is of a later version of Linewatch");
            }

            _startOrdinal = reader.Long();
            _nextOrdinal = reader.Long();
            _total = reader.Counts();
            _damaged = reader.Long();
            LastReplay = reader.Long();
            for (int rows = reader.Int(); rows > 0; rows--)
            {
                _open[(reader.Text(), reader.Long())] = reader.Counts();
            }
        }
    }

    /// <summary>Takes in the messages of a batch that is done.</summary>
    internal void Add(BatchTally batch)
    {
        lock (_gate)
        {
            foreach (((string source, long hour), OutcomeCounts counts) in batch.Rows)
            {
                Row(source, hour).Add(counts);
                _total.Add(counts);
            }

            _damaged += batch.Damaged;
            _nextOrdinal = batch.NextOrdinal;
        }
    }

    /// <summary>Moves a message from one outcome to another: a replay released it.</summary>
    internal void Move(string source, DateTime receiveTime, Outcome from, Outcome to)
    {
        lock (_gate)
        {
            ref OutcomeCounts row = ref Row(source, BatchTally.HourOf(receiveTime));
            row.Add(from, -1);
            row.Add(to, 1);
            _total.Add(from, -1);
            _total.Add(to, 1);
        }
    }

    /// <summary>Says that a replay is fully counted.</summary>
    internal void FinishReplay(long replay) => LastReplay = replay;

    /// <summary>What must be committed with the cursor. Hours that are over are written to their file before.</summary>
    internal ReadOnlyMemory<byte> Save(DateTime receiveTime)
    {
        lock (_gate)
        {
            CloseHours(receiveTime);
            BalanceStateWriter writer = new();
            writer.Byte(Version);
            writer.Long(_startOrdinal);
            writer.Long(_nextOrdinal);
            writer.Counts(_total);
            writer.Long(_damaged);
            writer.Long(LastReplay);
            writer.Int(_open.Count);
            foreach ((var key, OutcomeCounts counts) in _open)
            {
                writer.Text(key.Source);
                writer.Long(key.Hour);
                writer.Counts(counts);
            }

            return writer.Written;
        }
    }

    private void CloseHours(DateTime receiveTime)
    {
        long oldest = (receiveTime - OpenFor).Ticks;
        List<(string Source, long Hour)>? closed = null;
        foreach ((string Source, long Hour) key in _open.Keys)
        {
            if (key.Hour < oldest - TimeSpan.TicksPerHour)
            {
                (closed ??= []).Add(key);
            }
        }

        if (closed is null)
        {
            return;
        }

        // Written again after a crash before the commit: the last row of an hour counts.
        _history.Append([.. closed.Select(key => (key, _open[key]))]);
        foreach ((string Source, long Hour) key in closed)
        {
            _open.Remove(key);
        }
    }

    private ref OutcomeCounts Row(string source, long hour)
    {
        ref OutcomeCounts row = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_open, (source, hour), out bool exists);
        if (!exists)
        {
            // An hour that was closed is opened again: a replay, or a clock set back.
            row = _history.Find(source, hour);
        }

        return ref row;
    }
}
