namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// How many of the faults that people know of were told of before. An estimate from few cases, hence with the 95 % interval of
/// Wilson (Journal of the American Statistical Association 22, 1927, p. 209), and silent below <see cref="Fewest"/>. Immutable.
/// </summary>
/// <param name="Found">Faults of which an alert told, 0 or more.</param>
/// <param name="Missed">Breakdowns of which none did, 0 or more.</param>
public sealed record RecallEstimate(int Found, int Missed)
{
    /// <summary>Fewer known faults than this say nothing.</summary>
    public const int Fewest = 5;

    private const double Quantile = 1.959963984540054; // of the normal distribution at 97.5 %

    /// <summary>Found as a share of all known; null while they are too few.</summary>
    public double? Recall => IsKnown ? Share : null;

    /// <summary>Lower end of the interval; null while there are too few.</summary>
    public double? Lower => IsKnown ? Math.Max(0, Centre - Half) : null;

    /// <summary>Upper end of the interval; null while there are too few.</summary>
    public double? Upper => IsKnown ? Math.Min(1, Centre + Half) : null;

    private bool IsKnown => Found + Missed >= Fewest;

    private double Cases => Found + Missed;

    private double Share => Found / Cases;

    private double Shrink => 1 + (Quantile * Quantile / Cases);

    private double Centre => (Share + (Quantile * Quantile / (2 * Cases))) / Shrink;

    private double Half => Quantile * Math.Sqrt((Share * (1 - Share) / Cases) + (Quantile * Quantile / (4 * Cases * Cases))) / Shrink;
}
