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
        CounterSeries counter = Series();
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

    private static CounterSeries Series() => new(
        new Signal { Path = new SignalPath("s", "a", "l", "m", "total"), Name = "total", CounterMaximum = int.MaxValue },
        designRatePerHour: 36_000,
        interpolateUpTo: TimeSpan.TicksPerMinute * 2);
}
