namespace Linewatch.Analytics.Prognosis;

/// <summary>One signal of a run, with sums prepared so that any stretch's mean and slope cost the same.</summary>
internal sealed class RunSeries
{
    private readonly double[] _sums;
    private readonly double[] _weightedSums;

    /// <param name="values">Cycle by cycle.</param>
    public RunSeries(double[] values)
    {
        Values = values;
        _sums = new double[values.Length + 1];
        _weightedSums = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
        {
            _sums[i + 1] = _sums[i] + values[i];
            _weightedSums[i + 1] = _weightedSums[i] + (i * values[i]);
        }
    }

    /// <summary>Cycle by cycle.</summary>
    public double[] Values { get; }

    /// <summary>Mean of the cycles in [from, to), which is not empty.</summary>
    public double Mean(int from, int to) => (_sums[to] - _sums[from]) / (to - from);

    /// <summary>Change a cycle by least squares over [from, to); 0 for a single cycle.</summary>
    public double Slope(int from, int to)
    {
        double n = to - from;
        if (n < 2)
        {
            return 0;
        }

        double middle = (from + to - 1) / 2.0;
        double spread = n * ((n * n) - 1) / 12;
        return (_weightedSums[to] - _weightedSums[from] - (middle * (_sums[to] - _sums[from]))) / spread;
    }

    /// <summary>Exponentially weighted mean of the cycles before <paramref name="to"/>, the newest with <paramref name="weight"/>.</summary>
    public double Ewma(int to, double weight)
    {
        double sum = 0;
        double weights = 0;
        double one = 1;
        for (int i = to - 1; i >= 0 && one > 1e-6; i--)
        {
            sum += one * Values[i];
            weights += one;
            one *= 1 - weight;
        }

        return sum / weights;
    }
}
