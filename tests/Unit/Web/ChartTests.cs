using FsCheck;
using FsCheck.Fluent;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Linewatch.Storage;

namespace Linewatch.Tests.Unit.Web;

/// <summary>What charts show, and what they leave out.</summary>
public sealed class ChartTests
{
    private static readonly DateTime Start = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_scale_holds_every_value_within_few_round_steps() => Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat>(),
        ArbMap.Default.ArbFor<NormalFloat>(),
        (one, other) =>
        {
            double lowest = Math.Min(one.Get % 1e9, other.Get % 1e9);
            double highest = Math.Max(one.Get % 1e9, other.Get % 1e9);
            ChartScale scale = ChartScale.Around(lowest, highest);
            double slack = scale.Step * 1e-6;
            return scale.Bottom <= lowest + slack && scale.Top >= highest - slack && scale.Marks().Count() is >= 2 and <= 9;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 4.5, 0, 5, 1)]
    [InlineData(20, 95, 20, 100, 20)]
    [InlineData(3.94, 4.06, 3.94, 4.06, 0.05)]
    public void A_scale_uses_round_numbers(double lowest, double highest, double bottom, double top, double step)
    {
        ChartScale scale = ChartScale.Around(lowest, highest);

        Assert.Equal(step, scale.Step, 9);
        Assert.True(scale.Bottom <= bottom && scale.Top >= top);
    }

    [Fact]
    public void A_constant_signal_lies_in_the_middle_of_its_scale() => Assert.Equal(0.5, ChartScale.Around(4, 4).Share(4), 1);

    [Fact]
    public void A_line_is_not_drawn_across_a_gap()
    {
        IReadOnlyList<IReadOnlyList<WindowAggregate>> stretches = [.. Series(60, 0, 1, 2, 30, 31, 32).Stretches()];

        Assert.Equal([3, 3], stretches.Select(stretch => stretch.Count));
    }

    [Fact]
    public void A_signal_that_usually_comes_rarely_is_drawn_as_one_line()
    {
        IReadOnlyList<WindowAggregate> stretch = Assert.Single(Series(60, 0, 10, 20, 30, 40, 60).Stretches());

        Assert.Equal(6, stretch.Count);
    }

    private static SignalSeries Series(int windowSeconds, params int[] minutes) => new(
        new Signal { Path = new SignalPath("s", "a", "l", "m", "x"), Name = "X" },
        Start,
        Start.AddHours(1),
        TimeSpan.FromSeconds(windowSeconds),
        [.. minutes.Select(minute => new WindowAggregate(Start.AddMinutes(minute), 1, 1, 1, 1, 1, 1, 1, double.NaN))]);
}
