namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Level and spread of a stream with exponential forgetting. What lies more than three spreads away moves neither further than
/// a value three spreads away would (Huber's ψ, Robust Statistics, 1981, §1.1), so that a fault is learned slowly and an outlier not at all.
/// The first values, which must be free to find the spread, are free to thirty spreads; which of the first three is wild, the other two say.
/// </summary>
/// <param name="readings">Memory: the weight of a reading falls to 1/e after so many; until then the plain mean is kept. At least 2.</param>
internal sealed class RobustLevel(double readings)
{
    private const double ClipSpreads = 3;
    private const double WildSpreads = 30;
    private const int FirstValues = 16;

    // Mean absolute deviation of a normal variable in standard deviations: √(2/π).
    private const double DeviationOfNormal = 0.797884560802865;

    private double _deviation;

    /// <summary>Number of values learned.</summary>
    public long Count { get; private set; }

    /// <summary>Level; NaN before the first value.</summary>
    public double Level { get; private set; } = double.NaN;

    /// <summary>Spread, about one standard deviation of normal data; 0 for a constant.</summary>
    public double Spread => _deviation / DeviationOfNormal;

    /// <summary>Learns a value.</summary>
    /// <param name="value">Of a size that sensors measure (<see cref="SensorFaults.Largest"/>).</param>
    public void Add(double value)
    {
        if (Count == 2 && LeavesOutOf3(value))
        {
            return;
        }

        Count++;
        if (Count == 1)
        {
            Level = value;
            return;
        }

        double gain = Math.Max(1 / readings, 1.0 / Count);
        double step = value - Level;
        if (Count > 3 && _deviation > 0)
        {
            double limit = (Count > FirstValues ? ClipSpreads : WildSpreads) * Spread;
            step = Math.Clamp(step, -limit, limit);
        }

        Level += gain * step;
        _deviation += Math.Max(1 / readings, 1.0 / (Count - 1)) * (Math.Abs(step) - _deviation);
    }

    public void Save(StateWriter state)
    {
        state.Write(Count);
        state.Write(Level);
        state.Write(_deviation);
    }

    public void Restore(StateReader state)
    {
        Count = state.ReadInt64();
        Level = state.ReadDouble();
        _deviation = state.ReadDouble();
    }

    /// <summary>Leaves out the one of the first three values that lies thirty times as far from the other two as they from each other.</summary>
    private bool LeavesOutOf3(double third)
    {
        // Of two values the level is the mean and the deviation the distance.
        double toLevel = Math.Abs(third - Level);
        double toNearer = Math.Abs(toLevel - (_deviation / 2));
        bool isThird = toLevel > WildSpreads * _deviation;
        bool isEarlier = WildSpreads * toNearer < _deviation;
        if (!isThird && !isEarlier)
        {
            return false;
        }

        if (isEarlier)
        {
            // The one it agrees with is known but roughly, beside a wild one: the spread waits for the next.
            Level = third;
            _deviation = 0;
        }

        Count++; // seen, though not all learned: two equal ones must not keep others out
        return true;
    }
}
