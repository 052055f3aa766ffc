using Linewatch.Analytics.Prognosis;

namespace Linewatch.Analytics.Planning;

/// <summary>When a component will fail, as a forecast sees it. Times are UTC.</summary>
/// <param name="Since">When the forecast was made; the component was alive then.</param>
/// <param name="Early">It fails before this with a probability of 5 %.</param>
/// <param name="Middle">It fails before this with a probability of 50 %.</param>
public readonly record struct LifeBand(DateTime Since, DateTime Early, DateTime Middle)
{
    /// <summary>Share that fails before <see cref="Early"/>.</summary>
    public const double EarlyShare = 0.05;

    /// <summary>Shape taken where only a due time is known: moderate wear.</summary>
    private const double UsualShape = 3;

    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    /// <summary>The band of work that is due by a calendar or meter: one in twenty fails before the due time if nothing is done.</summary>
    public static LifeBand DueBy(DateTime since, DateTime due)
    {
        TimeSpan early = due - since > Shortest ? due - since : Shortest;
        double ratio = Math.Pow(Math.Log(2) / -Math.Log(1 - EarlyShare), 1 / UsualShape);
        return new LifeBand(since, since + early, since + (early * ratio));
    }

    /// <summary>The Weibull life, in days from <see cref="Since"/>, that has these two quantiles. A limit that is reached already leaves an hour.</summary>
    public Weibull ToWeibull()
    {
        double middle = Math.Max((Middle - Since).TotalDays, Shortest.TotalDays);
        double early = Math.Clamp((Early - Since).TotalDays, 0.02 * middle, 0.95 * middle);
        double shape = Math.Log(Math.Log(2) / -Math.Log(1 - EarlyShare)) / Math.Log(middle / early);
        return new Weibull(shape, middle / Math.Pow(Math.Log(2), 1 / shape));
    }
}
