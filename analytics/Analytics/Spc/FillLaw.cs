using MathNet.Numerics.Distributions;

namespace Linewatch.Analytics.Spc;

/// <summary>
/// EU prepackage law (76/211/EEC, the ℮ mark, 5 ml to 10 l): the tolerable negative error by nominal quantity and the three
/// packers' rules. Quantities in ml or g alike.
/// </summary>
public static class FillLaw
{
    /// <summary>Largest measurement error a check may have: a fifth of the tolerable negative error (WELMEC 6.9).</summary>
    public const double LargestMeasurementShare = 0.2;

    /// <summary>TNE, the tolerable negative error. Bands alternate between a share and an amount and meet at every edge.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The nominal quantity is outside 5 … 10 000.</exception>
    public static double TolerableNegativeError(double nominal) => nominal switch
    {
        < 5 or > 10_000 or double.NaN => throw new ArgumentOutOfRangeException(nameof(nominal), nominal, "the ℮ mark covers 5 to 10 000 ml or g"),
        <= 50 => nominal * 0.09,
        <= 100 => 4.5,
        <= 200 => nominal * 0.045,
        <= 300 => 9,
        <= 500 => nominal * 0.03,
        <= 1000 => 15,
        _ => nominal * 0.015,
    };

    /// <summary>TU1 = nominal − TNE: only few units may be below.</summary>
    public static double Tu1(double nominal) => nominal - TolerableNegativeError(nominal);

    /// <summary>TU2 = nominal − 2 TNE: no unit may be below.</summary>
    public static double Tu2(double nominal) => nominal - (2 * TolerableNegativeError(nominal));

    /// <summary>
    /// Factor of the reference test on the mean, x̄ ≥ Qn − factor·s: t(0.995, n−1)/√n; 0.640, 0.503, 0.379 for 20, 30 and 50
    /// units as the law prints them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two units.</exception>
    public static double MeanFactor(int units)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 2);
        return StudentT.InvCDF(0, 1, units - 1, 0.995) / Math.Sqrt(units);
    }

    /// <summary>Reference test on the mean of a sample.</summary>
    public static bool MeanPasses(double nominal, IReadOnlyList<double> sample) =>
        sample.Average() >= nominal - (MeanFactor(sample.Count) * VariablesChart.Deviation(sample));

    /// <summary>
    /// Reference test on single units, destructive, sample of 20 (76/211/EEC annex II 2.2.2): accepted with one unit
    /// below TU1, rejected with two, and with any below TU2.
    /// </summary>
    /// <exception cref="ArgumentException">The sample does not have 20 units.</exception>
    public static bool DestructiveSamplePasses(double nominal, IReadOnlyList<double> sample)
    {
        if (sample.Count != 20)
        {
            throw new ArgumentException($"the destructive plan takes 20 units, found {sample.Count}", nameof(sample));
        }

        return sample.Count(unit => unit < Tu1(nominal)) <= 1 && !sample.Any(unit => unit < Tu2(nominal));
    }

    /// <summary>Non-destructive double sampling plan for a batch (one hour's maximum output).</summary>
    /// <param name="batch">Units in the batch, 100 or more.</param>
    /// <param name="first">Units below TU1 in the first sample.</param>
    /// <param name="both">Units below TU1 in both samples together; null = the second was not taken yet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is smaller than 100 units.</exception>
    public static BatchVerdict NonDestructive(int batch, int first, int? both = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 100);
        (int accept, int reject, int acceptBoth) = batch switch
        {
            <= 500 => (1, 3, 4),
            <= 3200 => (2, 5, 6),
            _ => (3, 7, 8),
        };
        return first <= accept ? BatchVerdict.Accepted
            : first >= reject ? BatchVerdict.Rejected
            : both is not { } total ? BatchVerdict.SecondSample
            : total <= acceptBoth ? BatchVerdict.Accepted
            : BatchVerdict.Rejected;
    }

    /// <summary>Units in the first sample of the non-destructive plan; the second has as many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The batch is smaller than 100 units.</exception>
    public static int SampleSize(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 100);
        return batch <= 500 ? 30 : batch <= 3200 ? 50 : 80;
    }
}

/// <summary>Outcome of a sampling plan.</summary>
public enum BatchVerdict
{
    /// <summary>The batch may go.</summary>
    Accepted,

    /// <summary>The batch must not go.</summary>
    Rejected,

    /// <summary>The second sample decides.</summary>
    SecondSample,
}
