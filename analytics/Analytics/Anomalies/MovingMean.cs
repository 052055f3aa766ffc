namespace Linewatch.Analytics.Anomalies;

/// <summary>Mean of the last values; of all of them while there are fewer.</summary>
internal sealed class MovingMean(int length)
{
    private readonly double[] _values = new double[length];
    private int _next;
    private int _count;
    private double _sum;

    /// <summary>Adds a value and returns the mean with it.</summary>
    public double Add(double value)
    {
        _sum += value - _values[_next];
        _values[_next] = value;
        _count = Math.Min(_count + 1, length);
        if (++_next == length)
        {
            // Once a turn the sum is made anew, so that rounding errors do not pile up.
            _next = 0;
            _sum = 0;
            foreach (double kept in _values)
            {
                _sum += kept;
            }
        }

        return _sum / _count;
    }

    public void Save(StateWriter state)
    {
        state.Write(_values);
        state.Write(_next);
        state.Write(_count);
        state.Write(_sum);
    }

    public void Restore(StateReader state)
    {
        state.Read(_values);
        _next = state.ReadInt32(0, length - 1);
        _count = state.ReadInt32(0, length);
        _sum = state.ReadDouble();
    }
}
