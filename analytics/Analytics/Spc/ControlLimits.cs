namespace Linewatch.Analytics.Spc;

/// <summary>Limits of one plotted statistic. Freeze them from a stable baseline; data that alarmed must not move them.</summary>
/// <param name="Lower">Lower control limit.</param>
/// <param name="Centre">Centre line.</param>
/// <param name="Upper">Upper control limit.</param>
/// <param name="Sigma">Standard deviation of the plotted statistic (not of a single unit); run rules use it.</param>
public readonly record struct ControlLimits(double Lower, double Centre, double Upper, double Sigma)
{
    /// <summary>Whether a value lies strictly outside the limits.</summary>
    public bool IsOut(double value) => value > Upper || value < Lower;

    /// <summary>Distance of a value from the centre line in σ of the statistic.</summary>
    public double Score(double value) => Sigma > 0 ? (value - Centre) / Sigma : value == Centre ? 0 : Math.CopySign(double.PositiveInfinity, value - Centre);

    internal static ControlLimits Symmetric(double centre, double sigma) => new(centre - (3 * sigma), centre, centre + (3 * sigma), sigma);

    internal static ControlLimits NotNegative(double centre, double sigma) => Symmetric(centre, sigma) with { Lower = Math.Max(0, centre - (3 * sigma)) };
}
