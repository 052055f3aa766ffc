namespace Linewatch.Analytics.Anomalies;

/// <summary>Averages readings that come faster than a cadence; slower ones pass as they are, at once.</summary>
internal sealed class CadenceFilter(TimeSpan cadence)
{
    private DateTime _first;
    private DateTime _last;
    private double _sum;
    private long _count;
    private bool _any;

    /// <summary>Takes a reading.</summary>
    /// <param name="eventTime">Later than the one before.</param>
    /// <param name="value">A finite value.</param>
    /// <param name="mean">The mean of the readings since the last mean.</param>
    /// <returns>Whether a cadence is full with this reading, so that the mean is to be judged.</returns>
    public bool TryAdd(DateTime eventTime, double value, out double mean)
    {
        TimeSpan interval = _any ? eventTime - _last : cadence;
        if (_count == 0 || interval >= cadence)
        {
            // After a gap the readings before it are too few to speak for a cadence of their own.
            _first = eventTime;
            _sum = 0;
            _count = 0;
        }

        _any = true;
        _last = eventTime;
        _sum += value;
        _count++;
        mean = _sum / _count;
        if (interval < cadence && eventTime - _first + interval < cadence)
        {
            return false;
        }

        _count = 0;
        return true;
    }

    /// <summary>Forgets readings of a cadence begun.</summary>
    public void Restart() => _count = 0;

    public void Save(StateWriter state)
    {
        state.Write(_first.Ticks);
        state.Write(_last.Ticks);
        state.Write(_sum);
        state.Write(_count);
        state.Write(_any ? 1L : 0L);
    }

    public void Restore(StateReader state)
    {
        _first = state.ReadUtc();
        _last = state.ReadUtc();
        _sum = state.ReadDouble();
        _count = state.ReadInt64();
        _any = state.ReadInt64() != 0;
    }
}
