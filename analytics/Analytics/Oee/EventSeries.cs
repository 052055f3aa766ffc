namespace Linewatch.Analytics.Oee;

/// <summary>
/// Values of one signal in the order of their event times, whatever order they arrived in. One value an event time: the
/// highest repeat is what the signal was then, and the same repeat again replaces the value, as in every store.
/// Appending is O(1), inserting a late value O(values after it). Not thread-safe.
/// </summary>
internal sealed class EventSeries<T>
{
    private long[] _times = [];
    private T[] _values = [];
    private Dictionary<long, int>? _repeats;
    private int _start;
    private int _end;
    private int _near;

    /// <summary>Number of values held.</summary>
    public int Count => _end - _start;

    /// <summary>Event time of value <paramref name="index"/>, in UTC ticks.</summary>
    public long Time(int index) => _times[_start + index];

    /// <summary>Value <paramref name="index"/>, 0 = oldest.</summary>
    public T Value(int index) => _values[_start + index];

    /// <summary>Puts a value at its place. Returns that place, or −1 when it was there already.</summary>
    public int Set(long time, T value, int repeat = 0)
    {
        // Two different values at one instant are rare; nothing is kept for all the others.
        if ((repeat > 0 || _repeats is not null) && !IsLatest(time, repeat))
        {
            return -1;
        }

        if (_end > _start && time <= _times[_end - 1])
        {
            return Insert(time, value);
        }

        MakeRoom();
        _times[_end] = time;
        _values[_end] = value;
        return _end++ - _start;
    }

    /// <summary>Index of the value in force at an instant: the last at or before it; −1 when there is none.</summary>
    public int At(long time)
    {
        // Questions mostly go forward in small steps.
        int near = _near + _start;
        if (near < _end && _times[near] <= time)
        {
            for (int last = Math.Min(near + 8, _end); near + 1 < last && _times[near + 1] <= time; near++)
            {
            }

            if (near + 1 >= _end || _times[near + 1] > time)
            {
                return _near = near - _start;
            }
        }

        int found = Array.BinarySearch(_times, _start, Count, time);
        int at = (found >= 0 ? found : ~found - 1) - _start;
        _near = Math.Max(0, at);
        return at;
    }

    /// <summary>Forgets what was before an instant, except the value in force then; returns how many.</summary>
    public int Trim(long before)
    {
        int keep = At(before);
        _near = 0;
        if (keep > 0)
        {
            Array.Clear(_values, _start, keep);
            _start += keep;
            if (_repeats is not null)
            {
                foreach (long old in _repeats.Keys.Where(time => time < before).ToList())
                {
                    _repeats.Remove(old);
                }
            }
        }

        return Math.Max(0, keep);
    }

    private bool IsLatest(long time, int repeat)
    {
        _repeats ??= [];
        if (_repeats.TryGetValue(time, out int known) && repeat < known)
        {
            return false;
        }

        if (repeat > 0)
        {
            _repeats[time] = repeat;
        }

        return true;
    }

    private int Insert(long time, T value)
    {
        int found = Array.BinarySearch(_times, _start, Count, time);
        if (found >= 0)
        {
            if (EqualityComparer<T>.Default.Equals(_values[found], value))
            {
                return -1;
            }

            _values[found] = value;
            return found - _start;
        }

        int place = ~found - _start;
        MakeRoom();
        int at = _start + place;
        Array.Copy(_times, at, _times, at + 1, _end - at);
        Array.Copy(_values, at, _values, at + 1, _end - at);
        _times[at] = time;
        _values[at] = value;
        _end++;
        return place;
    }

    private void MakeRoom()
    {
        if (_end < _times.Length)
        {
            return;
        }

        // Reuse the trimmed head when it is worth the move; grow otherwise.
        int count = Count;
        int capacity = _start > count ? _times.Length : Math.Max(16, _times.Length * 2);
        long[] times = new long[capacity];
        T[] values = new T[capacity];
        Array.Copy(_times, _start, times, 0, count);
        Array.Copy(_values, _start, values, 0, count);
        (_times, _values, _start, _end) = (times, values, 0, count);
    }
}
