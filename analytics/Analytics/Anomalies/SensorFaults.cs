namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Tells faults of the sensor from faults of the machine: no value, a frozen value, a fall to the resting value, a lone spike.
/// What is usual for the signal is learned: a signal that often repeats itself or often reads 0 is judged by that.
/// </summary>
/// <param name="fewestRepeats">Fewest equal readings in a row that are called frozen.</param>
/// <param name="spikeSpreads">Jump there and back from which a lone reading is a spike, in usual spreads; infinite = figures that no sensor measures: a lone one is no spike, and 0 no dropout.</param>
internal sealed class SensorFaults(int fewestRepeats, double spikeSpreads)
{
    /// <summary>Largest size of a value; beyond, no sensor measures: a register that was not filled. Squares of as large ones fit a float, 32 of them added up, too.</summary>
    public const double Largest = 1e18;

    private const int ReadingsBeforeJudging = 100;
    private const int RunsAllowed = 4; // as many times as long as the longest run before
    private const double DropoutSpreads = 10;
    private const double StepMemory = 2000;

    private readonly RobustLevel _steps = new(StepMemory);

    private long _count;
    private long _run = 1;
    private long _longestRun = 1;
    private long _zeros;
    private double _previous = double.NaN;
    private double _beforePrevious = double.NaN;

    /// <summary>Judges a reading, then learns it.</summary>
    /// <param name="value">The value; NaN, infinities and what lies beyond ± 10¹⁸ are <see cref="VerdictKind.Missing"/>.</param>
    /// <param name="spread">Usual spread of the signal about what is expected; NaN or 0 = not known. The readings' own noise, where it is larger, counts instead.</param>
    /// <param name="sameContext">False where the line has just turned to another product, programme or speed: a jump is no fault then.</param>
    /// <returns>The data fault, or <see cref="VerdictKind.Normal"/>.</returns>
    public VerdictKind Observe(double value, double spread, bool sameContext)
    {
        if (!sameContext)
        {
            _beforePrevious = _previous = double.NaN;
        }

        if (!IsValue(value))
        {
            return VerdictKind.Missing;
        }

        // Steps of plain noise spread √2 times as wide as the noise.
        VerdictKind kind = Judge(value, spread > 0 ? Math.Max(spread, _steps.Spread / Math.Sqrt(2)) : spread);
        if (!double.IsNaN(_previous))
        {
            _steps.Add(value - _previous);
        }

        _count++;
        if (value == _previous)
        {
            _run++;
        }
        else
        {
            // A freeze that ended must not become the measure of the next one.
            if (kind != VerdictKind.Frozen && _run < Limit)
            {
                _longestRun = Math.Max(_longestRun, _run);
            }

            _run = 1;
        }

        if (value == 0)
        {
            _zeros++;
        }

        _beforePrevious = _previous;
        _previous = value;
        return kind;
    }

    public void Save(StateWriter state)
    {
        state.Write(_count);
        state.Write(_run);
        state.Write(_longestRun);
        state.Write(_zeros);
        state.Write(_previous);
        state.Write(_beforePrevious);
        _steps.Save(state);
    }

    public void Restore(StateReader state)
    {
        _count = state.ReadInt64();
        _run = state.ReadInt64();
        _longestRun = state.ReadInt64();
        _zeros = state.ReadInt64();
        _previous = state.ReadDouble();
        _beforePrevious = state.ReadDouble();
        _steps.Restore(state);
    }

    /// <summary>Whether a value is one: a number of a size that a sensor can measure.</summary>
    public static bool IsValue(double value) => Math.Abs(value) <= Largest;

    private long Limit => Math.Max(fewestRepeats, RunsAllowed * _longestRun);

    private VerdictKind Judge(double value, double spread)
    {
        if (_count < ReadingsBeforeJudging)
        {
            return VerdictKind.Normal;
        }

        bool rests = value == 0 && !double.IsPositiveInfinity(spikeSpreads);
        if (rests && _zeros == 0 && spread > 0 && Math.Abs(_previous) > DropoutSpreads * spread)
        {
            return VerdictKind.Dropout;
        }

        if (value == _previous)
        {
            return rests && _zeros > 0 && _zeros == _run ? VerdictKind.Dropout
                : _run + 1 > Limit ? VerdictKind.Frozen
                : VerdictKind.Normal;
        }

        double out1 = _previous - _beforePrevious;
        double back = _previous - value;
        return spread > 0
            && out1 * back > 0
            && Math.Min(Math.Abs(out1), Math.Abs(back)) > spikeSpreads * spread
            && Math.Abs(value - _beforePrevious) < spikeSpreads * spread / 2
            ? VerdictKind.Spike
            : VerdictKind.Normal;
    }
}
