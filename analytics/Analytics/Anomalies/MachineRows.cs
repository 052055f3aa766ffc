using System.Numerics.Tensors;
using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the signals of a machine together with a trained <see cref="IRowMonitor"/>, for relations that break while each signal
/// stays within its own band. Its rows are not the values but what each signal's own monitor leaves unexplained, in usual errors, so that
/// product, load, start and hour are taken off. How strange they are wanders even so, and is judged as a signal is: the logarithm of the monitor's score
/// against its own usual level and spread by cumulative sums (<see cref="ShiftSums"/>), learning only while nothing is wrong. While a signal is odd
/// by itself, that has been told and rows say nothing. Where a sensor is faulty or silent, that is told elsewhere and the rows go on without it: what the
/// other signals let expect stands in its place (<see cref="RowRelations"/>), it is no driver, and such rows are judged but not learned. How strange the normal
/// rows are, each by itself, is compared with training (<see cref="Errors"/>): the level follows slow wear, the fitted model does not. Constant memory; not thread-safe.
/// </summary>
public sealed class MachineRows
{
    /// <summary>Version of the detector, for what it found.</summary>
    public const string Version = "2";

    private const long StateVersion = 3;
    private const long WithoutErrors = 2; // version of rows trained before they were compared with their training
    private const int RowsToEnd = 30;
    private const double Slack = 2;
    private const double Limit = 60; // four times a signal's: scores are smoothed, and so alike over some twenty rows
    private const double SlackPerDecade = 0.5;
    private const double LimitPerDecade = 2.0 / 7;
    private const double LevelRows = 10_000; // about a week of running: wear must not become usual
    private const int LearningRows = 1000; // as many as some fifty that do not overlap
    private const double DriverGain = 0.1;
    private const double LeastScore = 1e-9;

    private static readonly TimeSpan Rest = TimeSpan.FromHours(2);

    private readonly IRowMonitor _monitor;
    private readonly RowJoiner _joiner;
    private readonly double[] _row;
    private readonly double[] _shares;
    private readonly double[] _drivers;
    private readonly bool[] _filled;
    private readonly RowRelations _relations;
    private readonly ShiftSums _sums = new(Slack, Limit);
    private readonly RobustLevel _trained = new(LevelRows); // of the rows alone, as training left it
    private IRowMonitor _now;
    private DateTime _restUntil;
    private RobustLevel _level = new(LevelRows);
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
        _filled = new bool[signals.Count];
        _relations = new RowRelations(signals.Count, LevelRows);
    }

    /// <summary>Ids of the signals in a row.</summary>
    public IReadOnlyList<string> Signals { get; }

    /// <summary>The detector.</summary>
    public RowDetector Kind => _monitor.Kind;

    /// <summary>How odd the rows have become, as a share of the limit.</summary>
    public double Score => _sums.ScoreAbove;

    /// <summary>
    /// The logarithm of how strange the normal rows are, each by itself: what the limit is held against is smoothed, so that a few thousand rows of it are a hundred that
    /// do not overlap, and wanders. In spreads of training.
    /// </summary>
    public ErrorShape Errors { get; } = new();

    /// <summary>
    /// What judgements added to the limit (<see cref="AlarmScoreRule"/>), decades of surprise: each is half a usual error of slack and two
    /// sevenths of the limit. Not part of the saved state.
    /// </summary>
    public double Lift
    {
        get;
        set
        {
            field = value;
            _sums.Relax(SlackPerDecade * value, 1 + (LimitPerDecade * value));
        }
    }

    /// <summary>The signals that drove the last rows judged, the strongest first, with their mean shares; they sum to 1.</summary>
    public IReadOnlyList<(string Signal, double Share)> Drivers()
    {
        double sum = Math.Max(_drivers.Sum(), double.Epsilon);
        return [.. Signals.Select((signal, i) => (signal, _drivers[i] / sum)).OrderByDescending(driver => driver.Item2)];
    }

    /// <summary>Learns how strange rows usually are that the monitor was not fitted on, and how their signals go together. Later rows are compared with them.</summary>
    /// <param name="unseen">In order, one finite value a signal.</param>
    internal void EndTraining(IReadOnlyCollection<double[]> unseen)
    {
        List<double> alone = new(unseen.Count);
        foreach (double[] row in unseen)
        {
            RowVerdict verdict = _now.Observe(row, _shares);
            Learn(row, Logarithm(verdict.Score));
            if (double.IsFinite(verdict.Alone))
            {
                alone.Add(Logarithm(verdict.Alone));
                _trained.Add(alone[^1]);
            }
        }

        alone.ForEach(Compare);
        Errors.EndTraining();
        Calm();
    }

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
        if (!_joiner.TryAdd(place, eventTime, kind, deviation, _row))
        {
            return RowChange.None;
        }

        Array.Clear(_filled);
        bool complete = TensorPrimitives.IsFiniteAll<double>(_row);
        if (!complete && !_relations.TryFill(_row, _filled))
        {
            return RowChange.None;
        }

        RowVerdict verdict = _now.Observe(_row, _shares);
        double score = Logarithm(verdict.Score);
        for (int i = 0; i < _row.Length; i++)
        {
            _drivers[i] += DriverGain * ((_filled[i] ? 0 : _shares[i]) - _drivers[i]);
        }

        if (_level.Count < LearningRows)
        {
            if (complete)
            {
                Learn(_row, score);
            }

            return RowChange.None;
        }

        Judge(eventTime, score, complete);
        if (Score >= 1)
        {
            // One anomaly is told once, however long it lasts.
            bool tell = !_told && eventTime >= _restUntil;
            _told |= tell;
            _normal = 0;
            _restUntil = eventTime + Rest;
            return tell ? RowChange.Odd : RowChange.None;
        }

        if (complete && _trained.Count > 0 && double.IsFinite(verdict.Alone))
        {
            Compare(Logarithm(verdict.Alone));
        }

        _normal = Math.Min(_normal + 1, RowsToEnd + 1);
        if (_normal != RowsToEnd)
        {
            return RowChange.None;
        }

        _told = false;
        return RowChange.Normal;
    }

    private static double Logarithm(double strangeness) => Math.Log(Math.Max(strangeness, LeastScore));

    private void Compare(double alone) => Errors.Add((alone - _trained.Level) / Math.Max(_trained.Spread, LeastScore));

    private void Learn(ReadOnlySpan<double> row, double score)
    {
        _level.Add(score);
        _relations.Add(row);
    }

    private void Judge(DateTime eventTime, double score, bool complete)
    {
        _sums.Add(eventTime, (score - _level.Level) / Math.Max(_level.Spread, LeastScore), learns: complete);
        if (_sums.IsStale)
        {
            // It has lasted and is steady: it is how the machine works now, and everybody has been told.
            _level = new RobustLevel(LevelRows);
            _sums.Clear();
        }
        else if (complete && !_sums.InDoubt)
        {
            Learn(_row, score);
        }
    }

    /// <summary>Puts aside what is odd at the moment: the watch goes on at another time.</summary>
    public void Calm()
    {
        _now = _monitor.Fresh();
        _joiner.Clear();
        _restUntil = default;
        _normal = 0;
        _told = false;
        Array.Clear(_drivers);
        _sums.Clear();
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
        state.Write(_drivers);
        _level.Save(state);
        _relations.Save(state);
        _sums.Save(state);
        _trained.Save(state);
        Errors.Save(state);
    }

    /// <summary>A watch that goes on where the saved one stood.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public static MachineRows Restore(StateReader state)
    {
        long version = state.ReadInt64();
        if (version is not (WithoutErrors or StateVersion))
        {
            throw new InvalidDataException($"the saved rows have version {version}; this release reads {WithoutErrors} and {StateVersion}");
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
        state.Read(rows._drivers);
        rows._level.Restore(state);
        rows._relations.Restore(state);
        rows._sums.Restore(state);
        if (version == StateVersion)
        {
            rows._trained.Restore(state);
            rows.Errors.Restore(state);
        }

        return rows;
    }
}
