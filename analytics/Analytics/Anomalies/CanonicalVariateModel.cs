using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// What normal rows leave unexplained: canonical variate analysis (Russell, Chiang, Braatz, Data-driven Methods for Fault
/// Detection, 2000, ch. 7). Of the recent past only the combinations that foretell the near future are the state; the rest, made
/// white, is the residual, whose squared length tells that the process works differently. Which signal does is told by the values adjusted
/// for all others (Hawkins, Multivariate quality control based on regression-adjusted variables, Technometrics 33, 1991). Immutable; safe to
/// share between threads.
/// </summary>
public sealed class CanonicalVariateModel
{
    private const double StateShare = 3.0 / 16; // of the past's dimensions: 29 of the 156 of the process this was proved on
    private const int MostLags = 16;
    private const double LeastEigenvalue = 1e-9; // of the largest: below is rounding

    private readonly RowScale _scale;
    private readonly double[][] _residual; // rows of the matrix that makes the residual of a past
    private readonly double[][] _adjusting; // rows of the inverse covariance of the past, those of the newest row's signals

    private CanonicalVariateModel(RowScale scale, double[][] residual, double[][] adjusting, int lags)
    {
        _scale = scale;
        _residual = residual;
        _adjusting = adjusting;
        Lags = lags;
    }

    /// <summary>Writes what was fitted; restored elsewhere it gives the same answers, bit by bit.</summary>
    public void Save(StateWriter state)
    {
        state.Write(Lags);
        _scale.Save(state);
        foreach (double[] row in _residual)
        {
            state.Write(row);
        }

        foreach (double[] row in _adjusting)
        {
            state.Write(row);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public static CanonicalVariateModel Restore(StateReader state)
    {
        int lags = state.ReadInt32(1, MostLags);
        RowScale scale = new(state);
        int size = lags * scale.Signals;
        return new CanonicalVariateModel(scale, ReadRows(state, size, size), ReadRows(state, scale.Signals, size), lags);
    }

    /// <summary>Rows in a past.</summary>
    public int Lags { get; }

    /// <summary>Signals in a row.</summary>
    public int Signals => _scale.Signals;

    /// <summary>Fits a model.</summary>
    /// <param name="stretches">Normal rows, in order; between two stretches time may be missing.</param>
    /// <param name="lags">Rows in a past and in a future, at least 1.</param>
    /// <exception cref="ArgumentException">There are fewer pasts than signals × lags.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows, or a value is none.</exception>
    public static CanonicalVariateModel Fit(IReadOnlyList<IReadOnlyList<double[]>> stretches, int lags)
    {
        int signals = stretches[0][0].Length;
        int size = signals * lags;
        int pairs = stretches.Sum(stretch => Math.Max(0, stretch.Count - (2 * lags) + 1));
        if (pairs < size)
        {
            throw new ArgumentException($"{pairs} normal rows are too few for {signals} signals and {lags} lags: at least {size} are needed", nameof(stretches));
        }

        RowScale scale = new([.. stretches.SelectMany(stretch => stretch)]);
        double[][][] scaled = [.. stretches.Select(stretch => stretch.Select(row => scale.Scale(row)).ToArray())];
        DenseMatrix past = new(pairs, size);
        DenseMatrix future = new(pairs, size);
        int pair = 0;
        foreach (double[][] stretch in scaled)
        {
            for (int now = lags - 1; now + lags < stretch.Length; now++, pair++)
            {
                for (int lag = 0; lag < lags; lag++)
                {
                    for (int signal = 0; signal < signals; signal++)
                    {
                        int column = (lag * signals) + signal;
                        past[pair, column] = stretch[now - lag][signal];
                        future[pair, column] = stretch[now + 1 + lag][signal];
                    }
                }
            }
        }

        Matrix<double> whitePast = InverseSquareRoot(past.TransposeThisAndMultiply(past) / pairs);
        Matrix<double> whiteFuture = InverseSquareRoot(future.TransposeThisAndMultiply(future) / pairs);
        Matrix<double> directions = (whitePast * (past.TransposeThisAndMultiply(future) / pairs) * whiteFuture).Svd().U
            .SubMatrix(0, size, 0, Math.Max(1, (int)(StateShare * size)));
        Matrix<double> residual = whitePast - (directions * directions.TransposeThisAndMultiply(whitePast));
        double[][] adjusting = (whitePast * whitePast).SubMatrix(0, signals, 0, size).ToRowArrays();
        return new CanonicalVariateModel(scale, residual.ToRowArrays(), adjusting, lags);
    }

    /// <summary>Scales a row with the fitted mean and spread; a missing value is taken as the mean.</summary>
    public void Scale(ReadOnlySpan<double> row, Span<double> scaled) => _scale.Scale(row, scaled);

    /// <summary>Squared length of the residual of a past.</summary>
    /// <param name="past">Scaled rows, the newest first, <see cref="Lags"/> × <see cref="Signals"/> values.</param>
    /// <param name="contributions">Added to: each signal's part of the result; may be empty.</param>
    public double SquaredResidual(ReadOnlySpan<double> past, Span<double> contributions)
    {
        double sum = 0;
        foreach (double[] row in _residual)
        {
            double residual = TensorPrimitives.Dot(row, past);
            sum += residual * residual;
            for (int i = 0; i < past.Length && !contributions.IsEmpty; i++)
            {
                contributions[i % Signals] += residual * row[i] * past[i];
            }
        }

        return sum;
    }

    /// <summary>
    /// How far each signal's newest value is from what all other signals and the past let expect, divided by the variance that leaves. Of a
    /// fault in one signal alone, that signal's value stands out the most, in its own usual spread.
    /// </summary>
    /// <param name="past">As for <see cref="SquaredResidual"/>.</param>
    /// <param name="adjusted">Filled, one value a signal.</param>
    public void Adjust(ReadOnlySpan<double> past, Span<double> adjusted)
    {
        for (int signal = 0; signal < _adjusting.Length; signal++)
        {
            adjusted[signal] = TensorPrimitives.Dot(_adjusting[signal], past);
        }
    }

    private static double[][] ReadRows(StateReader state, int count, int length)
    {
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++)
        {
            rows[i] = new double[length];
            state.Read(rows[i]);
        }

        return rows;
    }

    private static Matrix<double> InverseSquareRoot(Matrix<double> covariance)
    {
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> eigen = covariance.Evd(Symmetricity.Symmetric);
        double largest = eigen.EigenValues.Max(value => value.Real);
        Matrix<double> vectors = eigen.EigenVectors;
        Matrix<double> scaled = vectors.Clone();
        for (int column = 0; column < scaled.ColumnCount; column++)
        {
            double value = eigen.EigenValues[column].Real;
            double factor = value > LeastEigenvalue * largest ? 1 / Math.Sqrt(value) : 0;
            for (int row = 0; row < scaled.RowCount; row++)
            {
                scaled[row, column] *= factor;
            }
        }

        return scaled.TransposeAndMultiply(vectors);
    }
}
