using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Oee;

/// <summary>Published examples of OEE, by their number in the collection of worked examples.</summary>
public sealed class WorkedOeeExamplesTests
{
    // name, calendar min, planned down min, breakdown min, ideal rate/h, total, reject → A, P, Q, OEE with their decimals
    [Theory]
    [InlineData("O1", 480, 60, 47, 3600, 19271, 423, 0.8881, 0.8611, 0.9780, 0.7479365, 7)]
    [InlineData("O3", 480, 0, 60, 60, 400, 20, 0.875, 0.9524, 0.95, 0.7916667, 7)]
    public void Figures_of_published_shifts_come_out_as_printed(
        string example, int calendar, int down, int breakdown, double rate, long total, long reject,
        double availability, double performance, double quality, double oee, int decimals)
    {
        OeeFigures figures = OeeFigures.Of(Minutes(calendar, down, breakdown, rate, total, reject));

        Assert.True(figures.Availability is { } a && Math.Abs(a - availability) < 5e-5, $"{example}: A {figures.Availability}");
        Assert.True(figures.Performance is { } p && Math.Abs(p - performance) < 5e-5, $"{example}: P {figures.Performance}");
        Assert.True(figures.Quality is { } q && Math.Abs(q - quality) < 5e-5, $"{example}: Q {figures.Quality}");
        Assert.Equal(oee, figures.Oee!.Value, decimals);
    }

    [Fact]
    public void O5_event_stream_gives_the_exact_doubles()
    {
        TestLine line = new(new TestLineSetup
        {
            Shifts = [TestLineSetup.EveryDay("Early", "00:00", "08:00")],
            Products = [new Product("part", "Part", 120)],
        });
        line.Tell("""
            00:00 filler state 128
            00:00 filler total 1200
            00:00 filler reject 10
            01:00 filler total 1300
            01:00 filler reject 11
            02:00 filler state 1
            02:00 filler total 1400
            03:00 filler state 128
            03:00 filler total 1400
            03:30 filler total 1440
            03:30 filler reject 14
            04:00 filler state 1
            """);

        // The window of the example is four hours; planned time is the whole shift of eight.
        ShiftRecord record = line.Shift("01:00");

        Assert.Equal(TimeSpan.FromSeconds(10_800), record.Quantities[LossCategory.Run]);
        Assert.Equal(0.375, record.Figures.Availability);
        Assert.Equal(0.6666666666666666, record.Figures.Performance);
        Assert.Equal(0.9833333333333333, record.Figures.Quality);
        Assert.Equal(0.24583333333333332, record.Figures.Oee);
    }

    [Fact]
    public void O7_losses_of_930_planned_minutes_come_out_as_printed()
    {
        // 930 − 130 = 800 min of production, 750 at ideal speed, 705 of them good.
        OeeFigures figures = OeeFigures.Of(Minutes(930, 0, 130, 60, 750, 45));

        Assert.Equal(0.860, figures.Availability!.Value, 3);
        Assert.Equal(0.938, figures.Performance!.Value, 3);
        Assert.Equal(0.940, figures.Quality!.Value, 3);
        Assert.Equal(0.758, figures.Oee!.Value, 3);
    }

    [Fact]
    public void O9_TEEP_relates_to_calendar_time()
    {
        // 96 h of 168 h planned, A .85, P .95, Q .98 at 60 s a unit; in thousandths of a unit, so that counts are whole.
        Quantities week = Quantities.Of(
            new Dictionary<LossCategory, TimeSpan>
            {
                [LossCategory.NotScheduled] = TimeSpan.FromHours(72),
                [LossCategory.Run] = TimeSpan.FromHours(96 * 0.85),
                [LossCategory.Breakdown] = TimeSpan.FromHours(96 * 0.15),
            },
            [new ProductCount("part", 0.06, 4_651_200, 4_558_176, 93_024, 0)],
            isCounted: true);

        OeeFigures figures = OeeFigures.Of(week);

        Assert.Equal((0.85, 0.95, 0.98), (Math.Round(figures.Availability!.Value, 9), Math.Round(figures.Performance!.Value, 12), Math.Round(figures.Quality!.Value, 12)));
        Assert.Equal(0.79135, figures.Oee!.Value, 5);
        Assert.Equal(0.5714, figures.Utilisation!.Value, 4);
        Assert.Equal(0.4522, figures.Teep!.Value, 4);
        Assert.Equal(5760, week.PlannedBusy.TotalMinutes, 6);
        Assert.Equal(4558, week.Good / 1000);
    }

    [Theory]
    [InlineData("O12", 66, 168, 0.393)]
    [InlineData("O13", 120, 168, 0.714)]
    public void Utilisation_is_planned_busy_time_over_calendar_time(string example, int planned, int calendar, double expected)
    {
        Quantities week = Quantities.Of(
            new Dictionary<LossCategory, TimeSpan>
            {
                [LossCategory.NotScheduled] = TimeSpan.FromHours(calendar - planned),
                [LossCategory.Run] = TimeSpan.FromHours(planned),
            },
            [],
            isCounted: true);

        Assert.True(Math.Abs(OeeFigures.Of(week).Utilisation!.Value - expected) < 5e-4, example);
    }

    [Fact]
    public void O12_TEEP_at_an_OEE_of_sixty_percent_is_printed_as_23_6_percent()
    {
        Quantities week = Quantities.Of(
            new Dictionary<LossCategory, TimeSpan>
            {
                [LossCategory.NotScheduled] = TimeSpan.FromHours(102),
                [LossCategory.Run] = TimeSpan.FromHours(66),
            },
            [new ProductCount("part", 36, 3960, 3960, 0, 0)],
            isCounted: true);

        Assert.Equal(0.6, OeeFigures.Of(week).Oee!.Value, 9);
        Assert.Equal(0.236, OeeFigures.Of(week).Teep!.Value, 3);
    }

    [Fact]
    public void O15_two_shifts_are_weighted_by_their_base_quantities()
    {
        Quantities first = Minutes(480, 60, 47, 3600, 19271, 423);
        Quantities second = Minutes(480, 0, 60, 60, 400, 20);

        double? oee = OeeFigures.Of(first.Plus(second)).Oee;

        Assert.Equal(0.771259, oee!.Value, 6);
        Assert.NotEqual(0.769802, oee.Value, 6);
    }

    private static Quantities Minutes(int calendar, int down, int breakdown, double rate, long total, long reject) => Quantities.Of(
        new Dictionary<LossCategory, TimeSpan>
        {
            [LossCategory.PlannedDown] = TimeSpan.FromMinutes(down),
            [LossCategory.Breakdown] = TimeSpan.FromMinutes(breakdown),
            [LossCategory.Run] = TimeSpan.FromMinutes(calendar - down - breakdown),
        },
        [new ProductCount("part", 3600 / rate, total, total - reject, reject, 0)],
        isCounted: true);
}
