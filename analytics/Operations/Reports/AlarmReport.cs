using Linewatch.Operations.Alerts;

namespace Linewatch.Operations.Reports;

/// <summary>
/// How well the alarm system itself works over a period (ISA-18.2 §16 and EEMUA 191; targets in domain.md §6). Only what
/// called people counts; advisories are not alarms.
/// </summary>
public sealed record AlarmReport
{
    /// <summary>Length of the intervals that rates and floods are counted in.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private const int FloodStartsAbove = 10;
    private const int FloodEndsBelow = 5;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(24);

    /// <summary>Annunciations.</summary>
    public required int Annunciations { get; init; }

    /// <summary>Annunciations an operator and hour; at most 6 is acceptable, 12 the most one can manage.</summary>
    public required double PerOperatorHour { get; init; }

    /// <summary>How that is to be judged.</summary>
    public required AlarmLoad Load { get; init; }

    /// <summary>Share of 10-minute intervals with more than 10 annunciations; target below 1 %.</summary>
    public required double BusyIntervalShare { get; init; }

    /// <summary>Floods: they begin with more than 10 in 10 minutes and end with fewer than 5.</summary>
    public required int Floods { get; init; }

    /// <summary>Share of the time in flood; target below 1 %.</summary>
    public required double FloodShare { get; init; }

    /// <summary>Share of the ten most frequent alarms in all annunciations; target 1–5 %.</summary>
    public required double TopTenShare { get; init; }

    /// <summary>The ten most frequent alarms with their counts, most frequent first.</summary>
    public required IReadOnlyList<AlarmCount> TopTen { get; init; }

    /// <summary>Alarms that chatter (more than the limit within the window); target none.</summary>
    public required IReadOnlyList<string> Chattering { get; init; }

    /// <summary>Alarms that stood longer than 24 h at the end of the period; target fewer than 5.</summary>
    public required IReadOnlyList<string> Stale { get; init; }

    /// <summary>Share of the annunciations by severity; target about 80 / 15 / 5 %, the highest below 1 %.</summary>
    public required IReadOnlyDictionary<AlertSeverity, double> SeverityShares { get; init; }

    /// <summary>Computes the report.</summary>
    /// <param name="annunciations">Every annunciation in the period: when, which alarm (rule and source), how severe; in any order.</param>
    /// <param name="standing">Alarms that stand at the end of the period, and since when.</param>
    /// <param name="from">Start of the period, UTC.</param>
    /// <param name="to">Its end, UTC, not included.</param>
    /// <param name="operators">How many operators share the alarms, 1 or more.</param>
    /// <param name="chatter">How many annunciations of one alarm within which time are chatter (definitions differ, so a setting).</param>
    public static AlarmReport Compute(
        IReadOnlyCollection<Annunciation> annunciations,
        IReadOnlyCollection<StandingAlarm> standing,
        DateTime from,
        DateTime to,
        int operators,
        ChatterLimit chatter)
    {
        int total = annunciations.Count;
        int[] counts = Counts(annunciations, from, to);
        (int floods, int inFlood) = CountFloods(counts);
        AlarmCount[] byAlarm =
        [
            .. annunciations.GroupBy(annunciation => annunciation.Alarm)
                .Select(group => new AlarmCount(group.Key, group.Count()))
                .OrderByDescending(alarm => alarm.Count).ThenBy(alarm => alarm.Alarm, StringComparer.Ordinal),
        ];
        AlarmCount[] topTen = byAlarm[..Math.Min(10, byAlarm.Length)];
        double perHour = total / (to - from).TotalHours / operators;
        return new AlarmReport
        {
            Annunciations = total,
            PerOperatorHour = perHour,
            Load = perHour <= 6 ? AlarmLoad.Acceptable : perHour <= 12 ? AlarmLoad.Manageable : AlarmLoad.Overloaded,
            BusyIntervalShare = counts.Length == 0 ? 0 : counts.Count(count => count > FloodStartsAbove) / (double)counts.Length,
            Floods = floods,
            FloodShare = counts.Length == 0 ? 0 : inFlood / (double)counts.Length,
            TopTenShare = total == 0 ? 0 : topTen.Sum(alarm => alarm.Count) / (double)total,
            TopTen = topTen,
            Chattering = [.. annunciations.GroupBy(annunciation => annunciation.Alarm).Where(group => chatter.IsExceededBy(group.Select(a => a.EventTime))).Select(group => group.Key).Order(StringComparer.Ordinal)],
            Stale = [.. standing.Where(alarm => to - alarm.Since > StaleAfter).Select(alarm => alarm.Alarm).Order(StringComparer.Ordinal)],
            SeverityShares = annunciations.GroupBy(annunciation => annunciation.Severity).ToDictionary(group => group.Key, group => group.Count() / (double)total),
        };
    }

    private static int[] Counts(IReadOnlyCollection<Annunciation> annunciations, DateTime from, DateTime to)
    {
        int[] counts = new int[(int)Math.Ceiling((to - from) / Interval)];
        foreach (Annunciation annunciation in annunciations)
        {
            if (annunciation.EventTime >= from && annunciation.EventTime < to)
            {
                counts[(int)((annunciation.EventTime - from) / Interval)]++;
            }
        }

        return counts;
    }

    private static (int Floods, int Intervals) CountFloods(int[] counts)
    {
        int floods = 0;
        int intervals = 0;
        bool flood = false;
        foreach (int count in counts)
        {
            if (!flood && count > FloodStartsAbove)
            {
                flood = true;
                floods++;
            }
            else if (flood && count < FloodEndsBelow)
            {
                flood = false;
            }

            intervals += flood ? 1 : 0;
        }

        return (floods, intervals);
    }
}

/// <summary>How an operator's alarm load is to be judged.</summary>
public enum AlarmLoad
{
    /// <summary>At most 6 an hour.</summary>
    Acceptable,

    /// <summary>At most 12 an hour: the most one can manage.</summary>
    Manageable,

    /// <summary>More.</summary>
    Overloaded,
}

/// <summary>One call to people.</summary>
public readonly record struct Annunciation(DateTime EventTime, string Alarm, AlertSeverity Severity);

/// <summary>An alarm whose condition stands.</summary>
public readonly record struct StandingAlarm(string Alarm, DateTime Since);

/// <summary>How often an alarm called.</summary>
public readonly record struct AlarmCount(string Alarm, int Count);

/// <summary>At least <paramref name="Count"/> annunciations of one alarm within <paramref name="Within"/> are chatter.</summary>
public readonly record struct ChatterLimit(int Count, TimeSpan Within)
{
    /// <summary>At least 3 a minute.</summary>
    public static ChatterLimit Default { get; } = new(3, TimeSpan.FromMinutes(1));

    internal bool IsExceededBy(IEnumerable<DateTime> times)
    {
        DateTime[] sorted = [.. times.Order()];
        for (int i = Count - 1; i < sorted.Length; i++)
        {
            if (sorted[i] - sorted[i - Count + 1] <= Within)
            {
                return true;
            }
        }

        return false;
    }
}
