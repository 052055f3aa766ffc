namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Distance of an exponentially weighted mean (Roberts, Technometrics 1959) from the robust level, in its own standard
/// deviations: σ·√(λ/(2−λ)), the limit for many readings.
/// </summary>
/// <param name="gain">λ: weight of the newest reading, above 0 and at most 1.</param>
internal sealed class EwmaDetector(double gain) : IReadingDetector
{
    private const double MemoryReadings = 2000;
    private const int ReadingsBeforeJudging = 30;

    private readonly RobustLevel _level = new(MemoryReadings);
    private double _mean = double.NaN;

    public double Observe(double value)
    {
        _mean = double.IsNaN(_mean) ? value : _mean + (gain * (value - _mean));
        double deviation = _level.Spread * Math.Sqrt(gain / (2 - gain));
        double strangeness = _level.Count >= ReadingsBeforeJudging && deviation > 0 ? Math.Abs(_mean - _level.Level) / deviation : double.NaN;
        _level.Add(value);
        return strangeness;
    }

    public void Save(StateWriter state)
    {
        _level.Save(state);
        state.Write(_mean);
    }

    public void Restore(StateReader state)
    {
        _level.Restore(state);
        _mean = state.ReadDouble();
    }
}
