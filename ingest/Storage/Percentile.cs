namespace Linewatch.Storage;

/// <summary>Percentiles of windows by nearest rank, fed oldest first.</summary>
internal sealed class Percentile(TimeSpan window, double percentile)
{
    private readonly List<WindowPercentile> _windows = [];
    private readonly List<double> _values = [];
    private long _start;

    /// <exception cref="ArgumentOutOfRangeException">Not above 0 and at most 100.</exception>
    public static void ThrowUnlessValid(double percentile)
    {
        if (!(percentile is > 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "a percentile is above 0 and at most 100");
        }
    }

    public void Add(long ticks, double value)
    {
        long start = UnixTime.WindowStart(ticks, window.Ticks);
        if (start != _start)
        {
            Close();
            _start = start;
        }

        _values.Add(value);
    }

    public List<WindowPercentile> Finish()
    {
        Close();
        return _windows;
    }

    private void Close()
    {
        if (_values.Count > 0)
        {
            _values.Sort();
            int rank = (int)Math.Floor((_values.Count * percentile / 100) + 0.5);
            _windows.Add(new WindowPercentile(UnixTime.FromTicks(_start), _values[Math.Max(rank, 1) - 1]));
            _values.Clear();
        }
    }
}
