namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches one analog signal: feed it every reading in order of event time with what the machine was doing, and it says what is
/// an anomaly, what is a fault of the sensor, and what was to be expected. Each context has a baseline of its own. Constant
/// memory, no allocation a reading once the baselines exist, the same answer for any unit or offset of the signal. Not thread-safe.
/// </summary>
public sealed class SignalMonitor
{
    private const long StateVersion = 1;

    private readonly SignalMonitorOptions _options;
    private readonly List<SignalBaseline> _baselines = [];
    private readonly SensorFaults _sensor;
    private SignalBaseline? _current;
    private long _readings;
    private DateTime _last;
    private DateTime _producingSince;
    private bool _producing;
    private long _anomalyRestReading;
    private DateTime _anomalyRestUntil;
    private long _faultRestReading;
    private DateTime _faultRestUntil;

    /// <param name="options">How to judge; null = the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SignalMonitor(SignalMonitorOptions? options = null)
    {
        _options = options ?? new SignalMonitorOptions();
        if (_options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _sensor = new SensorFaults(_options.FrozenReadings, _options.SpikeSpreads);
    }

    /// <summary>Judges a reading, then learns it.</summary>
    /// <param name="eventTime">When it happened at the machine, UTC. Not later than the one before: <see cref="VerdictKind.OutOfOrder"/>.</param>
    /// <param name="value">The value in any unit; NaN where there was none.</param>
    /// <param name="context">What the machine was doing.</param>
    public SignalVerdict Observe(DateTime eventTime, double value, in SignalContext context)
    {
        if (_readings > 0 && eventTime <= _last)
        {
            return SignalVerdict.WithoutBand(VerdictKind.OutOfOrder);
        }

        _last = eventTime;
        _readings++;
        if (context.Activity != Activity.Producing)
        {
            _producing = false;
            return SignalVerdict.WithoutBand(VerdictKind.Excluded);
        }

        if (!_producing)
        {
            // The very first reading says nothing about when production began.
            _producingSince = _readings == 1 ? eventTime - _options.Settling : eventTime;
            _producing = true;
        }

        if (eventTime - _producingSince < _options.Settling)
        {
            return SignalVerdict.WithoutBand(VerdictKind.Excluded);
        }

        bool sameContext = _current is not null && _current.Context.SharesBaselineWith(context);
        SignalBaseline baseline = BaselineOf(context);
        VerdictKind sensor = _sensor.Observe(value, baseline.Spread, sameContext);
        if (sensor is VerdictKind.Missing or VerdictKind.Frozen or VerdictKind.Dropout)
        {
            return WithBand(baseline, sensor, FaultAlarm(eventTime), 0);
        }

        (double expected, double spread) = baseline.Forecast;
        double score = baseline.Observe(eventTime, value, learnTail: Rested(eventTime));
        if (!double.IsNaN(baseline.Daily.Expected) && baseline.Daily.Spread > 0 && baseline.Daily.Spread < spread)
        {
            (expected, spread) = (baseline.Daily.Expected, baseline.Daily.Spread);
        }

        if (baseline.Count <= _options.LearningReadings)
        {
            return SignalVerdict.WithoutBand(VerdictKind.Learning);
        }

        VerdictKind kind = baseline.Lasting >= _options.AlarmScore ? VerdictKind.Anomaly : sensor;
        bool alarm = kind switch
        {
            VerdictKind.Anomaly => AnomalyAlarm(eventTime),
            VerdictKind.Spike => FaultAlarm(eventTime),
            _ => false,
        };
        double half = _options.BandSpreads * spread;
        return new SignalVerdict(kind, alarm, score, expected, expected - half, expected + half);
    }

    /// <summary>Writes everything needed to go on elsewhere with the same answers, bit by bit.</summary>
    public void Save(StateWriter state)
    {
        state.Write(StateVersion);
        state.Write(_readings);
        state.Write(_last.Ticks);
        state.Write(_producing ? 1L : 0L);
        state.Write(_producingSince.Ticks);
        state.Write(_anomalyRestReading);
        state.Write(_anomalyRestUntil.Ticks);
        state.Write(_faultRestReading);
        state.Write(_faultRestUntil.Ticks);
        _sensor.Save(state);
        state.Write((long)_baselines.Count);
        foreach (SignalBaseline baseline in _baselines)
        {
            baseline.Save(state);
        }
    }

    /// <summary>A monitor that goes on where the saved one stood.</summary>
    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <param name="options">The options the saved monitor had; null = the defaults.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another version.</exception>
    public static SignalMonitor Restore(StateReader state, SignalMonitorOptions? options = null)
    {
        SignalMonitor monitor = new(options);
        long version = state.ReadInt64();
        if (version != StateVersion)
        {
            throw new InvalidDataException($"the saved state has version {version}; this release reads {StateVersion}");
        }

        monitor._readings = state.ReadInt64();
        monitor._last = state.ReadUtc();
        monitor._producing = state.ReadInt64() != 0;
        monitor._producingSince = state.ReadUtc();
        monitor._anomalyRestReading = state.ReadInt64();
        monitor._anomalyRestUntil = state.ReadUtc();
        monitor._faultRestReading = state.ReadInt64();
        monitor._faultRestUntil = state.ReadUtc();
        monitor._sensor.Restore(state);
        int count = state.ReadInt32(0, monitor._options.Baselines);
        for (int i = 0; i < count; i++)
        {
            monitor._baselines.Add(SignalBaseline.Restore(state, monitor._options));
        }

        return monitor;
    }

    private SignalVerdict WithBand(SignalBaseline baseline, VerdictKind kind, bool alarm, double score)
    {
        (double expected, double spread) = baseline.Forecast;
        double half = _options.BandSpreads * spread;
        return new SignalVerdict(kind, alarm, score, expected, expected - half, expected + half);
    }

    private SignalBaseline BaselineOf(in SignalContext context)
    {
        if (_current is null || !_current.Context.SharesBaselineWith(context))
        {
            _current = null;
            foreach (SignalBaseline baseline in _baselines)
            {
                if (baseline.Context.SharesBaselineWith(context))
                {
                    _current = baseline;
                    break;
                }
            }
        }

        if (_current is null)
        {
            if (_baselines.Count == _options.Baselines)
            {
                _ = _baselines.Remove(_baselines.MinBy(baseline => baseline.LastUsed)!);
            }

            _current = new SignalBaseline(context, _options);
            _baselines.Add(_current);
        }

        _current.LastUsed = _readings;
        return _current;
    }

    private bool Rested(DateTime eventTime) => _readings >= _anomalyRestReading && eventTime >= _anomalyRestUntil;

    private bool AnomalyAlarm(DateTime eventTime)
    {
        // Every anomalous reading prolongs the rest: one alarm an anomaly, however long it lasts.
        bool rested = Rested(eventTime);
        _anomalyRestReading = _readings + _options.RestReadings;
        _anomalyRestUntil = eventTime + _options.Rest;
        return rested;
    }

    private bool FaultAlarm(DateTime eventTime)
    {
        bool rested = _readings >= _faultRestReading && eventTime >= _faultRestUntil;
        _faultRestReading = _readings + _options.RestReadings;
        _faultRestUntil = eventTime + _options.Rest;
        return rested;
    }
}
