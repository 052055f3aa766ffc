namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Holds a sensor against a second one that measures the same quantity. What happens to the machine happens to both; where they
/// drift apart, or one becomes noisier than it was, it is the sensor. One for each of the two; it tells of its own sensor only.
/// Constant memory, the same answer for any unit or offset. Not thread-safe.
/// </summary>
public sealed class TwinSensors
{
    private const double MemoryReadings = 2000;
    private const double LatelyReadings = 30; // of the sensor's own error and steps, which say whose fault it is
    private const double StepReadings = 8;    // of the difference's steps, which are to tell soon
    private const int LoudReadings = 15;      // so long the difference must be noisy before one of the two is blamed
    private const int ReadingsBeforeJudging = 200;
    private const double Slack = 1.5;         // of the difference, in its usual spreads
    private const double Limit = 15;
    private const double Clip = 6;
    private const double NoisyFactor = 3;     // times the usual step of the difference from reading to reading
    private const double NoisierThanTwin = 1.2;

    /// <summary>A value of the twin that is older says nothing of this moment.</summary>
    private static readonly TimeSpan Freshest = TimeSpan.FromMinutes(2);

    private readonly RobustLevel _difference = new(MemoryReadings);
    private readonly RobustLevel _differenceStep = new(MemoryReadings);
    private readonly RobustLevel _step = new(MemoryReadings);
    private double _lastDifference = double.NaN;
    private double _differenceStepLately;
    private long _loud;
    private double _above;
    private double _below;
    private double _stepLately;
    private double _error;
    private double _value = double.NaN;
    private DateTime _eventTime;

    /// <summary>How far the sensor lies off what was expected of it of late, in its unit.</summary>
    private double Off => Math.Abs(_error);

    /// <summary>The step from reading to reading of late, as a multiple of its usual one; 1 while too little is known.</summary>
    private double StepGrowth => _step.Count >= ReadingsBeforeJudging && _step.Level > 0 ? _stepLately / _step.Level : 1;

    /// <summary>Judges a reading of the sensor, then learns it.</summary>
    /// <param name="eventTime">When it happened, UTC; rising.</param>
    /// <param name="value">A finite value.</param>
    /// <param name="expected">What the sensor's monitor expected; NaN where it cannot say.</param>
    /// <param name="twin">The other sensor's.</param>
    /// <returns><see cref="VerdictKind.Drift"/>, <see cref="VerdictKind.Noise"/> or <see cref="VerdictKind.Normal"/>.</returns>
    public VerdictKind Observe(DateTime eventTime, double value, double expected, TwinSensors twin)
    {
        double step = Math.Abs(value - _value);
        _value = value;
        _eventTime = eventTime;
        bool hasStep = double.IsFinite(step);
        if (hasStep)
        {
            _stepLately += (step - _stepLately) / LatelyReadings;
        }

        if (double.IsFinite(expected))
        {
            _error += (value - expected - _error) / LatelyReadings;
        }

        if (double.IsNaN(twin._value) || eventTime - twin._eventTime > Freshest)
        {
            return VerdictKind.Normal;
        }

        double difference = value - twin._value;
        double differenceStep = Math.Abs(difference - _lastDifference);
        hasStep &= double.IsFinite(differenceStep);
        _lastDifference = difference;
        if (hasStep)
        {
            _differenceStepLately += (differenceStep - _differenceStepLately) / StepReadings;
        }

        bool isLoud = _differenceStep.Count >= ReadingsBeforeJudging && _differenceStepLately > NoisyFactor * _differenceStep.Level;
        _loud = isLoud ? Math.Min(_loud + 1, LoudReadings) : 0;
        bool isNoisy = _loud == LoudReadings && StepGrowth > NoisierThanTwin * twin.StepGrowth;
        bool isApart = !isLoud && Compare(difference);

        // Neither the noise nor the distance of a faulty sensor is learned.
        if (isLoud)
        {
            _above = _below = 0;
        }
        else if (hasStep)
        {
            _step.Add(step);
            _differenceStep.Add(differenceStep);
        }

        return isNoisy ? VerdictKind.Noise : isApart && Off > twin.Off ? VerdictKind.Drift : VerdictKind.Normal;
    }

    /// <summary>The machine stands or begins anew: the next step is none of the sensor's.</summary>
    public void Restart() => _value = _lastDifference = double.NaN;

    /// <summary>Writes the state.</summary>
    public void Save(StateWriter state)
    {
        _difference.Save(state);
        _differenceStep.Save(state);
        _step.Save(state);
        state.Write(_lastDifference);
        state.Write(_differenceStepLately);
        state.Write(_loud);
        state.Write(_above);
        state.Write(_below);
        state.Write(_stepLately);
        state.Write(_error);
        state.Write(_value);
        state.Write(_eventTime.Ticks);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn.</exception>
    public void Restore(StateReader state)
    {
        _difference.Restore(state);
        _differenceStep.Restore(state);
        _step.Restore(state);
        _lastDifference = state.ReadDouble();
        _differenceStepLately = state.ReadDouble();
        _loud = state.ReadInt32(0, LoudReadings);
        _above = state.ReadDouble();
        _below = state.ReadDouble();
        _stepLately = state.ReadDouble();
        _error = state.ReadDouble();
        _value = state.ReadDouble();
        _eventTime = state.ReadUtc();
    }

    /// <summary>Whether the two have moved apart: cumulative sums of the difference beyond a slack (Page, Biometrika 41, 1954).</summary>
    private bool Compare(double difference)
    {
        if (_difference.Count < ReadingsBeforeJudging || !(_difference.Spread > 0))
        {
            _difference.Add(difference);
            return false;
        }

        double spreads = Math.Clamp((difference - _difference.Level) / _difference.Spread, -Clip, Clip);
        _above = Math.Clamp(_above + spreads - Slack, 0, 2 * Limit);
        _below = Math.Clamp(_below - spreads - Slack, 0, 2 * Limit);
        double score = Math.Max(_above, _below) / Limit;
        if (score < 0.5)
        {
            _difference.Add(difference);
        }

        return score >= 1;
    }
}
