namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// How far the mean of the last values lies beyond everything seen in the last 50,000 to 100,000, as a share of the range seen.
/// The range is that of two epochs, the one that runs and the one before, so that what happened once long ago is not normal
/// for ever, and yet the bounds never creep inwards reading by reading.
/// </summary>
/// <param name="readings">Values in the mean; 1 = the value itself.</param>
internal sealed class RangeDetector(int readings) : IReadingDetector
{
    private const long Epoch = 50_000;

    private readonly MovingMean _mean = new(readings);
    private long _count;
    private double _lowest = double.PositiveInfinity;
    private double _highest = double.NegativeInfinity;
    private double _lowestBefore = double.PositiveInfinity;
    private double _highestBefore = double.NegativeInfinity;

    public double Observe(double value)
    {
        double mean = _mean.Add(value);
        double lowest = Math.Min(_lowest, _lowestBefore);
        double highest = Math.Max(_highest, _highestBefore);
        double strangeness = lowest < highest
            ? Math.Max(0, Math.Max(mean - highest, lowest - mean)) / (highest - lowest)
            : double.NaN;
        if (_count++ % Epoch == 0)
        {
            (_lowestBefore, _highestBefore) = (_lowest, _highest);
            (_lowest, _highest) = (mean, mean);
        }

        _lowest = Math.Min(_lowest, mean);
        _highest = Math.Max(_highest, mean);
        return strangeness;
    }

    public void Save(StateWriter state)
    {
        _mean.Save(state);
        state.Write(_count);
        state.Write(_lowest);
        state.Write(_highest);
        state.Write(_lowestBefore);
        state.Write(_highestBefore);
    }

    public void Restore(StateReader state)
    {
        _mean.Restore(state);
        _count = state.ReadInt64();
        _lowest = state.ReadDouble();
        _highest = state.ReadDouble();
        _lowestBefore = state.ReadDouble();
        _highestBefore = state.ReadDouble();
    }
}
