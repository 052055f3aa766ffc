namespace Linewatch.Analytics.Spc;

/// <summary>Limits of a pair of charts for a measured characteristic: one for where it is, one for how much it spreads.</summary>
/// <param name="Location">X̄ or the individual value.</param>
/// <param name="Spread">R, s or the moving range.</param>
/// <param name="Sigma">σ of a single unit as the chart estimates it: R̄/d2, s̄/c4 or MR̄/1.128.</param>
/// <param name="Subgroup">Units in a subgroup; 1 for individuals.</param>
public sealed record VariablesChart(ControlLimits Location, ControlLimits Spread, double Sigma, int Subgroup)
{
    /// <summary>X̄-R chart from known averages: X̄ ± A2·R̄, D3·R̄ and D4·R̄ (NIST 6.3.2.1).</summary>
    public static VariablesChart XBarR(double mean, double meanRange, int subgroup)
    {
        double sigma = meanRange / ControlConstants.D2(subgroup);
        double margin = ControlConstants.A2(subgroup) * meanRange;
        return new VariablesChart(
            new ControlLimits(mean - margin, mean, mean + margin, margin / 3),
            new ControlLimits(
                ControlConstants.D3(subgroup) * meanRange, meanRange, ControlConstants.D4(subgroup) * meanRange, ControlConstants.Range3(subgroup) * sigma),
            sigma,
            subgroup);
    }

    /// <summary>X̄-R chart from a baseline of subgroups of one size.</summary>
    /// <exception cref="ArgumentException">There are no subgroups, or they differ in size.</exception>
    public static VariablesChart XBarR(IReadOnlyList<IReadOnlyList<double>> baseline)
    {
        int size = SizeOf(baseline);
        return XBarR(baseline.Average(Mean), baseline.Average(Range), size);
    }

    /// <summary>X̄-S chart from a baseline of subgroups of one size: X̄ ± A3·s̄, B3·s̄ and B4·s̄ (NIST 6.3.2.1).</summary>
    /// <exception cref="ArgumentException">There are no subgroups, or they differ in size.</exception>
    public static VariablesChart XBarS(IReadOnlyList<IReadOnlyList<double>> baseline)
    {
        int size = SizeOf(baseline);
        double meanDeviation = baseline.Average(Deviation);
        double mean = baseline.Average(Mean);
        double margin = ControlConstants.A3(size) * meanDeviation;
        double sigma = meanDeviation / ControlConstants.C4(size);
        return new VariablesChart(
            new ControlLimits(mean - margin, mean, mean + margin, margin / 3),
            new ControlLimits(
                ControlConstants.B3(size) * meanDeviation,
                meanDeviation,
                ControlConstants.B4(size) * meanDeviation,
                (ControlConstants.B4(size) - 1) * meanDeviation / 3),
            sigma,
            size);
    }

    /// <summary>I-MR chart from a baseline of single values: X̄ ± 3 MR̄/1.128, moving range up to 3.267·MR̄ (NIST 6.3.2.2).</summary>
    /// <exception cref="ArgumentException">Fewer than two values.</exception>
    public static VariablesChart IndividualsMovingRange(IReadOnlyList<double> baseline)
    {
        if (baseline.Count < 2)
        {
            throw new ArgumentException($"a moving range needs two values or more, found {baseline.Count}", nameof(baseline));
        }

        double meanRange = Enumerable.Range(1, baseline.Count - 1).Average(i => Math.Abs(baseline[i] - baseline[i - 1]));
        double sigma = meanRange / ControlConstants.D2(2);
        return new VariablesChart(
            ControlLimits.Symmetric(baseline.Average(), sigma),
            ControlLimits.NotNegative(meanRange, ControlConstants.Range3(2) * sigma),
            sigma,
            Subgroup: 1);
    }

    internal static double Mean(IReadOnlyList<double> values) => values.Average();

    internal static double Range(IReadOnlyList<double> values) => values.Max() - values.Min();

    /// <summary>Sample standard deviation.</summary>
    internal static double Deviation(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    private static int SizeOf(IReadOnlyList<IReadOnlyList<double>> baseline)
    {
        if (baseline.Count == 0 || baseline.Any(subgroup => subgroup.Count != baseline[0].Count))
        {
            throw new ArgumentException("a baseline needs subgroups, all of one size", nameof(baseline));
        }

        return baseline[0].Count;
    }
}
