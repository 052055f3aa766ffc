using MathNet.Numerics;

namespace Linewatch.Analytics.Spc;

/// <summary>
/// Constants of control charts for subgroups of a normal characteristic (NIST e-Handbook 6.3.2.1): of ranges for 2 to 10
/// units, of standard deviations for any number. Kept to five decimals, since three-digit tables shift limits visibly.
/// </summary>
public static class ControlConstants
{
    /// <summary>Smallest subgroup with a range.</summary>
    public const int SmallestSubgroup = 2;

    /// <summary>Largest subgroup for which the range is a fair estimate; larger ones take an X̄-S chart.</summary>
    public const int LargestSubgroup = 10;

    private static readonly double[] RangeMeans = [1.12838, 1.69257, 2.05875, 2.32593, 2.53441, 2.70436, 2.84720, 2.97003, 3.07751];
    private static readonly double[] RangeDeviations = [0.85250, 0.88837, 0.87981, 0.86408, 0.84804, 0.83321, 0.81983, 0.80783, 0.79705];

    /// <summary>d2 = E[R]/σ.</summary>
    public static double D2(int subgroup) => RangeMeans[Index(subgroup)];

    /// <summary>d3 = σ of R/σ.</summary>
    public static double Range3(int subgroup) => RangeDeviations[Index(subgroup)];

    /// <summary>A2 = 3 / (d2 √n): limits of X̄ from R̄.</summary>
    public static double A2(int subgroup) => 3 / (D2(subgroup) * Math.Sqrt(subgroup));

    /// <summary>D3 = max(0, 1 − 3 d3/d2): lower limit of R from R̄.</summary>
    public static double D3(int subgroup) => Math.Max(0, 1 - (3 * Range3(subgroup) / D2(subgroup)));

    /// <summary>D4 = 1 + 3 d3/d2: upper limit of R from R̄.</summary>
    public static double D4(int subgroup) => 1 + (3 * Range3(subgroup) / D2(subgroup));

    /// <summary>c4 = E[s]/σ = √(2/(n−1)) Γ(n/2)/Γ((n−1)/2), for any subgroup of 2 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two units.</exception>
    public static double C4(int subgroup)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subgroup, SmallestSubgroup);
        return Math.Sqrt(2.0 / (subgroup - 1)) * Math.Exp(SpecialFunctions.GammaLn(subgroup / 2.0) - SpecialFunctions.GammaLn((subgroup - 1) / 2.0));
    }

    /// <summary>A3 = 3 / (c4 √n): limits of X̄ from s̄.</summary>
    public static double A3(int subgroup) => 3 / (C4(subgroup) * Math.Sqrt(subgroup));

    /// <summary>B3 = max(0, 1 − 3 √(1−c4²)/c4): lower limit of s from s̄.</summary>
    public static double B3(int subgroup) => Math.Max(0, 1 - Deviation3(subgroup));

    /// <summary>B4 = 1 + 3 √(1−c4²)/c4: upper limit of s from s̄.</summary>
    public static double B4(int subgroup) => 1 + Deviation3(subgroup);

    private static double Deviation3(int subgroup)
    {
        double c4 = C4(subgroup);
        return 3 * Math.Sqrt(1 - (c4 * c4)) / c4;
    }

    private static int Index(int subgroup)
    {
        if (subgroup is < SmallestSubgroup or > LargestSubgroup)
        {
            throw new ArgumentOutOfRangeException(
                nameof(subgroup), subgroup, $"ranges are used for subgroups of {SmallestSubgroup} to {LargestSubgroup}; larger ones take an X̄-S chart");
        }

        return subgroup - SmallestSubgroup;
    }
}
