namespace Linewatch.Analytics.Oee;

/// <summary>A stretch [Start, End) of a shift in which one product was made for one order.</summary>
/// <param name="Start">UTC, inclusive.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="Product">Product id; empty = unknown.</param>
/// <param name="Order">Order; null = none or unknown.</param>
/// <param name="Count">What was made.</param>
/// <param name="IsCounted">Whether the line counts units.</param>
public sealed record OrderRun(DateTime Start, DateTime End, string Product, string? Order, ProductCount Count, bool IsCounted)
{
    /// <summary>Times and counts of the run; the times as the shift's timeline says.</summary>
    public Quantities In(ShiftRecord shift) => Quantities.Of(TimesBetween(shift.Timeline, Start, End), [Count], IsCounted);

    /// <summary>Time by category of a timeline within [from, to).</summary>
    internal static Dictionary<LossCategory, TimeSpan> TimesBetween(IReadOnlyList<TimelineInterval> timeline, DateTime from, DateTime to)
    {
        Dictionary<LossCategory, TimeSpan> times = [];
        foreach (TimelineInterval interval in timeline)
        {
            DateTime start = interval.Start > from ? interval.Start : from;
            DateTime end = interval.End < to ? interval.End : to;
            if (start < end)
            {
                times[interval.Category] = times.GetValueOrDefault(interval.Category) + (end - start);
            }
        }

        return times;
    }
}
