using MathNet.Numerics.LinearAlgebra.Double;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// How the signals of a machine's rows go together while nothing is wrong: their means and covariance, the old forgotten slowly. Where a sensor
/// fails they tell what the other signals let expect in its place, the conditional mean (Anderson, An Introduction to Multivariate Statistical
/// Analysis, 2003, section 2.5): so it neither breaks a relation nor hides that another is broken. Constant memory; not thread-safe.
/// </summary>
/// <param name="signals">Signals in a row.</param>
/// <param name="memory">Rows after which a row is forgotten to 37 %.</param>
internal sealed class RowRelations(int signals, double memory)
{
    private const int MostFilledShare = 3; // one signal in three
    private const int RowsPerSignal = 10;  // fewer tell chance relations
    private const double Ridge = 1e-6;     // of a variance: against rounding where signals are all but equal
    private const double LeastVariance = 1e-12;

    private readonly double[] _mean = new double[signals];
    private readonly double[][] _covariance = [.. Enumerable.Range(0, signals).Select(_ => new double[signals])];
    private double _rows;

    /// <summary>Learns a row.</summary>
    /// <param name="row">All values finite.</param>
    public void Add(ReadOnlySpan<double> row)
    {
        _rows = Math.Min(_rows + 1, memory);
        double gain = 1 / _rows;
        for (int i = 0; i < row.Length; i++)
        {
            double[] covariance = _covariance[i];
            for (int j = 0; j < row.Length; j++)
            {
                covariance[j] = (1 - gain) * (covariance[j] + (gain * (row[i] - _mean[i]) * (row[j] - _mean[j])));
            }
        }

        for (int i = 0; i < row.Length; i++)
        {
            _mean[i] += gain * (row[i] - _mean[i]);
        }
    }

    /// <summary>Puts what the other signals let expect in the place of those that are missing.</summary>
    /// <param name="row">NaN where a signal is missing.</param>
    /// <param name="filled">Set where it was.</param>
    /// <returns>False, and nothing is filled, where more than a third is missing, a value is infinite or too few rows were learned.</returns>
    public bool TryFill(Span<double> row, Span<bool> filled)
    {
        int missing = 0;
        foreach (double value in row)
        {
            missing += double.IsNaN(value) ? 1 : 0;
            if (double.IsInfinity(value))
            {
                return false;
            }
        }

        if (missing * MostFilledShare > row.Length || _rows < Math.Min(RowsPerSignal * row.Length, memory))
        {
            return false;
        }

        int[] present = new int[row.Length - missing];
        for (int i = 0, next = 0; i < row.Length; i++)
        {
            filled[i] = double.IsNaN(row[i]);
            if (!filled[i])
            {
                present[next++] = i;
            }
        }

        DenseMatrix among = DenseMatrix.Create(present.Length, present.Length, (i, j) =>
            (_covariance[present[i]][present[j]] * (i == j ? 1 + Ridge : 1)) + (i == j ? LeastVariance : 0));
        DenseVector away = new(present.Length);
        for (int i = 0; i < present.Length; i++)
        {
            away[i] = row[present[i]] - _mean[present[i]];
        }

        MathNet.Numerics.LinearAlgebra.Vector<double> weights = among.Cholesky().Solve(away);
        for (int i = 0; i < row.Length; i++)
        {
            if (filled[i])
            {
                row[i] = _mean[i];
                for (int j = 0; j < present.Length; j++)
                {
                    row[i] += _covariance[i][present[j]] * weights[j];
                }
            }
        }

        return true;
    }

    public void Save(StateWriter state)
    {
        state.Write(_rows);
        state.Write(_mean);
        foreach (double[] covariance in _covariance)
        {
            state.Write(covariance);
        }
    }

    public void Restore(StateReader state)
    {
        _rows = state.ReadDouble();
        state.Read(_mean);
        foreach (double[] covariance in _covariance)
        {
            state.Read(covariance);
        }
    }
}
