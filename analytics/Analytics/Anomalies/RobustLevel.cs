namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Level and spread of a stream with exponential forgetting. What lies more than three spreads away moves neither further than
/// a value three spreads away would (Huber's ψ, Robust Statistics, 1981, §1.1), so that a fault is learned slowly and an outlier not at all.
/// </summary>
/// <param name="readings">Memory: the weight of a reading falls to 1/e after so many; until then the plain mean is kept. At least 2.</param>
internal sealed class RobustLevel(double readings)
{
    private const double ClipSpreads = 3;

    // Mean absolute deviation of a normal variable in standard deviations: √(2/π).
    private const double DeviationOfNormal = 0.797884560802865;

    private double _deviation;

    /// <summary>Number of values learned.</summary>
    public long Count { get; private set; }

    /// <summary>Level; NaN before the first value.</summary>
    public double Level { get; private set; } = double.NaN;

    /// <summary>Spread, about one standard deviation of normal data; 0 for a constant.</summary>
    public double Spread => _deviation / DeviationOfNormal;

    /// <summary>Learns a finite value.</summary>
    public void Add(double value)
    {
        Count++;
        if (Count == 1)
        {
            Level = value;
            return;
        }

        double gain = Math.Max(1 / readings, 1.0 / Count);
        double step = value - Level;
        // The first values must be free to find the spread.
        if (Count > 16 && _deviation > 0)
        {
            double limit = ClipSpreads * Spread;
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
}
