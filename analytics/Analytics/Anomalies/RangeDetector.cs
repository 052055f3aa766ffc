namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// How far a value lies beyond everything seen so far, in units of the range seen. The range closes slowly, by one part in
/// <paramref name="readings"/> a reading, so that what happened once long ago is not normal for ever.
/// </summary>
internal sealed class RangeDetector(double readings) : IReadingDetector
{
    private const int ReadingsBeforeJudging = 30;

    private long _count;
    private double _lowest = double.NaN;
    private double _highest = double.NaN;

    public double Expected => double.NaN;

    public double Spread => double.NaN;

    public double Observe(DateTime eventTime, double value)
    {
        _count++;
        if (_count == 1)
        {
            _lowest = _highest = value;
            return double.NaN;
        }

        double range = _highest - _lowest;
        double beyond = Math.Max(value - _highest, _lowest - value);
        double strangeness = _count <= ReadingsBeforeJudging || range == 0 ? double.NaN : Math.Max(beyond, 0) / range;
        _lowest = Math.Min(value, _lowest + (range / readings));
        _highest = Math.Max(value, _highest - (range / readings));
        return strangeness;
    }

    public void Save(StateWriter state)
    {
        state.Write(_count);
        state.Write(_lowest);
        state.Write(_highest);
    }

    public void Restore(StateReader state)
    {
        _count = state.ReadInt64();
        _lowest = state.ReadDouble();
        _highest = state.ReadDouble();
    }
}
