namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Holds two sensors of the same quantity against each other. What happens to the machine happens to both; where they drift apart,
/// or one becomes noisier than it was, it is a sensor. Constant memory, the same answer for any unit or offset. Not thread-safe.
/// </summary>
public sealed class TwinSensors
{
    /// <summary>Kind and version of the detector, for what it found.</summary>
    public const string Version = "twins 1";

    private const double MemoryReadings = 2000;
    private const double ErrorReadings = 60;       // of a sensor's own error, which says whose fault a drift is
    private const double OwnStepReadings = 30;     // of a sensor's own step, which says whose fault noise is
    private const double StepReadings = 8;         // of the difference's step, which is to tell soon
    private const int ReadingsBeforeJudging = 200;
    private const int LoudReadings = 15;           // so long the difference must be noisy before one of the two is blamed
    private const double NoisyFactor = 3;          // times the usual step of the difference
    private const double NoisierThanTwin = 1.2;
    private const int BlockReadings = 10;          // of the mean difference that is held against the usual one
    private const double MemoryBlocks = 200;
    private const double BlocksBeforeJudging = 20;
    private const double Slack = 1.5;              // usual spreads of a block
    private const double Limit = 15;
    private const double Clip = 6;
    private const double FurtherOffThanTwin = 1.5;
    private const int Nobody = -1;

    /// <summary>Two readings further apart in time say nothing of each other.</summary>
    private static readonly TimeSpan Freshest = TimeSpan.FromMinutes(2);

    private readonly Side[] _sides = [new(), new()];
    private readonly RobustLevel _step = new(MemoryReadings);
    private readonly RobustLevel _difference = new(MemoryBlocks);
    private double _stepLately;
    private double _last = double.NaN;
    private int _blamed = Nobody;
    private long _loud;
    private double _block;
    private long _inBlock;
    private double _apart;
    private double _above;
    private double _below;

    /// <summary>Judges a reading of one of the two, then learns it.</summary>
    /// <param name="sensor">Which, 0 or 1.</param>
    /// <param name="eventTime">When it happened, UTC; rising.</param>
    /// <param name="value">A finite value.</param>
    /// <param name="expected">What the sensor's own monitor expected; NaN where it cannot say.</param>
    /// <returns><see cref="VerdictKind.Drift"/> or <see cref="VerdictKind.Noise"/> of this sensor, else <see cref="VerdictKind.Normal"/>.</returns>
    public VerdictKind Observe(int sensor, DateTime eventTime, double value, double expected)
    {
        Side own = _sides[sensor];
        Side twin = _sides[1 - sensor];
        own.Take(eventTime, value, expected, learn: _loud == 0);
        if (twin.IsNew && eventTime - twin.EventTime <= Freshest)
        {
            own.IsNew = twin.IsNew = false;
            Compare(_sides[0].Value - _sides[1].Value);
        }

        if (_loud == LoudReadings && own.StepGrowth > NoisierThanTwin * twin.StepGrowth)
        {
            return VerdictKind.Noise;
        }

        // The sensor at fault misses what is expected of it by about as much as the two have moved apart; once blamed, it stays so until they are together again.
        bool isFurther = own.Off > FurtherOffThanTwin * twin.Off && own.Off > Math.Abs(_apart) / 2;
        double score = Math.Max(_above, _below);
        _blamed = score < Limit / 2 ? Nobody : _blamed == Nobody && score >= Limit && isFurther ? sensor : _blamed;
        return _blamed == sensor ? VerdictKind.Drift : VerdictKind.Normal;
    }

    /// <summary>The machine stands, or one sensor gives no value: the next step is none of the sensor's.</summary>
    public void Restart(int sensor)
    {
        _sides[sensor].Restart();
        _last = double.NaN;
    }

    /// <summary>Writes the state.</summary>
    public void Save(StateWriter state)
    {
        Array.ForEach(_sides, side => side.Save(state));
        _step.Save(state);
        _difference.Save(state);
        state.Write(_stepLately);
        state.Write(_last);
        state.Write(_blamed);
        state.Write(_loud);
        state.Write(_block);
        state.Write(_inBlock);
        state.Write(_apart);
        state.Write(_above);
        state.Write(_below);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn.</exception>
    public void Restore(StateReader state)
    {
        Array.ForEach(_sides, side => side.Restore(state));
        _step.Restore(state);
        _difference.Restore(state);
        _stepLately = state.ReadDouble();
        _last = state.ReadDouble();
        _blamed = state.ReadInt32(Nobody, 1);
        _loud = state.ReadInt32(0, LoudReadings);
        _block = state.ReadDouble();
        _inBlock = state.ReadInt32(0, BlockReadings - 1);
        _apart = state.ReadDouble();
        _above = state.ReadDouble();
        _below = state.ReadDouble();
    }

    /// <summary>Neither the noise nor the distance of a faulty sensor is learned.</summary>
    private void Compare(double difference)
    {
        double step = Math.Abs(difference - _last);
        _last = difference;
        if (double.IsFinite(step))
        {
            _stepLately += (step - _stepLately) / StepReadings;
        }

        if (_step.Count >= ReadingsBeforeJudging && _stepLately > NoisyFactor * _step.Level)
        {
            _loud = Math.Min(_loud + 1, LoudReadings);
            _above = _below = _block = 0;
            _inBlock = 0;
            return;
        }

        _loud = 0;
        if (double.IsFinite(step))
        {
            _step.Add(step);
        }

        _block += difference;
        if (++_inBlock == BlockReadings)
        {
            Judge(_block / BlockReadings);
            _block = 0;
            _inBlock = 0;
        }
    }

    /// <summary>Cumulative sums of the mean difference beyond a slack (Page, Biometrika 41, 1954).</summary>
    private void Judge(double difference)
    {
        if (_difference.Count < BlocksBeforeJudging || !(_difference.Spread > 0))
        {
            _difference.Add(difference);
            return;
        }

        _apart = difference - _difference.Level;
        double spreads = Math.Clamp(_apart / _difference.Spread, -Clip, Clip);
        _above = Math.Clamp(_above + spreads - Slack, 0, 2 * Limit);
        _below = Math.Clamp(_below - spreads - Slack, 0, 2 * Limit);
        if (Math.Max(_above, _below) < Limit / 2)
        {
            _difference.Add(difference);
        }
    }

    /// <summary>One of the two.</summary>
    private sealed class Side
    {
        private readonly RobustLevel _step = new(MemoryReadings);
        private double _stepLately;
        private double _error;

        public double Value { get; private set; } = double.NaN;

        public DateTime EventTime { get; private set; }

        /// <summary>Whether its value was not compared with the other's yet.</summary>
        public bool IsNew { get; set; }

        /// <summary>How far it lies off what was expected of it of late.</summary>
        public double Off => Math.Abs(_error);

        /// <summary>Its step from reading to reading of late, as a multiple of its usual one; 1 while too little is known.</summary>
        public double StepGrowth => _step.Count >= ReadingsBeforeJudging && _step.Level > 0 ? _stepLately / _step.Level : 1;

        public void Take(DateTime eventTime, double value, double expected, bool learn)
        {
            double step = Math.Abs(value - Value);
            (Value, EventTime, IsNew) = (value, eventTime, true);
            if (double.IsFinite(step))
            {
                _stepLately += (step - _stepLately) / OwnStepReadings;
                if (learn)
                {
                    _step.Add(step);
                }
            }

            if (double.IsFinite(expected))
            {
                _error += (value - expected - _error) / ErrorReadings;
            }
        }

        public void Restart()
        {
            Value = double.NaN;
            IsNew = false;
        }

        public void Save(StateWriter state)
        {
            _step.Save(state);
            state.Write(_stepLately);
            state.Write(_error);
            state.Write(Value);
            state.Write(EventTime.Ticks);
            state.Write(IsNew ? 1L : 0L);
        }

        public void Restore(StateReader state)
        {
            _step.Restore(state);
            _stepLately = state.ReadDouble();
            _error = state.ReadDouble();
            Value = state.ReadDouble();
            EventTime = state.ReadUtc();
            IsNew = state.ReadInt64() != 0;
        }
    }
}
