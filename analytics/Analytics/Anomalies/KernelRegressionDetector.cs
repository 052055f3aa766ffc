namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Auto-associative kernel regression (the form of MSET in Garvey and Hines, 2006): the row is rebuilt as a mean of remembered
/// normal rows, weighted by a Gaussian of their distance; what cannot be rebuilt is strange.
/// </summary>
public sealed class KernelRegressionDetector : IRowDetector
{
    private const int MostRemembered = 300;

    private readonly RowScale _scale;
    private readonly double[][] _remembered;
    private readonly double _bandwidth;

    /// <param name="normal">Rows of normal running, all values finite; at most 300, spread evenly, are remembered.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows, or a value is none.</exception>
    public KernelRegressionDetector(IReadOnlyList<double[]> normal)
    {
        _scale = new RowScale(normal);
        int count = Math.Min(normal.Count, MostRemembered);
        _remembered = [.. Enumerable.Range(0, count).Select(i => _scale.Scale(normal[(int)((long)i * normal.Count / count)]))];
        // As wide as remembered rows lie apart: narrower rebuilds nothing between them, wider blurs them.
        double[] nearest = [.. _remembered.Select((row, i) => _remembered.Where((_, j) => j != i).Min(other => SquaredDistance(row, other))).Order()];
        _bandwidth = Math.Max(nearest[nearest.Length / 2], double.Epsilon);
    }

    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public KernelRegressionDetector(StateReader state)
    {
        _scale = new RowScale(state);
        _bandwidth = state.ReadDouble();
        _remembered = new double[state.ReadInt32(2, MostRemembered)][];
        for (int i = 0; i < _remembered.Length; i++)
        {
            _remembered[i] = new double[Signals];
            state.Read(_remembered[i]);
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        _scale.Save(state);
        state.Write(_bandwidth);
        state.Write((long)_remembered.Length);
        foreach (double[] row in _remembered)
        {
            state.Write(row);
        }
    }

    /// <inheritdoc/>
    public int Signals => _scale.Signals;

    /// <inheritdoc/>
    /// <remarks>Length of the residual in standard deviations; the contributions are the signals' squared residuals.</remarks>
    public double Strangeness(ReadOnlySpan<double> row, Span<double> contributions = default)
    {
        double[] scaled = _scale.Scale(row);
        double[] distances = [.. _remembered.Select(one => SquaredDistance(scaled, one))];
        double nearest = distances.Min();
        double[] rebuilt = new double[scaled.Length];
        double total = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            // Relative to the nearest, so that a row far from all is rebuilt from the nearest instead of from nothing.
            double weight = Math.Exp((nearest - distances[i]) / (2 * _bandwidth));
            total += weight;
            for (int j = 0; j < rebuilt.Length; j++)
            {
                rebuilt[j] += weight * _remembered[i][j];
            }
        }

        double sum = 0;
        for (int j = 0; j < rebuilt.Length; j++)
        {
            double residual = scaled[j] - (rebuilt[j] / total);
            sum += residual * residual;
            if (!contributions.IsEmpty)
            {
                contributions[j] = residual * residual;
            }
        }

        return Math.Sqrt(sum);
    }

    private static double SquaredDistance(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        double distance = System.Numerics.Tensors.TensorPrimitives.Distance(one, other);
        return distance * distance;
    }
}
