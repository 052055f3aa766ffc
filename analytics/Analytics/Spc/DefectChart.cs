namespace Linewatch.Analytics.Spc;

/// <summary>What a chart of counted defects draws.</summary>
public enum DefectKind
{
    /// <summary>p chart: share of units that are defective.</summary>
    Share,

    /// <summary>u chart: defects in each unit or hour.</summary>
    Rate,
}

/// <summary>Defects counted in a stretch of time.</summary>
/// <param name="EventTime">End of the stretch, UTC.</param>
/// <param name="Defects">How many.</param>
/// <param name="Inspected">Among how many units, or in how many hours.</param>
public readonly record struct DefectCount(DateTime EventTime, long Defects, double Inspected);

/// <summary>One point of a chart of defects.</summary>
/// <param name="EventTime">End of its stretch of time, UTC.</param>
/// <param name="Defects">How many.</param>
/// <param name="Inspected">Among how many.</param>
/// <param name="Value">Defects / inspected.</param>
/// <param name="Limits">Limits for as much as was inspected.</param>
/// <param name="Rules">Rules that fire at it.</param>
/// <param name="InBaseline">Whether the mean comes from it.</param>
public readonly record struct DefectPoint(
    DateTime EventTime, long Defects, double Inspected, double Value, ControlLimits Limits, RunRule Rules, bool InBaseline);

/// <summary>
/// A p or u chart: limits widen where little was inspected. The mean is frozen from the first points. Nelson's tests 1 to 4 are
/// applied to the distance from the mean in σ of each point.
/// </summary>
/// <param name="Kind">p or u.</param>
/// <param name="Baseline">Points the mean comes from.</param>
/// <param name="Mean">Σ defects / Σ inspected of the baseline.</param>
/// <param name="Points">Every point, oldest first.</param>
public sealed record DefectChart(DefectKind Kind, int Baseline, double Mean, IReadOnlyList<DefectPoint> Points)
{
    /// <summary>Draws a chart; stretches in which nothing was inspected are left out. Null when fewer than 10 remain.</summary>
    /// <param name="counts">Oldest first.</param>
    /// <param name="kind">p or u.</param>
    /// <param name="baseline">Points the mean is taken from; all when there are fewer.</param>
    /// <exception cref="ArgumentException">A share is below 0 or above 1.</exception>
    public static DefectChart? Of(IEnumerable<DefectCount> counts, DefectKind kind, int baseline)
    {
        DefectCount[] inspected = [.. counts.Where(count => count.Inspected > 0)];
        if (inspected.Length < ControlChart.FewestPoints)
        {
            return null;
        }

        foreach (DefectCount count in inspected)
        {
            if (count.Defects < 0 || (kind == DefectKind.Share && count.Defects > count.Inspected))
            {
                throw new ArgumentException(FormattableString.Invariant($"{count.Defects} defects of {count.Inspected} at {count.EventTime:u}: allowed are 0 up to as many as were inspected"), nameof(counts));
            }
        }

        DefectCount[] first = [.. inspected.Take(Math.Max(baseline, ControlChart.FewestPoints))];
        double mean = first.Sum(count => count.Defects) / first.Sum(count => count.Inspected);
        RunRules rules = new(RunRule.NelsonForSpread);
        return new DefectChart(kind, first.Length, mean,
        [
            .. inspected.Select((count, i) =>
            {
                double value = count.Defects / count.Inspected;
                ControlLimits limits = kind == DefectKind.Share ? AttributesChart.P(mean, (long)count.Inspected) : AttributesChart.U(mean, count.Inspected);
                return new DefectPoint(count.EventTime, count.Defects, count.Inspected, value, limits, rules.Add(limits.Score(value)), i < first.Length);
            }),
        ]);
    }
}
