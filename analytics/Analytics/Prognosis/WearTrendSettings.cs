namespace Linewatch.Analytics.Prognosis;

/// <summary>What is enough data, how sure to be, how far to look.</summary>
public sealed record WearTrendSettings
{
    /// <summary>Fewest samples. Default 24.</summary>
    public int FewestSamples { get; init; } = 24;

    /// <summary>Shortest time from first to last sample, in hours. Default 12.</summary>
    public double ShortestSpanHours { get; init; } = 12;

    /// <summary>Mann–Kendall z from which there is a trend. Default 3.1 (one in a thousand by chance, for independent samples).</summary>
    public double TrendZ { get; init; } = 3.1;

    /// <summary>
    /// A change that has come less far than this share of the way from the sound level, or from the first samples, to the limit is taken for noise or
    /// a daily swing unless it stands beside such a swing (<see cref="TrendBesideDay"/>). Default 0.2.
    /// </summary>
    public double LeastWay { get; init; } = 0.2;

    /// <summary>Standard errors from which a line stands beside a wave of 24 hours fitted with it. Default 2.</summary>
    public double TrendBesideDay { get; init; } = 2;

    /// <summary>Crossings later than this are not forecast, in hours. Default 120 days.</summary>
    public double HorizonHours { get; init; } = 120 * 24;

    /// <summary>Share of the crossings outside each end of the band. Default 0.05: a 90 % band.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Number of bootstrap refits. Default 100.</summary>
    public int Resamples { get; init; } = 100;

    /// <summary>Seed of the resampling.</summary>
    public int Seed { get; init; } = 20_261_122;
}

/// <summary>One value of a wear signal.</summary>
/// <param name="Hours">Event time in hours from any origin.</param>
/// <param name="Value">Value in the signal's unit.</param>
public readonly record struct WearSample(double Hours, double Value);
