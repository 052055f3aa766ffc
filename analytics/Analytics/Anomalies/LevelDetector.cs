namespace Linewatch.Analytics.Anomalies;

/// <summary>Distance of a short mean from the robust long-term level, in units of the long-term spread.</summary>
/// <param name="shortReadings">Memory of the short mean, readings; at least 1.</param>
/// <param name="longReadings">Memory of level and spread, readings.</param>
internal sealed class LevelDetector(double shortReadings, double longReadings) : IReadingDetector
{
    private const int ReadingsBeforeJudging = 30;

    private readonly RobustLevel _level = new(longReadings);
    private double _shortMean = double.NaN;

    public double Expected => _level.Level;

    public double Spread => _level.Spread;

    public double Observe(DateTime eventTime, double value)
    {
        _shortMean = double.IsNaN(_shortMean) ? value : _shortMean + ((value - _shortMean) / shortReadings);
        double distance = Math.Abs(_shortMean - _level.Level);
        double strangeness = _level.Count < ReadingsBeforeJudging || (distance > 0 && _level.Spread == 0)
            ? double.NaN
            : distance == 0 ? 0 : distance / _level.Spread;
        _level.Add(value);
        return strangeness;
    }

    public void Save(StateWriter state)
    {
        _level.Save(state);
        state.Write(_shortMean);
    }

    public void Restore(StateReader state)
    {
        _level.Restore(state);
        _shortMean = state.ReadDouble();
    }
}
