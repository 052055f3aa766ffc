namespace Linewatch.Analytics.Spc;

/// <summary>Limits of charts for counted defects (NIST e-Handbook 6.3.3); they depend on how much was inspected.</summary>
public static class AttributesChart
{
    /// <summary>p chart: share of defective units, p̄ ± 3 √(p̄(1−p̄)/n), within 0 … 1.</summary>
    /// <param name="meanShare">p̄ of the baseline, 0 … 1.</param>
    /// <param name="inspected">Units inspected for this point.</param>
    /// <exception cref="ArgumentOutOfRangeException">p̄ is outside 0 … 1 or nothing was inspected.</exception>
    public static ControlLimits P(double meanShare, long inspected)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inspected);
        ArgumentOutOfRangeException.ThrowIfNegative(meanShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(meanShare, 1);
        ControlLimits limits = ControlLimits.NotNegative(meanShare, Math.Sqrt(meanShare * (1 - meanShare) / inspected));
        return limits with { Upper = Math.Min(1, limits.Upper) };
    }

    /// <summary>u chart: defects per unit, ū ± 3 √(ū/n), not below 0.</summary>
    /// <param name="meanRate">ū of the baseline, defects a unit.</param>
    /// <param name="inspected">Units inspected for this point.</param>
    /// <exception cref="ArgumentOutOfRangeException">ū is negative or nothing was inspected.</exception>
    public static ControlLimits U(double meanRate, double inspected)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inspected);
        ArgumentOutOfRangeException.ThrowIfNegative(meanRate);
        return ControlLimits.NotNegative(meanRate, Math.Sqrt(meanRate / inspected));
    }
}
