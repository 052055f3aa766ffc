using Linewatch.Operations.Alerts;
using Linewatch.Operations.Reports;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>The alarm and reliability rows of worked-examples.md.</summary>
public sealed class AlarmReportTests
{
    private static readonly DateTime Start = new(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(144, 6, AlarmLoad.Acceptable)]
    [InlineData(288, 12, AlarmLoad.Manageable)]
    [InlineData(289, 12.04, AlarmLoad.Overloaded)]
    public void Load_of_one_operator_and_day_A1(int alarms, double perHour, AlarmLoad load)
    {
        AlarmReport report = Report(Enumerable.Range(0, alarms).Select(i => At(TimeSpan.FromDays(1) * i / alarms, "alarm" + i)));

        Assert.Equal((perHour, load), (Math.Round(report.PerOperatorHour, 2), report.Load));
    }

    [Theory]
    [InlineData("10 10 10", 0, 0)]
    [InlineData("11 5 5 4 0", 1, 3)]
    [InlineData("11 4 11 4", 2, 2)]
    public void Flood_starts_above_ten_and_ends_below_five_A3(string counts, int floods, int intervals)
    {
        AlarmReport report = Report(counts.Split(' ').SelectMany((count, interval) => Enumerable
            .Range(0, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))
            .Select(i => At(TimeSpan.FromMinutes((interval * 10) + (i * 0.5)), $"alarm{interval}-{i}"))));

        Assert.Equal((floods, intervals), (report.Floods, (int)Math.Round(report.FloodShare * 144)));
    }

    [Theory]
    [InlineData(24 * 3600, false)]
    [InlineData((24 * 3600) + 1, true)]
    [InlineData((24 * 3600) - 60, false)]
    public void Alarm_is_stale_after_more_than_a_day_A5(int seconds, bool stale)
    {
        AlarmReport report = AlarmReport.Compute([], [new StandingAlarm("old", Start.AddDays(1).AddSeconds(-seconds))], Start, Start.AddDays(1), 1, ChatterLimit.Default);

        Assert.Equal(stale, report.Stale.Count == 1);
    }

    [Fact]
    public void Top_ten_share_A7()
    {
        IEnumerable<Annunciation> top = Enumerable.Range(0, 60).Select(i => At(TimeSpan.FromMinutes(i * 20), "top" + (i % 10)));
        IEnumerable<Annunciation> rest = Enumerable.Range(0, 340).Select(i => At(TimeSpan.FromMinutes(i * 4), "rest" + (i % 170)));

        Assert.Equal(0.15, Report(top.Concat(rest)).TopTenShare, 12);
    }

    [Theory]
    [InlineData("0 30 60", true)]
    [InlineData("0 30 61", false)]
    public void Three_calls_a_minute_are_chatter(string seconds, bool chatters)
    {
        AlarmReport report = Report(seconds.Split(' ').Select(second => At(TimeSpan.FromSeconds(int.Parse(second, System.Globalization.CultureInfo.InvariantCulture)), "one")));

        Assert.Equal(chatters, report.Chattering.Count == 1);
    }

    [Fact]
    public void Period_without_alarms_has_no_shares() => Assert.Empty(Report([]).SeverityShares);

    [Fact]
    public void Reliability_R2()
    {
        Reliability reliability = new(TimeSpan.FromHours(10_000), TimeSpan.FromHours(50), 10);

        Assert.Equal((1000, 5), (reliability.Mtbf!.Value.TotalHours, reliability.Mttr!.Value.TotalHours));
        Assert.Equal(0.9950249, reliability.Availability!.Value, 7);
    }

    [Fact]
    public void Reliability_without_failure_is_unknown_R4()
    {
        Reliability reliability = new(TimeSpan.FromHours(100), TimeSpan.Zero, 0);

        Assert.Null(reliability.Mtbf);
        Assert.Null(reliability.Availability);
        Assert.Equal(100, reliability.Uptime.TotalHours);
    }

    private static AlarmReport Report(IEnumerable<Annunciation> annunciations) =>
        AlarmReport.Compute([.. annunciations], [], Start, Start.AddDays(1), 1, ChatterLimit.Default);

    private static Annunciation At(TimeSpan after, string alarm) => new(Start + after, alarm, AlertSeverity.Low);
}
