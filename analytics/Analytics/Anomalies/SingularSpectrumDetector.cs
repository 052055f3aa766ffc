using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Singular-spectrum analysis (Moskvina and Zhigljavsky, An algorithm based on SSA for change-point detection, 2003): the newest
/// windows against the subspace that the windows before them span; what the subspace cannot express is strange. One window shows a spike at once; the mean
/// over several, of which none has shaped the subspace, a change of the pattern that lasts. The subspace is
/// made anew from the covariance of the windows every <see cref="Refit"/> readings, so that a reading costs a projection.
/// </summary>
/// <param name="tested">Newest windows that are tested together; at least 1.</param>
internal sealed class SingularSpectrumDetector(int tested) : IReadingDetector
{
    private const int Window = 24;
    private const int Dimensions = 4;
    private const int Refit = 256;
    private const double Forgetting = 0.999; // of the covariance, a reading

    private readonly double[] _values = new double[Window + tested - 1]; // the oldest window tested, learned next, and all after it
    private readonly double[] _mean = new double[Window];
    private readonly double[] _covariance = new double[Window * Window];
    private readonly double[] _basis = new double[Dimensions * Window];
    private readonly double[] _centred = new double[Window];
    private readonly MovingMean _residual = new(tested);
    private long _count;

    public double Observe(double value)
    {
        _values.AsSpan(1).CopyTo(_values);
        _values[^1] = value;
        _count++;
        if (_count < _values.Length)
        {
            return double.NaN;
        }

        long windows = _count - _values.Length + 1;
        double strangeness = double.NaN;
        if (windows > Refit)
        {
            Centre(_values.AsSpan(tested - 1));
            double mean = _residual.Add(SquaredResidual());
            strangeness = windows >= Refit + tested ? Math.Sqrt(Math.Max(0, mean)) : double.NaN;
        }

        Learn(Math.Max(1 - Forgetting, 1.0 / windows));
        if (windows % Refit == 0)
        {
            FindBasis();
        }

        return strangeness;
    }

    public void Save(StateWriter state)
    {
        state.Write(_values);
        state.Write(_mean);
        state.Write(_covariance);
        state.Write(_basis);
        _residual.Save(state);
        state.Write(_count);
    }

    public void Restore(StateReader state)
    {
        state.Read(_values);
        state.Read(_mean);
        state.Read(_covariance);
        state.Read(_basis);
        _residual.Restore(state);
        _count = state.ReadInt64();
    }

    private void Centre(ReadOnlySpan<double> window)
    {
        for (int i = 0; i < Window; i++)
        {
            _centred[i] = window[i] - _mean[i];
        }
    }

    private void Learn(double gain)
    {
        Centre(_values);
        for (int i = 0; i < Window; i++)
        {
            _mean[i] += gain * _centred[i];
            for (int j = 0; j < Window; j++)
            {
                ref double cell = ref _covariance[(i * Window) + j];
                cell += gain * ((_centred[i] * _centred[j]) - cell);
            }
        }
    }

    /// <summary>Squared length of what the basis leaves of the centred window.</summary>
    private double SquaredResidual()
    {
        double squares = 0;
        foreach (double value in _centred)
        {
            squares += value * value;
        }

        for (int d = 0; d < Dimensions; d++)
        {
            double along = System.Numerics.Tensors.TensorPrimitives.Dot(_basis.AsSpan(d * Window, Window), _centred);
            squares -= along * along;
        }

        return Math.Max(0, squares);
    }

    private void FindBasis()
    {
        Matrix<double> vectors = new DenseMatrix(Window, Window, [.. _covariance]).Evd(Symmetricity.Symmetric).EigenVectors;
        for (int d = 0; d < Dimensions; d++)
        {
            // Eigenvalues rise: the last vectors carry the most.
            vectors.Column(Window - 1 - d).AsArray().CopyTo(_basis, d * Window);
        }
    }
}
