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

    public readonly WindowAggregate ToAggregate(DateTime start) => new(
        start, Count, _min, _max, _mean, _first, _last, _sum, Count > 1 ? Math.Sqrt(_squares / (Count - 1)) : double.NaN);
}
