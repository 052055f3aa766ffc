using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Kernel ridge regression with a Gaussian kernel on standardised features, that is the mean of a Gaussian process
/// (Rasmussen and Williams 2006, eq. 2.25). It bends where trees step, so the two err differently.
/// </summary>
internal sealed class KernelRegression
{
    private const double Noise = 0.05;

    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double[][] _rows;
    private readonly double[] _weights;
    private readonly double _mean;
    private readonly double _reach;

    /// <param name="rows">Features; without NaN.</param>
    /// <param name="targets">One a row.</param>
    /// <param name="most">Most rows taken as centres: the cost grows with the cube.</param>
    /// <param name="seed">Seed of the choice of centres.</param>
    public KernelRegression(IReadOnlyList<double[]> rows, double[] targets, int most, int seed)
    {
        int features = rows[0].Length;
        _means = [.. Enumerable.Range(0, features).Select(f => rows.Average(row => row[f]))];
        _scales = [.. Enumerable.Range(0, features).Select(f => Scale(rows.Average(row => (row[f] - _means[f]) * (row[f] - _means[f]))))];
        _reach = 1.5 * Math.Sqrt(features);
        _mean = targets.Average();
#pragma warning disable CA5394 // a choice of rows, not security; a fixed seed keeps it reproducible
        int[] chosen = [.. Enumerable.Range(0, rows.Count)];
        new Random(seed).Shuffle(chosen);
#pragma warning restore CA5394
        chosen = chosen[..Math.Min(most, chosen.Length)];
        _rows = [.. chosen.Select(row => Standardise(rows[row]))];
        Matrix<double> kernel = DenseMatrix.Create(_rows.Length, _rows.Length, (i, j) => Kernel(_rows[i], _rows[j]) + (i == j ? Noise : 0));
        _weights = kernel.Cholesky().Solve(DenseVector.Create(_rows.Length, i => targets[chosen[i]] - _mean)).ToArray();
    }

    /// <summary>The fitted mean of a row.</summary>
    public double Predict(double[] row)
    {
        double[] standardised = Standardise(row);
        double sum = _mean;
        for (int i = 0; i < _rows.Length; i++)
        {
            sum += _weights[i] * Kernel(standardised, _rows[i]);
        }

        return sum;
    }

    private static double Scale(double variance) => variance > 1e-18 ? 1 / Math.Sqrt(variance) : 0;

    private double[] Standardise(double[] row)
    {
        double[] standardised = new double[row.Length];
        for (int f = 0; f < row.Length; f++)
        {
            standardised[f] = (row[f] - _means[f]) * _scales[f];
        }

        return standardised;
    }

    private double Kernel(double[] one, double[] other)
    {
        double square = System.Numerics.Tensors.TensorPrimitives.Distance<double>(one, other);
        return Math.Exp(-square * square / (2 * _reach * _reach));
    }
}
