using System.Globalization;
using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class DefectChartTests
{
    private static readonly DateTime Start = new(2026, 6, 1, 6, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Limits_follow_what_was_inspected_and_the_mean_what_was_inspected_first()
    {
        // 24 points of 5 in 1000, then 4 in 250, after a stretch without work.
        DefectChart chart = DefectChart.Of(Counts([.. Enumerable.Repeat("5/1000", 24), "0/0", "4/250", "50/1000"]), DefectKind.Share, baseline: 24)!;

        Assert.Equal((26, 24, 0.005), (chart.Points.Count, chart.Baseline, chart.Mean));
        Assert.Equal(0.005 + (3 * Math.Sqrt(0.005 * 0.995 / 1000)), chart.Points[0].Limits.Upper, 12);
        Assert.Equal(0.005 + (3 * Math.Sqrt(0.005 * 0.995 / 250)), chart.Points[24].Limits.Upper, 12);
        Assert.Equal([RunRule.None, RunRule.Nelson1], chart.Points.TakeLast(2).Select(point => point.Rules & RunRule.Nelson1).Order());
        Assert.False(chart.Points[^1].InBaseline);
    }

    [Fact]
    public void Rates_are_defects_in_each_hour()
    {
        DefectChart chart = DefectChart.Of(Counts([.. Enumerable.Repeat("2/0.5 6/1.5", 6).SelectMany(row => row.Split(' '))]), DefectKind.Rate, baseline: 25)!;

        Assert.Equal((4.0, 12), (chart.Mean, chart.Baseline));
        Assert.All(chart.Points, point => Assert.Equal((4.0, RunRule.None), (point.Value, point.Rules)));
        Assert.Equal(4 + (3 * Math.Sqrt(4 / 1.5)), chart.Points[1].Limits.Upper, 12);
    }

    [Fact]
    public void Fewer_than_ten_points_give_no_chart() =>
        Assert.Null(DefectChart.Of(Counts([.. Enumerable.Repeat("1/100", 9), "0/0", "0/0"]), DefectKind.Share, 25));

    [Theory]
    [InlineData("101/100")]
    [InlineData("-1/100")]
    public void A_share_outside_zero_and_one_is_refused(string count) =>
        Assert.Throws<ArgumentException>(() => DefectChart.Of(Counts([.. Enumerable.Repeat(count, 12)]), DefectKind.Share, 25));

    private static IEnumerable<DefectCount> Counts(string[] rows) => rows.Select((row, i) =>
    {
        string[] parts = row.Split('/');
        return new DefectCount(Start.AddMinutes(15 * i), long.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    });
}
