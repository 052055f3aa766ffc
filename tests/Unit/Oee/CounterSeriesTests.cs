using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Oee;

public sealed class CounterSeriesTests
{
    // What the counter shows every 10 s → what was made in all, after each reading. Design speed 36,000/h = 100 in 10 s.
    [Theory]
    [InlineData("C1 reset", "1 2 8 10 0 4", "0 1 7 9 9 13")]
    [InlineData("C2 rollover of a PackTag", "2147483640 5", "0 12")]
    [InlineData("rollover at speed", "2147483600 53", "0 100")]
    [InlineData("reset far from the maximum", "1000000 40 140", "0 40 140")]
    [InlineData("first reading has no baseline", "500000", "0")]
    [InlineData("spike is left out", "1000 1100 9999999 1300 1400", "0 100 100 300 400")]
    [InlineData("single drop to zero is left out", "5000 5100 0 5300 5400", "0 100 100 300 400")]
    [InlineData("jump that stays is not production", "1000 1100 50000 50100 50200", "0 100 100 200 300")]
    [InlineData("more than 1.5 times design speed is refused", "1000 1152", "0 0")]
    [InlineData("a little above design speed is production", "1000 1150", "0 150")]
    public void MadeUntil_follows_resets_rollovers_and_glitches(string what, string readings, string made)
    {
        AssertMade(what, Series(), readings, made);
    }

    // The plant names no maximum: a controller's types are tried.
    [Theory]
    [InlineData("16 bit", "65500 60", "0 95")]
    [InlineData("16 bit signed", "32700 33", "0 100")]
    [InlineData("32 bit", "4294967290 93", "0 98")]
    [InlineData("PackTag", "2147483600 53", "0 100")]
    [InlineData("reset near no maximum", "40000 33 133", "0 33 133")]
    [InlineData("reset near a maximum to more than can have been made", "2147483600 500", "0 0")]
    public void MadeUntil_assumes_the_usual_maxima(string what, string readings, string made) => AssertMade(what, Series(maximum: null), readings, made);

    [Theory]
    [InlineData("a known maximum", "999950 49", "0 98")]
    [InlineData("reset within a tenth of the maximum", "950000 40 140", "0 40 140")]
    [InlineData("above its maximum", "1000100 40", "0 40")]
    public void MadeUntil_rolls_over_at_a_known_maximum_where_that_can_be(string what, string readings, string made) =>
        AssertMade(what, Series(maximum: 999_999), readings, made);

    [Fact]
    public void MadeUntil_without_a_design_speed_believes_every_increase()
    {
        CounterSeries counter = new(Signal(int.MaxValue), designRatePerHour: null, interpolateUpTo: 0);

        AssertMade("no speed", counter, "0 1000000 5 2147483640 7", "0 1000000 1000005 2148483640 2148483654");
    }

    private static void AssertMade(string what, CounterSeries counter, string readings, string made)
    {
        string[] values = readings.Split(' ');
        for (int i = 0; i < values.Length; i++)
        {
            counter.Set(i * 10 * TimeSpan.TicksPerSecond, double.Parse(values[i], System.Globalization.CultureInfo.InvariantCulture));
        }

        IEnumerable<double> told = values.Select((_, i) => counter.MadeBetween(0, i * 10 * TimeSpan.TicksPerSecond));

        Assert.True(made == string.Join(' ', told), $"{what}: {string.Join(' ', told)}");
    }

    [Fact]
    public void MadeBetween_counts_a_reading_on_a_bound_once_on_each_side()
    {
        CounterSeries counter = Series();
        counter.Set(0, 100);
        counter.Set(TimeSpan.TicksPerSecond * 10, 160);
        counter.Set(TimeSpan.TicksPerSecond * 20, 240);

        Assert.Equal(60, counter.MadeBetween(0, TimeSpan.TicksPerSecond * 10));
        Assert.Equal(80, counter.MadeBetween(TimeSpan.TicksPerSecond * 10, TimeSpan.TicksPerSecond * 20));
    }

    [Fact]
    public void MadeBetween_shares_whole_units_out_between_close_readings_and_loses_none()
    {
        CounterSeries counter = Series();
        counter.Set(0, 0);
        counter.Set(TimeSpan.TicksPerSecond * 10, 99);

        double before = counter.MadeBetween(0, TimeSpan.TicksPerSecond * 3);
        double after = counter.MadeBetween(TimeSpan.TicksPerSecond * 3, TimeSpan.TicksPerSecond * 10);

        Assert.Equal((29, 70), (before, after));
    }

    [Fact]
    public void MadeBetween_keeps_what_was_made_in_a_gap_for_the_reading_that_ends_it()
    {
        CounterSeries counter = Series();
        counter.Set(0, 0);
        counter.Set(TimeSpan.TicksPerHour, 30_000);

        Assert.Equal(0, counter.MadeBetween(0, TimeSpan.TicksPerMinute * 30));
        Assert.Equal(30_000, counter.MadeBetween(0, TimeSpan.TicksPerHour));
    }

    private static CounterSeries Series(double? maximum = int.MaxValue) => new(
        Signal(maximum),
        designRatePerHour: 36_000,
        interpolateUpTo: TimeSpan.TicksPerMinute * 2);

    private static Signal Signal(double? maximum) => new() { Path = new SignalPath("s", "a", "l", "m", "total"), Name = "total", CounterMaximum = maximum };
}
