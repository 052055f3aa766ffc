namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Tells faults of the sensor from faults of the machine: no value, a frozen value, a fall to the resting value, a lone spike.
/// What is usual for the signal is learned: a signal that often repeats itself or often reads 0 is judged by that.
/// </summary>
internal sealed class SensorFaults(int fewestRepeats, double spikeSpreads)
{
    private const int ReadingsBeforeJudging = 100;
    private const int RunsAllowed = 4; // as many times as long as the longest run before

    private long _count;
    private long _run = 1;
    private long _longestRun = 1;
    private long _zeros;
    private double _previous = double.NaN;
    private double _beforePrevious = double.NaN;

    /// <summary>Judges a reading, then learns it.</summary>
    /// <param name="value">The value; NaN and infinities are <see cref="VerdictKind.Missing"/>.</param>
    /// <param name="spread">Usual spread of the signal; NaN or 0 = not known.</param>
    /// <param name="sameContext">False where the line has just turned to another product, programme or speed: a jump is no fault then.</param>
    /// <returns>The data fault, or <see cref="VerdictKind.Normal"/>.</returns>
    public VerdictKind Observe(double value, double spread, bool sameContext)
    {
        if (!sameContext)
        {
            _beforePrevious = _previous = double.NaN;
        }

        if (!double.IsFinite(value))
        {
            return VerdictKind.Missing;
        }

        VerdictKind kind = Judge(value, spread);
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
    }

    public void Restore(StateReader state)
    {
        _count = state.ReadInt64();
        _run = state.ReadInt64();
        _longestRun = state.ReadInt64();
        _zeros = state.ReadInt64();
        _previous = state.ReadDouble();
        _beforePrevious = state.ReadDouble();
    }

    private long Limit => Math.Max(fewestRepeats, RunsAllowed * _longestRun);

    private VerdictKind Judge(double value, double spread)
    {
        if (_count < ReadingsBeforeJudging)
        {
            return VerdictKind.Normal;
        }

        if (value == 0 && _zeros == 0 && spread > 0 && Math.Abs(_previous) > spikeSpreads * spread)
        {
            return VerdictKind.Dropout;
        }

        if (value == _previous)
        {
            return value == 0 && _zeros > 0 && _zeros == _run ? VerdictKind.Dropout
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
