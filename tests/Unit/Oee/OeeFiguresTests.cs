using System.Globalization;
using Linewatch.Analytics.Oee;

namespace Linewatch.Tests.Unit.Oee;

/// <summary>Formulas of domain.md §1.1 on cases beside the published ones; "-" = undefined, which is not zero.</summary>
public sealed class OeeFiguresTests
{
    // minutes of each category; rate/h, total, good, reject → A P Q OEE, to four decimals
    [Theory]
    [InlineData("no planned time", "NotScheduled 480", 60, 0, 0, 0, "- - - -")]
    [InlineData("no planned time, yet something was made", "NotScheduled 480", 60, 50, 50, 0, "- - 1.0000 -")]
    [InlineData("only planned down", "PlannedDown 480", 60, 0, 0, 0, "- - - -")]
    [InlineData("stood the whole shift", "Breakdown 480", 60, 0, 0, 0, "0.0000 - - 0.0000")]
    [InlineData("ran and made nothing", "Run 480", 60, 0, 0, 0, "1.0000 0.0000 - 0.0000")]
    [InlineData("all rejected", "Run 480", 60, 240, 0, 240, "1.0000 0.5000 0.0000 0.0000")]
    [InlineData("faster than ideal is not clipped", "Run 480", 60, 600, 600, 0, "1.0000 1.2500 1.0000 1.2500")]
    [InlineData("minor stops stay inside APT", "Run 400, MinorStop 80", 60, 240, 240, 0, "1.0000 0.5000 1.0000 0.5000")]
    [InlineData("a breakdown is no production time", "Run 400, Breakdown 80", 60, 240, 240, 0, "0.8333 0.6000 1.0000 0.5000")]
    [InlineData("set-up, lack, tailback, external and waiting cost availability", "Run 380, SetUp 20, Lack 20, Tailback 20, External 20, Waiting 20", 60, 380, 380, 0, "0.7917 1.0000 1.0000 0.7917")]
    [InlineData("unknown time stays in planned busy time", "Run 240, NoData 240", 60, 240, 240, 0, "0.5000 1.0000 1.0000 0.5000")]
    [InlineData("unknown from start to end", "NoData 480", 60, 0, 0, 0, "- - - -")]
    [InlineData("made in unknown time is real", "NoData 480", 60, 240, 240, 0, "0.0000 - 1.0000 0.5000")]
    [InlineData("units out of the buffers", "Run 480", 60, 400, 420, 0, "1.0000 0.8333 1.0500 0.8750")]
    [InlineData("more rejects than units", "Run 480", 60, 100, -20, 120, "1.0000 0.2083 -0.2000 -0.0417")]
    [InlineData("breaks are outside", "Run 420, PlannedDown 60", 60, 378, 357, 21, "1.0000 0.9000 0.9444 0.8500")]
    [InlineData("unknown ideal rate", "Run 480", double.NaN, 240, 240, 0, "1.0000 - - -")]
    [InlineData("unknown ideal rate of nothing made", "Run 480", double.NaN, 0, 0, 0, "1.0000 0.0000 - 0.0000")]
    public void Figures_of_a_shift(string what, string minutes, double rate, long total, long good, long reject, string expected)
    {
        OeeFigures figures = OeeFigures.Of(Shift(minutes, rate, total, good, reject));

        string told = string.Join(' ', new[] { figures.Availability, figures.Performance, figures.Quality, figures.Oee }
            .Select(figure => figure?.ToString("F4", CultureInfo.InvariantCulture) ?? "-"));
        Assert.True(expected == told, $"{what}: {told}");
    }

    [Theory]
    [InlineData(600, 600, 0, "performance")]
    [InlineData(400, 420, 0, "buffers")]
    [InlineData(100, -20, 120, "quality")]
    [InlineData(400, 400, 0, "")]
    public void Ratios_that_cannot_be_are_shown_and_flagged(long total, long good, long reject, string flags)
    {
        OeeFigures figures = OeeFigures.Of(Shift("Run 480", 60, total, good, reject));

        string told = string.Join(' ', new[]
        {
            (figures.IsPerformanceSuspect, "performance"), (figures.IsQualityFromBuffers, "buffers"), (figures.IsQualitySuspect, "quality"),
        }.Where(flag => flag.Item1).Select(flag => flag.Item2));
        Assert.Equal(flags, told);
    }

    // A week: 40 h not scheduled, 8 h planned down, 120 h busy of which 90 run, 6 minor stops, 12 set-up, 4 waiting, 8 breakdown.
    [Fact]
    public void Every_other_figure_of_a_week()
    {
        OeeFigures week = OeeFigures.Of(Shift(
            $"NotScheduled {40 * 60}, PlannedDown {8 * 60}, Run {90 * 60}, MinorStop {6 * 60}, SetUp {12 * 60}, Waiting {4 * 60}, Breakdown {8 * 60}",
            600, total: 48_000, good: 45_600, reject: 2400));

        Assert.Equal(96.0 / 120, week.Availability);
        Assert.Equal(80.0 / 96, week.Performance!.Value, 12);
        Assert.Equal(0.95, week.Quality!.Value, 12);
        Assert.Equal(76.0 / 120, week.Oee!.Value, 12);
        Assert.Equal(76.0 / 168, week.Teep!.Value, 12);
        Assert.Equal(108.0 / 120 * (80.0 / 96) * 0.95, week.Nee!.Value, 12);
        Assert.Equal(120.0 / 168, week.Utilisation!.Value, 12);
        Assert.Equal(12.0 / 108, week.SetUpRatio!.Value, 12);
        Assert.Equal(96.0 / 100, week.TechnicalEfficiency!.Value, 12);
        Assert.Equal(96.0 / 112, week.UtilisationEfficiency!.Value, 12);
    }

    [Theory]
    [InlineData("Run 400, MinorStop 20, Breakdown 30, SetUp 10, Lack 5, Tailback 5, External 4, Waiting 3, UnplannedMaintenance 2, NoData 1, PlannedDown 60", 400, 350, 30)]
    [InlineData("Run 480", 600, 500, 100)]
    [InlineData("Run 480", 300, 420, 0)]
    [InlineData("Breakdown 480", 0, 0, 0)]
    public void Good_time_and_losses_sum_to_planned_busy_time(string minutes, long total, long good, long reject)
    {
        Quantities quantities = Shift(minutes, 60, total, good, reject);

        LossTree losses = LossTree.Of(quantities);

        Assert.Equal(quantities.PlannedBusy.TotalSeconds, losses.Sum!.Value, 6);
        Assert.Equal(total - good - reject, quantities.BufferChange);
    }

    [Fact]
    public void Two_products_are_weighed_by_their_own_ideal_rates()
    {
        Quantities shift = Quantities.Of(
            new Dictionary<LossCategory, TimeSpan> { [LossCategory.Run] = TimeSpan.FromHours(8) },
            [new ProductCount("cola", 0.1, 150_000, 147_000, 3000, 0), new ProductCount("water", 0.15, 60_000, 60_000, 0, 0)],
            isCounted: true);

        OeeFigures figures = OeeFigures.Of(shift);

        Assert.Equal((15_000 + 9000) / 28_800.0, figures.Performance!.Value, 12);
        Assert.Equal((14_700 + 9000) / 24_000.0, figures.Quality!.Value, 12);
        Assert.Equal((14_700 + 9000) / 28_800.0, figures.Oee!.Value, 12);
    }

    [Fact]
    public void One_product_without_an_ideal_rate_leaves_the_sum_undefined() => Assert.Null(OeeFigures.Of(Quantities.Of(
        new Dictionary<LossCategory, TimeSpan> { [LossCategory.Run] = TimeSpan.FromHours(8) },
        [new ProductCount("cola", 0.1, 150_000, 150_000, 0, 0), new ProductCount("new", null, 1, 1, 0, 0)],
        isCounted: true)).Oee);

    [Theory]
    [InlineData("Run 456, NoData 24", false)]
    [InlineData("Run 455, NoData 25", true)]
    [InlineData("NotScheduled 480", false)]
    public void A_window_of_which_more_than_a_twentieth_is_unknown_is_recorded_in_part(string minutes, bool isInPart) =>
        Assert.Equal(isInPart, Shift(minutes, 60, 1, 1, 0).IsRecordedInPart);

    // O10 is a trap: sources contradict each other, so no such figure is offered.
    [Fact]
    public void O10_there_is_no_OOE() =>
        Assert.DoesNotContain(typeof(OeeFigures).GetProperties(), property => property.Name.Equals("Ooe", StringComparison.OrdinalIgnoreCase));

    private static Quantities Shift(string minutes, double rate, long total, long good, long reject) => Quantities.Of(
        minutes.Split(", ").Select(entry => entry.Split(' ')).ToDictionary(
            entry => Enum.Parse<LossCategory>(entry[0]), entry => TimeSpan.FromMinutes(int.Parse(entry[1], CultureInfo.InvariantCulture))),
        [new ProductCount("part", double.IsNaN(rate) ? null : 3600 / rate, total, good, reject, 0)],
        isCounted: true);
}
