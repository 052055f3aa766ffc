using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>
/// Takes a machine's readings of the past through the same monitors that watch it live: first to learn from, then, held back, to
/// see how they do. Feed it every reading in order of event time. Not thread-safe.
/// </summary>
public sealed class MachineLearner
{
    private readonly MachineActivity _activity;
    private readonly Dictionary<Signal, Pupil> _pupils = [];
    private readonly RowLessons? _lessons;
    private MachineRows? _rows;
    private readonly IReadOnlyList<JudgedSpan> _judged;
    private readonly DateTime[] _repairs;
    private readonly DateTime _from;
    private readonly HashSet<JudgedSpan> _met = [];
    private int _repairsPassed;
    private DateTime? _heldBackFrom;
    private DateTime _until;
    private long _readings;
    private long _heldBack;
    private int _falseAlarms;
    private int _unjudged;
    private int _sensorFaults;
    private int _rowAlarms;

    /// <param name="machine">The machine.</param>
    /// <param name="settings">How its signals are watched.</param>
    /// <param name="judged">What people said about its alerts.</param>
    /// <param name="repairs">When work on it ended, UTC: its levels are learned anew from there.</param>
    /// <param name="model">A model to go on with; null = learn from nothing.</param>
    /// <param name="from">Readings before are left out: the model has learned them, UTC.</param>
    public MachineLearner(
        Machine machine,
        MonitorSettings settings,
        IReadOnlyList<JudgedSpan> judged,
        IEnumerable<DateTime> repairs,
        MachineModel? model = null,
        DateTime from = default)
    {
        _judged = judged;
        _repairs = [.. repairs.Where(at => at >= from).Order()];
        _from = from;
        _activity = new MachineActivity(machine, model?.Duty);
        foreach (Signal signal in machine.Signals.Where(signal => signal is { Role: SignalRole.Process, IsText: false }))
        {
            if (settings.MonitorOf(signal, _activity.Duty is not null, model?.MonitorOf(signal.Path.Signal)) is { } monitor)
            {
                _pupils.Add(signal, new Pupil(_pupils.Count, monitor, [.. judged.Where(span => span.Verdict == Judgement.True && (span.Signal ?? signal.Path.Signal) == signal.Path.Signal)]));
            }
        }

        if (machine.RowDetector is { } kind)
        {
            _rows = model?.Rows is { } rows && rows.Kind == kind ? rows : null;
            _lessons = model is null ? new RowLessons(kind, [.. _pupils.Keys.Select(signal => signal.Path.Signal)]) : null;
        }
    }

    /// <summary>Signals whose values are judged; of others only the sensor is.</summary>
    public int Signals => _pupils.Keys.Count(signal => signal.Watched);

    /// <summary>From now on nothing but the monitors' own learning in service goes on, and it is counted how they do.</summary>
    /// <param name="eventTime">Where the data held back begins, UTC.</param>
    /// <param name="endTraining">Whether the errors up to here are what later ones are compared with; false for a model that was trained before.</param>
    public void HoldBack(DateTime eventTime, bool endTraining)
    {
        _heldBackFrom = eventTime;
        foreach (Pupil pupil in _pupils.Values)
        {
            if (endTraining)
            {
                pupil.Monitor.Errors.EndTraining();
            }
        }

        _rows ??= _lessons?.Fit();
    }

    /// <summary>Takes a reading of the machine.</summary>
    public void Observe(in Reading reading)
    {
        bool isKnown = reading.EventTime < _from;
        _until = reading.EventTime;
        while (_repairsPassed < _repairs.Length && reading.EventTime >= _repairs[_repairsPassed])
        {
            _repairsPassed++;
            foreach (Pupil pupil in _pupils.Values)
            {
                pupil.Monitor.Accept();
            }
        }

        if (!_pupils.TryGetValue(reading.Signal, out Pupil? watched))
        {
            if (reading.Signal.Role != SignalRole.Process)
            {
                _ = _activity.Accept(reading);
            }

            return;
        }

        if (isKnown || (_heldBackFrom is null && watched.IsFault(reading)))
        {
            return;
        }

        SignalVerdict verdict = watched.Monitor.Observe(reading.EventTime, reading.Value, _activity.Context(reading.EventTime));
        if (_heldBackFrom is null)
        {
            _lessons?.Observe(watched.Place, reading.EventTime, verdict, watched.Monitor);
            _readings++;
            return;
        }

        _heldBack++;
        if (_rows?.PlaceOf(reading.Signal.Path.Signal) is >= 0 and var place
            && _rows.Observe(place, reading.EventTime, verdict.Kind, watched.Monitor.Deviation) == RowChange.Odd)
        {
            _rowAlarms++;
            Count(null, reading.EventTime);
        }

        if (verdict.Kind == VerdictKind.Normal && double.IsFinite(verdict.Expected))
        {
            watched.Judges = true;
        }

        if (verdict.IsAlarm && verdict.Kind == VerdictKind.Anomaly)
        {
            watched.Alarms++;
            Count(reading.Signal.Path.Signal, reading.EventTime);
        }
        else if (verdict.IsAlarm && verdict.Kind != VerdictKind.Spike)
        {
            _sensorFaults++;
        }
    }

    /// <summary>How the monitors did on what was held back.</summary>
    public TrainingMetrics Metrics()
    {
        JudgedSpan[] known = [.. _judged.Where(span => span.To >= _heldBackFrom && span.From <= _until)];
        return new TrainingMetrics
        {
            Signals = Signals,
            Judging = _pupils.Values.Count(pupil => pupil.Judges),
            TrainingReadings = _readings,
            HeldBackReadings = _heldBack,
            HeldBackDays = _heldBackFrom is { } from && _until > from ? (_until - from).TotalDays : 0,
            FalseAlarms = _falseAlarms,
            UnjudgedAlarms = _unjudged,
            TrueKnown = known.Count(span => span.Verdict == Judgement.True),
            TrueFound = _met.Count(span => span.Verdict == Judgement.True),
            FalseKnown = known.Count(span => span.Verdict is Judgement.False or Judgement.Duty),
            FalseRepeated = _met.Count(span => span.Verdict is Judgement.False or Judgement.Duty),
            SensorFaults = _sensorFaults,
            Rows = _rows is null ? null : new RowMetrics(_lessons?.Count ?? 0, _rows.Signals.Count, _rowAlarms, _rows.Errors.Drift, _rows.Errors.Distance),
            Drift = Median(pupil => pupil.Monitor.Errors.Drift),
            Distance = Median(pupil => pupil.Monitor.Errors.Distance),
            BySignal = [.. _pupils.Select(pupil => new SignalMetrics(
                pupil.Key.Path.Signal, pupil.Value.Alarms, pupil.Value.Monitor.Errors.Drift, pupil.Value.Monitor.Errors.Distance))],
        };
    }

    /// <summary>What was learned so far, for <see cref="MachineModel.Read"/>; nothing that is odd at the moment is kept.</summary>
    public byte[] Save()
    {
        foreach (Pupil pupil in _pupils.Values)
        {
            pupil.Monitor.Calm();
        }

        _rows?.Calm();
        return MachineModel.Write(_activity.Duty, [.. _pupils.Select(pupil => (pupil.Key, pupil.Value.Monitor))], _rows);
    }

    private void Count(string? signal, DateTime eventTime)
    {
        bool isTrue = false;
        bool isJudged = false;
        bool isUnjudged = false;
        foreach (JudgedSpan span in _judged)
        {
            if (!span.Covers(signal, eventTime))
            {
                continue;
            }

            _met.Add(span);
            isTrue |= span.Verdict == Judgement.True;
            isJudged |= span.Verdict is Judgement.False or Judgement.Duty;
            isUnjudged |= span.Verdict is null;
        }

        if (isUnjudged && !isTrue && !isJudged)
        {
            _unjudged++;
        }
        else if (!isTrue)
        {
            _falseAlarms++;
        }
    }

    private double? Median(Func<Pupil, double?> of)
    {
        double[] values = [.. _pupils.Values.Select(of).OfType<double>().Order()];
        return values.Length == 0 ? null : values[values.Length / 2];
    }

    private sealed class Pupil(int place, ISignalMonitor monitor, JudgedSpan[] faults)
    {
        /// <summary>Place in the rows learned from.</summary>
        public int Place => place;

        public ISignalMonitor Monitor => monitor;

        public bool Judges { get; set; }

        public int Alarms { get; set; }

        /// <summary>What was judged to be a fault is not learned.</summary>
        public bool IsFault(in Reading reading)
        {
            foreach (JudgedSpan fault in faults)
            {
                if (fault.Covers(reading.Signal.Path.Signal, reading.EventTime))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
