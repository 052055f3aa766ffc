namespace Linewatch.Analytics.Prognosis;

/// <summary>A symmetric positive definite matrix with one value beside the diagonal, factored as L D Lᵀ.</summary>
internal sealed class TridiagonalMatrix
{
    private readonly double[] _pivots;
    private readonly double[] _factors;

    /// <param name="diagonal">The diagonal.</param>
    /// <param name="beside">The value beside it, everywhere the same.</param>
    public TridiagonalMatrix(double[] diagonal, double beside)
    {
        _pivots = new double[diagonal.Length];
        _factors = new double[diagonal.Length];
        _pivots[0] = diagonal[0];
        LogDeterminant = Math.Log(_pivots[0]);
        for (int i = 1; i < diagonal.Length; i++)
        {
            _factors[i] = beside / _pivots[i - 1];
            _pivots[i] = diagonal[i] - (_factors[i] * beside);
            LogDeterminant += Math.Log(_pivots[i]);
        }
    }

    /// <summary>Logarithm of the determinant.</summary>
    public double LogDeterminant { get; }

    /// <summary>The last element of the inverse's diagonal.</summary>
    public double InverseAtEnd => 1 / _pivots[^1];

    /// <summary>The x with this matrix times x = b.</summary>
    public double[] Solve(double[] b)
    {
        double[] x = [.. b];
        for (int i = 1; i < x.Length; i++)
        {
            x[i] -= _factors[i] * x[i - 1];
        }

        for (int i = x.Length - 1; i >= 0; i--)
        {
            x[i] = (x[i] / _pivots[i]) - (i + 1 < x.Length ? _factors[i + 1] * x[i + 1] : 0);
        }

        return x;
    }
}
