namespace Linewatch.Analytics.Anomalies;

/// <summary>Mean and standard deviation of each signal on normal rows.</summary>
internal sealed class RowScale
{
    /// <summary>Most signals in a row that is restored.</summary>
    public const int MostSignals = 1000;

    private readonly double[] _mean;
    private readonly double[] _deviation;

    /// <param name="normal">At least two rows of equal length.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    /// <exception cref="InvalidDataException">No signal moves, or a value is none.</exception>
    public RowScale(IReadOnlyList<double[]> normal)
    {
        int[] moving = Moving(normal, normal.Count);
        _mean = [.. normal[0]];
        _deviation = new double[_mean.Length];
        Array.Fill(_deviation, 1); // of a signal that does not move here
        foreach (int i in moving)
        {
            _mean[i] = normal.Average(row => row[i]);
            _deviation[i] = Math.Sqrt(normal.Average(row => (row[i] - _mean[i]) * (row[i] - _mean[i])));
        }
    }

    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public RowScale(StateReader state)
    {
        _mean = state.ReadNumbers(MostSignals);
        _deviation = new double[_mean.Length];
        state.Read(_deviation);
    }

    /// <summary>Signals in a row.</summary>
    public int Signals => _mean.Length;

    /// <summary>Whether every value of a row is one.</summary>
    public static bool IsWhole(ReadOnlySpan<double> row)
    {
        foreach (double value in row)
        {
            if (!SensorFaults.IsValue(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The places of the signals that move.</summary>
    /// <param name="normal">Rows of equal length.</param>
    /// <param name="seen">How many of them, from the first, must show it.</param>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    /// <exception cref="InvalidDataException">No signal moves, or a value is none: nothing can be learned from such rows.</exception>
    public static int[] Moving(IReadOnlyList<double[]> normal, int seen)
    {
        if (normal.Count < 2)
        {
            throw new ArgumentException($"{normal.Count} normal rows are too few: at least 2 are needed", nameof(normal));
        }

        for (int i = 0; i < normal.Count; i++)
        {
            if (!IsWhole(normal[i]))
            {
                throw new InvalidDataException($"normal row {i + 1} of {normal.Count} holds {normal[i].First(value => !SensorFaults.IsValue(value))}; allowed: -{SensorFaults.Largest} to {SensorFaults.Largest}");
            }
        }

        int[] moving = [.. Enumerable.Range(0, normal[0].Length).Where(signal => normal.Take(seen).Any(row => row[signal] != normal[0][signal]))];
        return moving.Length > 0 ? moving : throw new InvalidDataException(
            $"nothing can be learned from {seen} normal rows in which no signal moves ({normal[0].Length} signals)");
    }

    /// <summary>Writes what was fitted.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_mean);
        state.Write(_deviation);
    }

    /// <summary>A row in standard deviations from the mean.</summary>
    public double[] Scale(ReadOnlySpan<double> row)
    {
        double[] scaled = new double[row.Length];
        Scale(row, scaled);
        return scaled;
    }

    /// <summary>A row in standard deviations from the mean; a missing value says nothing and is taken as the mean.</summary>
    public void Scale(ReadOnlySpan<double> row, Span<double> scaled)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _mean.Length);
        for (int i = 0; i < row.Length; i++)
        {
            scaled[i] = SensorFaults.IsValue(row[i]) ? (row[i] - _mean[i]) / _deviation[i] : 0;
        }
    }
}
