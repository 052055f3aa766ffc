namespace Linewatch.Analytics.Oee;

/// <summary>
/// When a machine was heard: the union of its readings' event times, joined where they are no further apart than the
/// silence it is allowed. The order of arrival does not matter. Not thread-safe.
/// </summary>
internal sealed class Presence(long silentAfter)
{
    private readonly List<(long First, long Last)> _heard = [];
    private long _newestFirst = long.MaxValue;
    private long _newestLast;

    /// <summary>The latest event time heard; null = never.</summary>
    public long? LastHeard => _heard.Count == 0 ? null : _newestLast;

    /// <summary>The machine was heard at an instant.</summary>
    public void Heard(long time)
    {
        // Nearly every reading continues the newest stretch.
        if (time >= _newestFirst && time - _newestLast <= silentAfter)
        {
            _newestLast = Math.Max(_newestLast, time);
            return;
        }

        Settle();
        Place(time);
        (_newestFirst, _newestLast) = _heard[^1];
    }

    /// <summary>
    /// Adds every silence that touches [from, to) as (start, end). What is not yet known at <paramref name="horizon"/>
    /// is not yet silence.
    /// </summary>
    public void Silences(long from, long to, long horizon, List<(long Start, long End)> silences)
    {
        Settle();
        long last = long.MinValue;
        foreach ((long first, long end) in _heard)
        {
            if (first >= horizon)
            {
                break;
            }

            if (last != long.MinValue && first > from && last < to)
            {
                silences.Add((last, first));
            }

            last = Math.Min(end, horizon);
        }

        if (last != long.MinValue && last < to && horizon - last > silentAfter)
        {
            silences.Add((last, Math.Max(to, last)));
        }
    }

    /// <summary>Forgets stretches that ended before an instant, except the last of them.</summary>
    public void Trim(long before)
    {
        Settle();
        int gone = 0;
        while (gone + 1 < _heard.Count && _heard[gone + 1].Last < before)
        {
            gone++;
        }

        _heard.RemoveRange(0, gone);
    }

    /// <summary>Writes the newest stretch into the list, which the hot path leaves alone.</summary>
    private void Settle()
    {
        if (_heard.Count > 0)
        {
            _heard[^1] = (_newestFirst, _newestLast);
        }
    }

    private void Place(long time)
    {
        int index = _heard.Count - 1;
        while (index >= 0 && _heard[index].First > time)
        {
            index--;
        }

        // index = last stretch that begins at or before the time; −1 = before all.
        if (index >= 0 && time - _heard[index].Last <= silentAfter)
        {
            if (time > _heard[index].Last)
            {
                _heard[index] = (_heard[index].First, time);
                JoinWithNext(index);
            }

            return;
        }

        _heard.Insert(index + 1, (time, time));
        JoinWithNext(index + 1);
    }

    private void JoinWithNext(int index)
    {
        while (index + 1 < _heard.Count && _heard[index + 1].First - _heard[index].Last <= silentAfter)
        {
            _heard[index] = (_heard[index].First, Math.Max(_heard[index].Last, _heard[index + 1].Last));
            _heard.RemoveAt(index + 1);
        }
    }
}
