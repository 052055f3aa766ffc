namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// The last sixteen values or so, by which a wild one is told where nothing better is known yet. A value of another state of the machine
/// is far from them too, but is followed by others that are near it.
/// </summary>
internal sealed class LastValues
{
    private const double NearSpreads = 300; // a coarse signal that seldom moves jumps by a hundred

    private readonly RobustLevel _level = new(16);

    /// <summary>Takes a value and tells whether it lies near those before: within three hundred of their spreads.</summary>
    /// <param name="value">Of a size that sensors measure (<see cref="SensorFaults.Largest"/>).</param>
    public bool TakeNear(double value)
    {
        bool isNear = Math.Abs(value - _level.Level) <= NearSpreads * _level.Spread;
        _level.Add(value);
        return isNear;
    }

    public void Save(StateWriter state) => _level.Save(state);

    public void Restore(StateReader state) => _level.Restore(state);
}
