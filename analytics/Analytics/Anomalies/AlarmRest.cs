namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// One alarm an anomaly: after an alarm nothing is told for a number of readings; while the anomaly goes on beyond that, each
/// odd reading prolongs the rest by half as many.
/// </summary>
internal sealed class AlarmRest(int readings)
{
    private long _until;

    /// <summary>Whether to tell of an odd reading.</summary>
    /// <param name="reading">Its number, rising.</param>
    public bool Alarm(long reading)
    {
        if (reading >= _until)
        {
            _until = reading + readings;
            return true;
        }

        _until = Math.Max(_until, reading + (readings / 2));
        return false;
    }

    /// <summary>Ends the rest.</summary>
    public void Clear() => _until = 0;

    public void Save(StateWriter state) => state.Write(_until);

    public void Restore(StateReader state) => _until = state.ReadInt64();
}
