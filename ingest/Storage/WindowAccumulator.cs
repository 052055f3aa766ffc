namespace Linewatch.Storage;

/// <summary>Aggregates the values of one window, fed oldest first. Mean and deviation after B. P. Welford (1962), which does not cancel.</summary>
internal struct WindowAccumulator
{
    private double _min;
    private double _max;
    private double _first;
    private double _last;
    private double _sum;
    private double _mean;
    private double _squares;

    public long Count { get; private set; }

    public void Add(double value)
    {
        if (Count++ == 0)
        {
            _first = value;
            _min = value;
            _max = value;
        }
        else
        {
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
        }

        _last = value;
        _sum += value;
        double delta = value - _mean;
        _mean += delta / Count;
        _squares += delta * (value - _mean);
    }

    /// <summary>Adds a window that follows in time. After T. F. Chan, G. H. Golub, R. J. LeVeque (1979).</summary>
    public void Add(in WindowAggregate later)
    {
        if (later.Count == 0)
        {
            return;
        }

        double squares = later.Count > 1 ? later.StdDev * later.StdDev * (later.Count - 1) : 0;
        if (Count == 0)
        {
            (Count, _min, _max, _first, _sum, _mean, _squares) = (later.Count, later.Min, later.Max, later.First, later.Sum, later.Mean, squares);
        }
        else
        {
            long count = Count + later.Count;
            double delta = later.Mean - _mean;
            _mean += delta * later.Count / count;
            _squares += squares + (delta * delta * Count / count * later.Count);
            _min = Math.Min(_min, later.Min);
            _max = Math.Max(_max, later.Max);
            _sum += later.Sum;
            Count = count;
        }

        _last = later.Last;
    }

    public readonly WindowAggregate ToAggregate(DateTime start) => new(
        start, Count, _min, _max, _mean, _first, _last, _sum, Count > 1 ? Math.Sqrt(_squares / (Count - 1)) : double.NaN);
}
