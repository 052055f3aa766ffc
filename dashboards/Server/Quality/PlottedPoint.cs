using Linewatch.Analytics.Spc;

namespace Linewatch.Server.Quality;

/// <summary>A point as a control chart draws it, of whatever kind the chart is.</summary>
/// <param name="EventTime">UTC.</param>
/// <param name="Value">What is plotted; null = nothing there.</param>
/// <param name="Limits">Limits at it; some charts have others at every point.</param>
/// <param name="Rules">Rules that fire at it.</param>
/// <param name="InBaseline">Whether the limits come from it.</param>
public readonly record struct PlottedPoint(DateTime EventTime, double? Value, ControlLimits Limits, RunRule Rules, bool InBaseline)
{
    /// <summary>The location of a chart of measured values.</summary>
    public static IReadOnlyList<PlottedPoint> Location(ControlChart chart) =>
        [.. chart.Points.Select(point => new PlottedPoint(point.EventTime, point.Location, point.Limits, point.LocationRules, point.InBaseline))];

    /// <summary>The spread of a chart of measured values.</summary>
    public static IReadOnlyList<PlottedPoint> Spread(ControlChart chart) =>
        [.. chart.Points.Select(point => new PlottedPoint(point.EventTime, point.Spread, chart.Spread, point.SpreadRules, point.InBaseline))];

    /// <summary>A chart of counted defects, times <paramref name="scale"/>.</summary>
    public static IReadOnlyList<PlottedPoint> Of(DefectChart chart, double scale) =>
    [
        .. chart.Points.Select(point => new PlottedPoint(
            point.EventTime,
            point.Value * scale,
            new ControlLimits(point.Limits.Lower * scale, point.Limits.Centre * scale, point.Limits.Upper * scale, point.Limits.Sigma * scale),
            point.Rules,
            point.InBaseline)),
    ];
}
