namespace Linewatch.Analytics.Spc;

/// <summary>Process capability indices; an index that its limits do not define is null.</summary>
/// <param name="Cp">(USL − LSL) / 6σ; null with one limit.</param>
/// <param name="Cpk">min(Cpu, Cpl) of those that exist.</param>
/// <param name="Cpu">(USL − µ) / 3σ.</param>
/// <param name="Cpl">(µ − LSL) / 3σ.</param>
/// <param name="K">|µ − middle| / half the tolerance; null with one limit.</param>
public sealed record CapabilityIndices(double? Cp, double? Cpk, double? Cpu, double? Cpl, double? K)
{
    /// <summary>Computes the indices (NIST e-Handbook 6.1.6).</summary>
    /// <exception cref="ArgumentException">σ is not positive, or the limits are crossed.</exception>
    public static CapabilityIndices Of(double mean, double sigma, double? lower, double? upper)
    {
        if (!(sigma > 0))
        {
            throw new ArgumentException($"σ must be above 0, found {sigma}", nameof(sigma));
        }

        if (lower >= upper)
        {
            throw new ArgumentException($"the lower limit {lower} must be below the upper {upper}", nameof(lower));
        }

        double? cpu = (upper - mean) / (3 * sigma);
        double? cpl = (mean - lower) / (3 * sigma);
        return new CapabilityIndices(
            (upper - lower) / (6 * sigma),
            cpu is { } u && cpl is { } l ? Math.Min(u, l) : cpu ?? cpl,
            cpu,
            cpl,
            upper is { } high && lower is { } low ? Math.Abs(mean - ((high + low) / 2)) / ((high - low) / 2) : null);
    }
}

/// <summary>A capability study: what the process can do within subgroups, and what it did overall; or why neither may be said.</summary>
/// <param name="Within">Cp, Cpk with σ from R̄/d2, s̄/c4 or, for single values, MR̄/1.128; null when refused.</param>
/// <param name="Overall">Pp, Ppk with the sample standard deviation of all units; null when refused.</param>
/// <param name="Subgroups">Number of subgroups, or of single values.</param>
/// <param name="IsStable">Whether no location and no spread is out of its limits.</param>
/// <param name="Refusal">Why no index is given; null when one is.</param>
public sealed record CapabilityStudy(CapabilityIndices? Within, CapabilityIndices? Overall, int Subgroups, bool IsStable, string? Refusal)
{
    /// <summary>Fewest subgroups that carry an index.</summary>
    public const int FewestSubgroups = 25;

    /// <summary>Studies subgroups of one size against one or two limits; refuses rather than give a figure that means nothing.</summary>
    /// <param name="subgroups">Each of one value or more.</param>
    /// <param name="lower">Lower specification limit; null = none.</param>
    /// <param name="upper">Upper specification limit; null = none.</param>
    /// <param name="byDeviation">Whether the spread within is told by standard deviations instead of ranges; always with more than 10 units.</param>
    public static CapabilityStudy Of(IReadOnlyList<IReadOnlyList<double>> subgroups, double? lower, double? upper, bool byDeviation = false)
    {
        int count = subgroups.Count;
        if (lower is null && upper is null)
        {
            return Refuse("there is no specification limit", stable: false);
        }

        if (count < FewestSubgroups)
        {
            return Refuse($"{count} subgroups are too few; {FewestSubgroups} are needed", stable: false);
        }

        double[] all = [.. subgroups.SelectMany(subgroup => subgroup)];
        int size = subgroups[0].Count;
        bool isByDeviation = byDeviation || size > ControlConstants.LargestSubgroup;
        VariablesChart chart = size == 1 ? VariablesChart.IndividualsMovingRange(all)
            : isByDeviation ? VariablesChart.XBarS(subgroups)
            : VariablesChart.XBarR(subgroups);
        IEnumerable<double> spreads = size == 1 ? all.Skip(1).Zip(all, (value, before) => Math.Abs(value - before))
            : subgroups.Select(subgroup => isByDeviation ? VariablesChart.Deviation(subgroup) : VariablesChart.Range(subgroup));
        bool stable = !subgroups.Any(subgroup => chart.Location.IsOut(VariablesChart.Mean(subgroup))) && !spreads.Any(chart.Spread.IsOut);
        double overall = VariablesChart.Deviation(all);
        if (!(chart.Sigma > 0) || !(overall > 0))
        {
            return Refuse("every value is the same: the sensor is stuck or too coarse", stable);
        }

        if (!stable)
        {
            return Refuse("the process is not stable: a subgroup is out of its control limits", stable);
        }

        double mean = all.Average();
        return new CapabilityStudy(
            CapabilityIndices.Of(mean, chart.Sigma, lower, upper), CapabilityIndices.Of(mean, overall, lower, upper), count, stable, null);

        CapabilityStudy Refuse(string why, bool stable) => new(null, null, count, stable, why);
    }
}
