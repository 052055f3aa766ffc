using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Principal component analysis of normal rows (Jackson and Mudholkar, Technometrics 1979): Hotelling's T² measures how far a row
/// lies out within the plane of the kept components, the squared prediction error (SPE, Q) how far off that plane. The
/// strangeness is the larger of the two, each in units of its 99 % point on the normal rows.
/// </summary>
public sealed class PrincipalComponentDetector : IRowDetector
{
    private const double LimitShare = 0.99;
    private const double LeastLimit = 1e-12; // below is rounding, a millionth of a standard deviation squared

    private readonly RowScale _scale;
    private readonly double[][] _components;
    private readonly double[] _variances;
    private readonly double _t2Limit;
    private readonly double _speLimit;

    /// <param name="normal">Rows of normal running, all values finite; several times as many as signals.</param>
    /// <param name="explained">Share of the variance the kept components explain, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows, or a value is none.</exception>
    public PrincipalComponentDetector(IReadOnlyList<double[]> normal, double explained = 0.9)
    {
        _scale = new RowScale(normal);
        Matrix<double> scaled = DenseMatrix.OfRowArrays(normal.Select(row => _scale.Scale(row)));
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> eigen =
            (scaled.TransposeThisAndMultiply(scaled) / normal.Count).Evd(Symmetricity.Symmetric);
        double total = eigen.EigenValues.Sum(value => value.Real);
        List<double[]> components = [];
        List<double> variances = [];
        for (int i = Signals - 1; i >= 0 && variances.Sum() < explained * total; i--)
        {
            components.Add(eigen.EigenVectors.Column(i).ToArray());
            variances.Add(eigen.EigenValues[i].Real);
        }

        _components = [.. components];
        _variances = [.. variances];
        (double T2, double Spe)[] statistics = [.. normal.Select(row => Statistics(row))];
        _t2Limit = Limit(statistics.Select(one => one.T2));
        _speLimit = Limit(statistics.Select(one => one.Spe));
    }

    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public PrincipalComponentDetector(StateReader state)
    {
        _scale = new RowScale(state);
        _variances = state.ReadNumbers(Signals);
        _components = new double[_variances.Length][];
        for (int i = 0; i < _components.Length; i++)
        {
            _components[i] = new double[Signals];
            state.Read(_components[i]);
        }

        _t2Limit = state.ReadDouble();
        _speLimit = state.ReadDouble();
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        _scale.Save(state);
        state.Write(_variances);
        foreach (double[] component in _components)
        {
            state.Write(component);
        }

        state.Write(_t2Limit);
        state.Write(_speLimit);
    }

    /// <inheritdoc/>
    public int Signals => _scale.Signals;

    /// <summary>T² and SPE of a row.</summary>
    /// <param name="row">One finite value a signal.</param>
    /// <param name="residuals">Filled with each signal's squared prediction error; empty if not wanted.</param>
    public (double T2, double Spe) Statistics(ReadOnlySpan<double> row, Span<double> residuals = default)
    {
        double[] rest = _scale.Scale(row);
        double t2 = 0;
        for (int i = 0; i < _components.Length; i++)
        {
            // The components are orthogonal: taking one away does not change the projection on another.
            double along = System.Numerics.Tensors.TensorPrimitives.Dot<double>(_components[i], rest);
            t2 += along * along / _variances[i];
            for (int j = 0; j < rest.Length; j++)
            {
                rest[j] -= along * _components[i][j];
            }
        }

        double spe = 0;
        for (int j = 0; j < rest.Length; j++)
        {
            spe += rest[j] * rest[j];
            if (!residuals.IsEmpty)
            {
                residuals[j] = rest[j] * rest[j];
            }
        }

        return (t2, spe);
    }

    /// <inheritdoc/>
    /// <remarks>The contributions are the signals' squared prediction errors.</remarks>
    public double Strangeness(ReadOnlySpan<double> row, Span<double> contributions = default)
    {
        (double t2, double spe) = Statistics(row, contributions);
        return Math.Max(t2 / _t2Limit, spe / _speLimit);
    }

    private static double Limit(IEnumerable<double> statistics)
    {
        double[] sorted = [.. statistics.Order()];
        return Math.Max(sorted[(int)(LimitShare * (sorted.Length - 1))], LeastLimit);
    }
}
