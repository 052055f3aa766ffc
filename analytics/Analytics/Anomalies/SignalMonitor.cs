using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches one analog signal: feed it every reading in order of event time with what the machine was doing, and it says what is
/// an anomaly, what is a fault of the sensor, and what was to be expected. Each context has a baseline of its own. Constant
/// memory, no allocation a reading once the baselines exist, the same answer for any unit or offset of the signal. Not thread-safe.
/// </summary>
public sealed class SignalMonitor : ISignalMonitor
{
    /// <summary>Kind and version of the detector, for what it found.</summary>
    public const string Version = "signal 5";

    private const long StateVersion = 4;

    private static readonly int MostMembers = Enum.GetValues<SignalDetector>().Length;

    private readonly SignalMonitorOptions _options;
    private readonly double _alarmScore;
    private readonly List<SignalBaseline> _baselines = [];
    private readonly SensorFaults _sensor;
    private readonly CadenceFilter _cadence;
    private readonly AlarmRest _anomalyRest;
    private readonly AlarmRest _faultRest;
    private SignalBaseline? _current;
    private long _readings;
    private long _judged;
    private DateTime _last;
    private DateTime _producingSince;
    private bool _producing;
    private Held? _held; // the newest reading, until the next one shows that it is no spike

    private readonly record struct Held(DateTime EventTime, double Value, bool OfFaultySensor);

    /// <param name="options">How to judge; null = the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SignalMonitor(SignalMonitorOptions? options = null)
    {
        _options = options ?? SignalMonitorOptions.Default;
        if (_options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _alarmScore = _options.ScoreOfWatching();
        _sensor = new SensorFaults(_options.FrozenReadings, _options.SpikeSpreads);
        _cadence = new CadenceFilter(_options.Cadence);
        _anomalyRest = new AlarmRest(_options.RestReadings);
        _faultRest = new AlarmRest(Math.Max(_options.RestReadings, _options.FrozenReadings));
    }

    /// <inheritdoc/>
    string ISignalMonitor.Detector => Version;

    /// <inheritdoc/>
    public double AlarmScore => _alarmScore + Lift;

    /// <summary>The detectors that watch.</summary>
    public IReadOnlyList<SignalDetector> Watching => _options.Watching;

    /// <inheritdoc/>
    public double Lift { get; set; }

    /// <inheritdoc/>
    /// <remarks>This monitor learns every reading anyway.</remarks>
    public void Accept()
    {
        _current?.Calm();
    }

    /// <inheritdoc/>
    public double Deviation { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public ErrorShape Errors { get; } = new();

    /// <inheritdoc/>
    public void Calm()
    {
        _cadence.Restart();
        _held = null;
        _anomalyRest.Clear();
        _faultRest.Clear();
        _baselines.ForEach(baseline => baseline.Calm());
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Detector, double Surprise)> Contributions() =>
        _current is null ? [] : [.. _current.Detectors.Zip(_current.Surprises)];

    /// <inheritdoc/>
    public SignalVerdict Observe(DateTime eventTime, double value, in SignalContext context)
    {
        Deviation = double.NaN;
        if (_readings > 0 && eventTime <= _last)
        {
            return SignalVerdict.WithoutBand(VerdictKind.OutOfOrder);
        }

        _last = eventTime;
        _readings++;
        if (!IsWatched(eventTime, context.Activity))
        {
            _cadence.Restart();
            return SignalVerdict.WithoutBand(VerdictKind.Excluded);
        }

        bool sameContext = _current is not null && _current.Context.SharesBaselineWith(context);
        if (!sameContext)
        {
            _cadence.Restart();
            _held = null;
        }

        SignalBaseline baseline = BaselineOf(context);
        double expected = baseline.Expect(eventTime);
        double half = _options.BandSpreads * baseline.Spread;
        SignalVerdict verdict = new(VerdictKind.Normal, false, 0, expected, expected - half, expected + half);
        VerdictKind sensor = _sensor.Observe(value, baseline.Spread, sameContext);
        if (sensor != VerdictKind.Normal)
        {
            // A single spike says nothing that anybody could act on.
            verdict = verdict with { Kind = sensor, IsAlarm = sensor != VerdictKind.Spike && _faultRest.Alarm(_readings) };
            if (sensor == VerdictKind.Missing)
            {
                return verdict;
            }
        }

        // What a faulty sensor shows is no news of the machine, nor its norm.
        bool faulty = sensor is VerdictKind.Frozen or VerdictKind.Dropout;
        if (!TryRelease(new Held(eventTime, value, faulty), wasSpike: sensor == VerdictKind.Spike, out Held reading)
            || reading.OfFaultySensor || !_cadence.TryAdd(reading.EventTime, reading.Value, out double mean))
        {
            return verdict;
        }

        _judged++;
        double usual = baseline.Expect(reading.EventTime);
        double score = baseline.Observe(reading.EventTime, mean);
        if (baseline.Count <= _options.LearningReadings)
        {
            return SignalVerdict.WithoutBand(VerdictKind.Learning);
        }

        verdict = verdict with { Score = score };
        if (faulty)
        {
            return verdict;
        }

        if (half > 0)
        {
            Deviation = (mean - usual) * _options.BandSpreads / half;
            if (score < AlarmScore)
            {
                Errors.Add(Deviation);
            }
        }

        return score < AlarmScore
            ? verdict
            : verdict with { Kind = VerdictKind.Anomaly, IsAlarm = _anomalyRest.Alarm(_judged) };
    }

    /// <summary>Gives the reading before, unless the newest shows that it was a spike; where spikes are not looked for, the newest itself.</summary>
    private bool TryRelease(Held newest, bool wasSpike, out Held reading)
    {
        if (double.IsPositiveInfinity(_options.SpikeSpreads))
        {
            reading = newest;
            return true;
        }

        reading = _held ?? default;
        bool released = _held is not null && !wasSpike;
        _held = newest;
        return released;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        state.Write(StateVersion);
        state.Write(_options.Watching.Count);
        foreach (SignalDetector detector in _options.Watching)
        {
            state.Write((long)detector);
        }

        state.Write(_readings);
        state.Write(_judged);
        state.Write(_last.Ticks);
        state.Write(_producing ? 1L : 0L);
        state.Write(_producingSince.Ticks);
        _anomalyRest.Save(state);
        _faultRest.Save(state);
        _sensor.Save(state);
        _cadence.Save(state);
        state.Write(_held is null ? 0L : 1L);
        Held held = _held ?? default;
        state.Write(held.EventTime.Ticks);
        state.Write(held.Value);
        state.Write(held.OfFaultySensor ? 1L : 0L);
        Errors.Save(state);
        state.Write(_current is null ? -1 : _baselines.IndexOf(_current));
        state.Write((long)_baselines.Count);
        foreach (SignalBaseline baseline in _baselines)
        {
            baseline.Save(state);
        }
    }

    /// <summary>A monitor that goes on where the saved one stood.</summary>
    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <param name="options">The options the saved monitor had; null = the defaults. Its detectors are those that were saved.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another version.</exception>
    public static SignalMonitor Restore(StateReader state, SignalMonitorOptions? options = null)
    {
        long version = state.ReadInt64();
        if (version != StateVersion)
        {
            throw new InvalidDataException($"the saved state has version {version}; this release reads {StateVersion}");
        }

        options ??= SignalMonitorOptions.Default;
        SignalDetector[] watching = new SignalDetector[state.ReadInt32(1, MostMembers)];
        for (int i = 0; i < watching.Length; i++)
        {
            watching[i] = (SignalDetector)state.ReadInt32(0, MostMembers - 1);
        }

        SignalMonitor monitor = new(watching.SequenceEqual(options.Watching) ? options : options with { Members = watching });
        monitor._readings = state.ReadInt64();
        monitor._judged = state.ReadInt64();
        monitor._last = state.ReadUtc();
        monitor._producing = state.ReadInt64() != 0;
        monitor._producingSince = state.ReadUtc();
        monitor._anomalyRest.Restore(state);
        monitor._faultRest.Restore(state);
        monitor._sensor.Restore(state);
        monitor._cadence.Restore(state);
        bool holds = state.ReadInt64() != 0;
        Held held = new(state.ReadUtc(), state.ReadDouble(), state.ReadInt64() != 0);
        monitor._held = holds ? held : null;
        monitor.Errors.Restore(state);
        int current = state.ReadInt32(-1, monitor._options.Baselines - 1);
        int count = state.ReadInt32(current + 1, monitor._options.Baselines);
        for (int i = 0; i < count; i++)
        {
            monitor._baselines.Add(SignalBaseline.Restore(state, monitor._options));
        }

        monitor._current = current < 0 ? null : monitor._baselines[current];
        return monitor;
    }

    private bool IsWatched(DateTime eventTime, Activity activity)
    {
        if (activity != Activity.Producing)
        {
            _producing = false;
            return false;
        }

        if (!_producing)
        {
            // The very first reading says nothing about when production began.
            _producingSince = _readings == 1 ? DateTime.MinValue : eventTime;
            _producing = true;
        }

        return eventTime - _producingSince >= _options.Settling;
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
}
