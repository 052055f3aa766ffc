namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches one signal of a machine whose duty is known. What its product, load, starts, stops and the time of day explain is
/// taken off (<see cref="MachineDuty"/>); what is left is held against its own usual size by cumulative sums (<see cref="ShiftSums"/>).
/// Learns only while nothing is wrong; a return to another level after a pause is taken for a repair. Constant memory, the
/// same answer for any unit or offset of the signal. Not thread-safe.
/// </summary>
public sealed class DutyMonitor : ISignalMonitor
{
    /// <summary>Kind and version of the detector, for what it found.</summary>
    public const string Version = "duty 3";

    private const long StateVersion = 4;

    /// <summary>How much guesswork counts: readings near each other err alike, so the model's own figure is too bold.</summary>
    private const double LeverageFactor = 20;

    private const double SlackPerDecade = 0.5;
    private const double LimitPerDecade = 2.0 / 7;

    /// <summary>A signal that seldom repeats itself is not heard while it does: its sensor may be frozen.</summary>
    private const double SeldomRepeats = 0.3;

    /// <summary>Shortest time without change that is called frozen.</summary>
    private static readonly TimeSpan ShortestFreeze = TimeSpan.FromMinutes(20);

    private readonly DutyMonitorOptions _options;
    private readonly SensorFaults _sensor;
    private readonly CadenceFilter _cadence;
    private readonly DutyModel _model = new();
    private readonly ShiftSums _sums;
    private readonly AfterPause _pause = new();
    private DateTime _last;
    private DateTime _lastJudged;
    private DateTime _changed;
    private DateTime _restUntil;
    private DateTime _faultRestUntil;
    private double _previous = double.NaN;
    private double _repeats = 0.5;
    private long _alarmedProduct;
    private bool _alarmed;
    private bool _told;
    private bool _accepted;

    /// <param name="options">How to judge; null = the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DutyMonitor(DutyMonitorOptions? options = null)
    {
        _options = options ?? DutyMonitorOptions.Default;
        if (_options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _sensor = new SensorFaults(_options.FrozenReadings, _options.SpikeErrors);
        _cadence = new CadenceFilter(_options.Cadence);
        _sums = new ShiftSums(_options.Slack, _options.Limit);
    }

    /// <inheritdoc/>
    string ISignalMonitor.Detector => Version;

    /// <inheritdoc/>
    /// <remarks>The score is the share of the limit that the strangest of the sums has reached.</remarks>
    public double AlarmScore => 1;

    /// <inheritdoc/>
    /// <remarks>A decade is half a usual error of slack and two sevenths of the limit.</remarks>
    public double Lift
    {
        get;
        set
        {
            field = value;
            _sums.Relax(SlackPerDecade * value, 1 + (LimitPerDecade * value));
        }
    }

    /// <summary>
    /// Whether only faults of the sensor are looked for: for signals whose every value is legitimate, such as the fill of a buffer. Not part
    /// of the saved state: the plant file says it.
    /// </summary>
    public bool OnlySensor { get; set; }

    /// <inheritdoc/>
    public void Accept() => _accepted = true;

    /// <inheritdoc/>
    public double Deviation { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public ErrorShape Errors { get; } = new();

    /// <inheritdoc/>
    public void Calm()
    {
        _sums.Clear();
        _pause.Clear();
        _cadence.Restart();
        _alarmed = _told = _accepted = false;
        _restUntil = _faultRestUntil = default;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Detector, double Surprise)> Contributions() =>
        [("above", _sums.Above), ("below", _sums.Below), ("unrest", _sums.Unrest)];

    /// <inheritdoc/>
    /// <remarks>A value beyond ± 10¹⁸ is <see cref="VerdictKind.Missing"/>, as one that is no number.</remarks>
    /// <exception cref="ArgumentException">The context says nothing of the machine's duty, or its duty knows fewer products than something was learned of.</exception>
    public SignalVerdict Observe(DateTime eventTime, double value, in SignalContext context)
    {
        Deviation = double.NaN;
        if (eventTime <= _last)
        {
            return SignalVerdict.WithoutBand(VerdictKind.OutOfOrder);
        }

        _last = eventTime;
        if (context.Activity != Activity.Producing)
        {
            _cadence.Restart();
            return SignalVerdict.WithoutBand(VerdictKind.Excluded);
        }

        MachineDuty duty = context.Duty ?? throw new ArgumentException("the duty of the machine is needed", nameof(context));
        duty.At(eventTime);
        VerdictKind sensor = SensorSays(eventTime, value);
        bool repeated = value == _previous && _repeats < SeldomRepeats;
        _previous = value;
        if (OnlySensor || sensor == VerdictKind.Missing)
        {
            return SignalVerdict.WithoutBand(sensor, TellFault(eventTime, sensor));
        }

        if (!_cadence.TryAdd(eventTime, value, out double mean))
        {
            return SignalVerdict.WithoutBand(sensor, TellFault(eventTime, sensor)) with { Score = _sums.Score };
        }

        double expected = _model.Expect(duty.Terms);
        double error = _model.Error * Math.Sqrt(1 + (LeverageFactor * _model.Leverage));
        double half = _options.BandErrors * error;
        SignalVerdict verdict = new(VerdictKind.Normal, false, _sums.Score, expected, expected - half, expected + half);
        if (sensor != VerdictKind.Normal || repeated)
        {
            // What a faulty sensor shows is no news of the machine.
            return verdict with { Kind = sensor, IsAlarm = TellFault(eventTime, sensor) };
        }

        if (_model.Count < _options.LearningReadings || !(error > 0))
        {
            _model.Learn(mean);
            _lastJudged = eventTime;
            return SignalVerdict.WithoutBand(VerdictKind.Learning);
        }

        double errors = (mean - expected) / error;
        Deviation = errors;
        if (!_alarmed)
        {
            Errors.Add(errors);
        }

        Judge(eventTime, errors, duty);
        if (!_alarmed && !_sums.InDoubt)
        {
            _model.Learn(mean);
        }

        // One anomaly is told once, however long it lasts.
        bool tell = _alarmed && !_told && eventTime >= _restUntil;
        _told |= tell;
        _restUntil = _alarmed ? eventTime + _options.Rest : _restUntil;
        _told &= _alarmed;
        return verdict with { Kind = _alarmed ? VerdictKind.Anomaly : VerdictKind.Normal, IsAlarm = tell, Score = _sums.Score };
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        state.Write(StateVersion);
        state.Write(_last.Ticks);
        state.Write(_lastJudged.Ticks);
        state.Write(_changed.Ticks);
        state.Write(_restUntil.Ticks);
        state.Write(_faultRestUntil.Ticks);
        state.Write(_previous);
        state.Write(_repeats);
        state.Write(_alarmedProduct);
        state.Write(_alarmed ? 1L : 0L);
        state.Write(_told ? 1L : 0L);
        state.Write(_accepted ? 1L : 0L);
        _sensor.Save(state);
        _cadence.Save(state);
        _model.Save(state);
        _sums.Save(state);
        _pause.Save(state);
        Errors.Save(state);
    }

    /// <summary>A monitor that goes on where the saved one stood.</summary>
    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <param name="options">The options the saved monitor had; null = the defaults.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another version.</exception>
    public static DutyMonitor Restore(StateReader state, DutyMonitorOptions? options = null)
    {
        DutyMonitor monitor = new(options);
        long version = state.ReadInt64();
        if (version != StateVersion)
        {
            throw new InvalidDataException($"the saved state has version {version}; this release reads {StateVersion}");
        }

        monitor._last = state.ReadUtc();
        monitor._lastJudged = state.ReadUtc();
        monitor._changed = state.ReadUtc();
        monitor._restUntil = state.ReadUtc();
        monitor._faultRestUntil = state.ReadUtc();
        monitor._previous = state.ReadDouble();
        monitor._repeats = state.ReadDouble();
        monitor._alarmedProduct = state.ReadInt32(0, MachineDuty.MostProducts - 1);
        monitor._alarmed = state.ReadInt64() != 0;
        monitor._told = state.ReadInt64() != 0;
        monitor._accepted = state.ReadInt64() != 0;
        monitor._sensor.Restore(state);
        monitor._cadence.Restore(state);
        monitor._model.Restore(state);
        monitor._sums.Restore(state);
        monitor._pause.Restore(state);
        monitor.Errors.Restore(state);
        return monitor;
    }

    private VerdictKind SensorSays(DateTime eventTime, double value)
    {
        if (value != _previous)
        {
            _changed = eventTime;
        }

        _repeats += 0.01 * ((value == _previous ? 1 : 0) - _repeats);
        VerdictKind sensor = _sensor.Observe(value, _model.Error, sameContext: true);
        return sensor == VerdictKind.Frozen && eventTime - _changed < ShortestFreeze ? VerdictKind.Normal : sensor;
    }

    private bool TellFault(DateTime eventTime, VerdictKind sensor)
    {
        if (sensor is VerdictKind.Normal or VerdictKind.Spike)
        {
            // A single spike says nothing that anybody could act on.
            return false;
        }

        bool tell = eventTime >= _faultRestUntil;
        _faultRestUntil = eventTime + _options.Rest;
        return tell;
    }

    private void Judge(DateTime eventTime, double errors, MachineDuty duty)
    {
        if (_alarmed && duty.PauseEnded > _lastJudged)
        {
            _pause.Begin(_sums.Lately);
        }

        _lastJudged = eventTime;
        if (_accepted)
        {
            _accepted = false;
            StartAnew(duty);
            return;
        }

        switch (_pause.Take(errors))
        {
            case PauseOutcome.Waiting:
                return;
            case PauseOutcome.Changed:
                StartAnew(duty);
                return;
            case PauseOutcome.Normal:
                if (_alarmedProduct != duty.Product)
                {
                    // It was odd with one product only, and that has been told: this is how that product runs now.
                    _model.ForgetLevel(duty.Levels[1 + (int)_alarmedProduct]);
                }

                _sums.Clear();
                _alarmed = false;
                return;
            default:
                break;
        }

        _sums.Add(eventTime, errors);
        if (_sums.IsStale)
        {
            // The new level has lasted and is steady: it is how the machine works now, and everybody has been told.
            StartAnew(duty);
            return;
        }

        _alarmed = _sums.Score >= 1 || (_alarmed && _sums.Score > 0.25);
        _alarmedProduct = _alarmed ? duty.Product : 0;
    }

    private void StartAnew(MachineDuty duty)
    {
        _model.Forget(duty.Levels);
        _sums.Clear();
        _alarmed = false;
    }
}
