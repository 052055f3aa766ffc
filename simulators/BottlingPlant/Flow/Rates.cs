namespace Linewatch.BottlingPlant.Flow;

/// <summary>
/// The flow is computed in whole micro-bottles a millisecond, so that sums are exact and nothing is lost to rounding.
/// </summary>
internal static class Rates
{
    /// <summary>One bottle in the unit of the flow.</summary>
    public const long Bottle = 1_000_000;

    /// <summary>Micro-bottles a millisecond from bottles an hour, rounded down.</summary>
    public static long FromPerHour(double bottlesPerHour) => (long)(bottlesPerHour * Bottle / 3_600_000);

    /// <summary>Bottles an hour from micro-bottles a millisecond.</summary>
    public static double ToPerHour(long rate) => rate * 3_600_000.0 / Bottle;

    /// <summary>Milliseconds until an amount has passed at a rate, rounded up.</summary>
    public static long Until(long amount, long rate) => (amount + rate - 1) / rate;
}
