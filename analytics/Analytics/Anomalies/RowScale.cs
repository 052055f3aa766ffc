namespace Linewatch.Analytics.Anomalies;

/// <summary>Mean and standard deviation of each signal on normal rows.</summary>
internal sealed class RowScale
{
    /// <summary>Most signals in a row that is restored.</summary>
    public const int MostSignals = 1000;

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

    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public RowScale(StateReader state)
    {
        _mean = state.ReadNumbers(MostSignals);
        _deviation = new double[_mean.Length];
        state.Read(_deviation);
    }

    /// <summary>Writes what was fitted.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_mean);
        state.Write(_deviation);
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
