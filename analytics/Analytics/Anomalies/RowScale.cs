namespace Linewatch.Analytics.Anomalies;

/// <summary>Mean and standard deviation of each signal on normal rows.</summary>
internal sealed class RowScale
{
    private readonly double[] _mean;
    private readonly double[] _deviation;

    /// <param name="normal">At least two rows of equal length, all values finite.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    public RowScale(IReadOnlyList<double[]> normal)
    {
        if (normal.Count < 2)
        {
            throw new ArgumentException($"{normal.Count} normal rows are too few: at least 2 are needed", nameof(normal));
        }

        int signals = normal[0].Length;
        _mean = [.. Enumerable.Range(0, signals).Select(i => normal.Average(row => row[i]))];
        // A signal that never moves keeps its own unit: any movement at all is then far away, but finite.
        _deviation = [.. Enumerable.Range(0, signals).Select(i => Math.Sqrt(normal.Average(row => (row[i] - _mean[i]) * (row[i] - _mean[i])))).Select(one => one > 0 ? one : 1)];
    }

    /// <summary>Signals in a row.</summary>
    public int Signals => _mean.Length;

    /// <summary>A row in standard deviations from the mean.</summary>
    public double[] Scale(ReadOnlySpan<double> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _mean.Length);
        double[] scaled = new double[row.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = (row[i] - _mean[i]) / _deviation[i];
        }

        return scaled;
    }
}
