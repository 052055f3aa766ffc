namespace Linewatch.Analytics.Spc;

/// <summary>Which pair of charts is drawn.</summary>
public enum ChartKind
{
    /// <summary>Mean and range of subgroups.</summary>
    XBarR,

    /// <summary>Mean and standard deviation of subgroups.</summary>
    XBarS,

    /// <summary>Single values and their moving range.</summary>
    Individuals,

    /// <summary>Exponentially weighted average of single values, λ = 0.2, with their moving range.</summary>
    Ewma,
}

/// <summary>A measured value at its event time, UTC.</summary>
public readonly record struct TimedValue(DateTime EventTime, double Value);

/// <summary>One point of a chart: what is plotted and which rules fire at it.</summary>
/// <param name="EventTime">Event time of its last value, UTC.</param>
/// <param name="Location">Mean, value or weighted average.</param>
/// <param name="Spread">Range, standard deviation or moving range; null for the first single value.</param>
/// <param name="LocationRules">Rules that fire on the location.</param>
/// <param name="SpreadRules">Rules that fire on the spread.</param>
/// <param name="InBaseline">Whether the limits were computed from it.</param>
/// <param name="Limits">Limits of the location at it: those of a weighted average widen until it has settled.</param>
public readonly record struct ChartPoint(
    DateTime EventTime, double Location, double? Spread, RunRule LocationRules, RunRule SpreadRules, bool InBaseline, ControlLimits Limits);

/// <summary>
/// A control chart over values in order of time. The limits are frozen from its first subgroups: data that alarm must not
/// move them.
/// </summary>
/// <param name="Kind">Which pair.</param>
/// <param name="Subgroup">Values in a point; 1 for single values.</param>
/// <param name="Baseline">Points the limits come from.</param>
/// <param name="Location">Limits of the location.</param>
/// <param name="Spread">Limits of the spread.</param>
/// <param name="Sigma">σ of a single value by the baseline.</param>
/// <param name="Points">Every point, oldest first.</param>
public sealed record ControlChart(
    ChartKind Kind, int Subgroup, int Baseline, ControlLimits Location, ControlLimits Spread, double Sigma, IReadOnlyList<ChartPoint> Points)
{
    /// <summary>Fewest points that limits are computed from.</summary>
    public const int FewestPoints = 10;

    private const double EwmaWeight = 0.2;

    /// <summary>Draws a chart; an incomplete last subgroup is left out. Returns null when there are fewer than 10 points.</summary>
    /// <param name="values">Oldest first.</param>
    /// <param name="kind">Which pair.</param>
    /// <param name="subgroup">Values in a subgroup: 2 … 10 with ranges, 2 … 25 with standard deviations; single values take no subgroups.</param>
    /// <param name="baseline">Points to compute the limits from; all when there are fewer.</param>
    public static ControlChart? Of(IReadOnlyList<TimedValue> values, ChartKind kind, int subgroup, int baseline)
    {
        bool isSingle = kind is ChartKind.Individuals or ChartKind.Ewma;
        double[][] groups = [.. values.Select(value => value.Value).Chunk(isSingle ? 1 : subgroup).Where(group => group.Length == (isSingle ? 1 : subgroup))];
        if (groups.Length < FewestPoints)
        {
            return null;
        }

        double[][] first = [.. groups.Take(Math.Max(baseline, FewestPoints))];
        VariablesChart limits = kind switch
        {
            ChartKind.XBarR => VariablesChart.XBarR(first),
            ChartKind.XBarS => VariablesChart.XBarS(first),
            _ => VariablesChart.IndividualsMovingRange([.. first.Select(group => group[0])]),
        };
        Ewma? average = kind == ChartKind.Ewma ? new Ewma(limits.Location.Centre, limits.Sigma, EwmaWeight) : null;
        RunRules location = new(kind == ChartKind.Ewma ? RunRule.Nelson1 : RunRule.Nelson | RunRule.WesternElectric);
        RunRules spread = new(RunRule.NelsonForSpread);
        List<ChartPoint> points = [];
        for (int i = 0; i < groups.Length; i++)
        {
            double plotted = average?.Add(groups[i][0]) ?? VariablesChart.Mean(groups[i]);
            double? spreads = kind switch
            {
                ChartKind.XBarR => VariablesChart.Range(groups[i]),
                ChartKind.XBarS => VariablesChart.Deviation(groups[i]),
                _ => i == 0 ? null : Math.Abs(groups[i][0] - groups[i - 1][0]),
            };
            ControlLimits now = average?.Now ?? limits.Location;
            points.Add(new ChartPoint(
                values[((i + 1) * groups[0].Length) - 1].EventTime,
                plotted,
                spreads,
                location.Add(now.Score(plotted)),
                spreads is { } found ? spread.Add(limits.Spread.Score(found)) : RunRule.None,
                i < first.Length,
                now));
        }

        return new ControlChart(kind, groups[0].Length, first.Length, average?.Settled ?? limits.Location, limits.Spread, limits.Sigma, points);
    }

    /// <summary>
    /// Capability of the same values against specification limits, or why none is given; σ within as the chart estimates it.
    /// </summary>
    public static CapabilityStudy Capability(IReadOnlyList<TimedValue> values, ChartKind kind, int subgroup, double? lower, double? upper)
    {
        int size = kind is ChartKind.Individuals or ChartKind.Ewma ? 1 : subgroup;
        return CapabilityStudy.Of(
            [.. values.Select(value => value.Value).Chunk(size).Where(group => group.Length == size)], lower, upper, byDeviation: kind == ChartKind.XBarS);
    }
}
