using System.Buffers.Binary;
using System.Text;
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
    private readonly Dictionary<(string Source, long Hour), Counts> _open = [];
    private Counts _total;
    private Counts _run;
    private string? _runSource;
    private long _runHour;
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
        Dictionary<(string, long), Counts> rows = _history.Read(from, to);
        lock (_gate)
        {
            EndRun();
            foreach ((var key, Counts counts) in _open)
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
            _runSource = null;
            _run = default;
            _safeOrdinal = safeOrdinal;
            _dropped = dropped;
            if (state.IsEmpty)
            {
                _startOrdinal = _nextOrdinal = ordinal;
                return;
            }

            StateReader reader = new(state);
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

    /// <summary>Counts one message.</summary>
    internal void Count(string source, DateTime receiveTime, long ordinal, Outcome outcome)
    {
        lock (_gate)
        {
            // Ordinals have no gaps but those that damaged records leave.
            _damaged += ordinal - _nextOrdinal;
            _nextOrdinal = ordinal + 1;
            long hour = HourOf(receiveTime);
            if (hour != _runHour || !ReferenceEquals(source, _runSource))
            {
                EndRun();
                _runSource = source;
                _runHour = hour;
            }

            _run.Add(outcome, 1);
            _total.Add(outcome, 1);
        }
    }

    /// <summary>Moves a message from one outcome to another: the store refused it, or a replay released it.</summary>
    internal void Move(string source, DateTime receiveTime, Outcome from, Outcome to)
    {
        lock (_gate)
        {
            EndRun();
            ref Counts row = ref Row(source, HourOf(receiveTime));
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
            EndRun();
            CloseHours(receiveTime);
            StateWriter writer = new();
            writer.Byte(Version);
            writer.Long(_startOrdinal);
            writer.Long(_nextOrdinal);
            writer.Counts(_total);
            writer.Long(_damaged);
            writer.Long(LastReplay);
            writer.Int(_open.Count);
            foreach ((var key, Counts counts) in _open)
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

    /// <summary>Books the messages that came in a row from one source.</summary>
    private void EndRun()
    {
        if (_runSource is { } source)
        {
            Row(source, _runHour).Add(_run);
            _runSource = null;
            _run = default;
        }
    }

    private static long HourOf(DateTime receiveTime) => receiveTime.Ticks - (receiveTime.Ticks % TimeSpan.TicksPerHour);

    private ref Counts Row(string source, long hour)
    {
        ref Counts row = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_open, (source, hour), out bool exists);
        if (!exists)
        {
            // An hour that was closed is opened again: a replay, or a clock set back.
            row = _history.Find(source, hour);
        }

        return ref row;
    }

    internal struct Counts
    {
        public long Stored;
        public long Duplicate;
        public long Quarantined;

        public void Add(in Counts other)
        {
            Stored += other.Stored;
            Duplicate += other.Duplicate;
            Quarantined += other.Quarantined;
        }

        public void Add(Outcome outcome, long by)
        {
            switch (outcome)
            {
                case Outcome.Stored:
                    Stored += by;
                    break;
                case Outcome.Duplicate:
                    Duplicate += by;
                    break;
                default:
                    Quarantined += by;
                    break;
            }
        }
    }

    private ref struct StateReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public byte Byte()
        {
            byte value = _rest[0];
            _rest = _rest[1..];
            return value;
        }

        public int Int()
        {
            int value = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            _rest = _rest[4..];
            return value;
        }

        public long Long()
        {
            long value = BinaryPrimitives.ReadInt64LittleEndian(_rest);
            _rest = _rest[8..];
            return value;
        }

        public Counts Counts() => new() { Stored = Long(), Duplicate = Long(), Quarantined = Long() };

        public string Text()
        {
            int length = Int();
            string text = Encoding.UTF8.GetString(_rest[..length]);
            _rest = _rest[length..];
            return text;
        }
    }

    private sealed class StateWriter
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> _bytes = new(1024);

        public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

        public void Byte(byte value)
        {
            _bytes.GetSpan(1)[0] = value;
            _bytes.Advance(1);
        }

        public void Int(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(4), value);
            _bytes.Advance(4);
        }

        public void Long(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
            _bytes.Advance(8);
        }

        public void Counts(in Counts counts)
        {
            Long(counts.Stored);
            Long(counts.Duplicate);
            Long(counts.Quarantined);
        }

        public void Text(string text)
        {
            int length = Encoding.UTF8.GetByteCount(text);
            Int(length);
            Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length));
            _bytes.Advance(length);
        }
    }
}
