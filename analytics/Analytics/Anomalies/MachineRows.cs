using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the signals of a machine together with a trained <see cref="IRowMonitor"/>, for relations that break while each signal
/// stays within its own band. Its rows are not the values but what each signal's own monitor leaves unexplained, in usual errors, so that
/// product, load, start and hour are taken off. While a signal is odd by itself, that has been told and rows say nothing. Constant memory; not thread-safe.
/// </summary>
public sealed class MachineRows
{
    /// <summary>Version of the detector, for what it found.</summary>
    public const string Version = "1";

    private const long StateVersion = 1;
    private const int RowsToEnd = 30;
    private const double LimitPerDecade = 0.5;

    private static readonly TimeSpan Rest = TimeSpan.FromHours(2);

    private readonly IRowMonitor _monitor;
    private readonly RowJoiner _joiner;
    private readonly double[] _row;
    private readonly double[] _shares;
    private readonly double[] _drivers;
    private IRowMonitor _now;
    private DateTime _restUntil;
    private int _normal;
    private bool _told;

    /// <param name="signals">Ids of the signals, in the order of the rows the monitor was fitted on.</param>
    /// <param name="monitor">The fitted monitor.</param>
    public MachineRows(IReadOnlyList<string> signals, IRowMonitor monitor)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signals.Count, monitor.Signals);
        Signals = signals;
        _monitor = monitor;
        _now = monitor;
        _joiner = new RowJoiner(signals.Count);
        _row = new double[signals.Count];
        _shares = new double[signals.Count];
        _drivers = new double[signals.Count];
    }

    /// <summary>Ids of the signals in a row.</summary>
    public IReadOnlyList<string> Signals { get; }

    /// <summary>The detector.</summary>
    public RowDetector Kind => _monitor.Kind;

    /// <summary>How odd the last row was, as a share of the limit.</summary>
    public double Score { get; private set; }

    /// <summary>What judgements added to the limit (<see cref="AlarmScoreRule"/>), decades of surprise: each is half the limit. Not part of the saved state.</summary>
    public double Lift { get; set; }

    /// <summary>The signals that drive the last row judged, the strongest first: shares sum to 1, negative where the signal lay below what was expected.</summary>
    public IReadOnlyList<(string Signal, double Share)> Drivers() =>
        [.. Signals.Select((signal, i) => (signal, _drivers[i])).OrderByDescending(driver => Math.Abs(driver.Item2))];

    /// <summary>The place of a signal in a row; −1 where it takes no part.</summary>
    public int PlaceOf(string signal)
    {
        for (int i = 0; i < Signals.Count; i++)
        {
            if (Signals[i] == signal)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Takes what a signal's own monitor said of a reading.</summary>
    /// <param name="place">The signal's place.</param>
    /// <param name="eventTime">Of the reading, UTC.</param>
    /// <param name="kind">The monitor's verdict.</param>
    /// <param name="deviation">Its <see cref="ISignalMonitor.Deviation"/>.</param>
    /// <returns>What to tell now.</returns>
    public RowChange Observe(int place, DateTime eventTime, VerdictKind kind, double deviation)
    {
        if (!_joiner.TryAdd(place, eventTime, kind, deviation, _row) || !System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<double>(_row))
        {
            return RowChange.None;
        }

        Score = _now.Observe(_row, _shares).Score / Math.Max(1 + (LimitPerDecade * Lift), LimitPerDecade);
        for (int i = 0; i < _row.Length; i++)
        {
            _drivers[i] = Math.CopySign(_shares[i], _row[i]);
        }

        if (Score > 1)
        {
            // One anomaly is told once, however long it lasts.
            bool tell = !_told && eventTime >= _restUntil;
            _told |= tell;
            _normal = 0;
            _restUntil = eventTime + Rest;
            return tell ? RowChange.Odd : RowChange.None;
        }

        _normal = Math.Min(_normal + 1, RowsToEnd + 1);
        if (_normal != RowsToEnd)
        {
            return RowChange.None;
        }

        _told = false;
        return RowChange.Normal;
    }

    /// <summary>Puts aside what is odd at the moment: the watch goes on at another time.</summary>
    public void Calm()
    {
        _now = _monitor.Fresh();
        _joiner.Clear();
        _restUntil = default;
        _normal = 0;
        _told = false;
        Score = 0;
    }

    /// <summary>Writes the fitted model and everything needed to go on elsewhere with the same answers, bit by bit.</summary>
    public void Save(StateWriter state)
    {
        state.Write(StateVersion);
        state.Write((long)Signals.Count);
        foreach (string signal in Signals)
        {
            state.Write(signal);
        }

        RowMonitors.Write(state, _now);
        _joiner.Save(state);
        state.Write(_restUntil.Ticks);
        state.Write(_normal);
        state.Write(_told ? 1L : 0L);
        state.Write(Score);
    }

    /// <summary>A watch that goes on where the saved one stood.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public static MachineRows Restore(StateReader state)
    {
        if (state.ReadInt64() is var version and not StateVersion)
        {
            throw new InvalidDataException($"the saved rows have version {version}; this release reads {StateVersion}");
        }

        string[] signals = new string[state.ReadInt32(1, RowScale.MostSignals)];
        for (int i = 0; i < signals.Length; i++)
        {
            signals[i] = state.ReadString();
        }

        IRowMonitor monitor = RowMonitors.Read(state);
        if (monitor.Signals != signals.Length)
        {
            throw new InvalidDataException($"the saved rows name {signals.Length} signals, their model has {monitor.Signals}");
        }

        MachineRows rows = new(signals, monitor);
        rows._joiner.Restore(state);
        rows._restUntil = state.ReadUtc();
        rows._normal = state.ReadInt32(0, RowsToEnd + 1);
        rows._told = state.ReadInt64() != 0;
        rows.Score = state.ReadDouble();
        return rows;
    }
}
