using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Oee;

/// <summary>How long it took to go from one product to another.</summary>
/// <param name="From">Product before.</param>
/// <param name="To">Product after.</param>
/// <param name="Count">How often.</param>
/// <param name="Median">Median length.</param>
/// <param name="Best">Shortest.</param>
public sealed record Changeover(string From, string To, int Count, TimeSpan Median, TimeSpan Best);

/// <summary>The changeovers of a line by pair of products. A set-up that a shift boundary cuts counts once.</summary>
public static class ChangeoverMatrix
{
    /// <summary>From the shifts of one line; a pair that never happened is absent. Set-ups without a change of product are left out.</summary>
    public static IReadOnlyList<Changeover> Of(IEnumerable<ShiftRecord> shifts)
    {
        ShiftRecord[] ordered = [.. shifts.OrderBy(shift => shift.Start)];
        List<(DateTime Start, DateTime End)> setUps = SetUps(ordered);
        OrderRun[] runs = [.. ordered.SelectMany(shift => shift.Runs)];
        return
        [
            .. runs.Zip(runs.Skip(1))
                .Where(pair => pair.First.Product != pair.Second.Product && pair.First.Product.Length > 0 && pair.Second.Product.Length > 0)
                .Select(pair => (From: pair.First.Product, To: pair.Second.Product, SetUp: Around(setUps, pair.Second.Start)))
                .Where(change => change.SetUp is not null)
                .GroupBy(change => (change.From, change.To), change => change.SetUp!.Value.End - change.SetUp.Value.Start)
                .Select(group => new Changeover(
                    group.Key.From,
                    group.Key.To,
                    group.Count(),
                    TimeSpan.FromSeconds(group.Select(length => length.TotalSeconds).Median()),
                    group.Min()))
                .OrderBy(change => change.From, StringComparer.Ordinal)
                .ThenBy(change => change.To, StringComparer.Ordinal),
        ];
    }

    private static List<(DateTime Start, DateTime End)> SetUps(ShiftRecord[] shifts)
    {
        List<(DateTime Start, DateTime End)> setUps = [];
        foreach (TimelineInterval interval in shifts.SelectMany(shift => shift.Timeline).Where(interval => interval.Category == LossCategory.SetUp))
        {
            if (setUps.Count > 0 && setUps[^1].End == interval.Start)
            {
                setUps[^1] = (setUps[^1].Start, interval.End);
            }
            else
            {
                setUps.Add((interval.Start, interval.End));
            }
        }

        return setUps;
    }

    /// <summary>The set-up in or at whose bounds the product changed; machines report it at its start, at its end or between.</summary>
    private static (DateTime Start, DateTime End)? Around(List<(DateTime Start, DateTime End)> setUps, DateTime at)
    {
        TimeSpan slack = TimeSpan.FromMinutes(1);
        int found = setUps.FindIndex(setUp => at >= setUp.Start - slack && at <= setUp.End + slack);
        return found < 0 ? null : setUps[found];
    }
}
