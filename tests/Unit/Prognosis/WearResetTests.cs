using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class WearResetTests
{
    private const double Limit = 8;

    private static WearReset? Find(Func<double, double> level, double noise = 0.1, bool rising = true)
    {
        Random random = new(7);
        WearSample[] samples =
        [
            .. Enumerable.Range(0, 400).Select(quarter => quarter / 4.0)
                .Select(hour => new WearSample(hour, (rising ? 1 : -1) * (level(hour) + (noise * ((2 * random.NextDouble()) - 1))))),
        ];
        return WearReset.FindLast(samples, rising ? Limit : -Limit, rising);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_back_from_worn_to_new_is_found_to_the_sample(bool rising)
    {
        WearReset reset = Find(hour => hour < 70 ? 2 + (0.07 * hour) : 2, rising: rising)!;

        Assert.Equal((280, 70.0), (reset.Index, reset.Hours));
        Assert.Equal(rising ? 6.8 : -6.8, reset.From, 0.2);
        Assert.Equal(rising ? 2 : -2, reset.To, 0.1);
    }

    [Fact]
    public void Last_of_several_repairs_is_told() => Assert.Equal(60, Find(hour => 2 + (0.3 * (hour % 20)), 0.05)!.Hours - 20, 0.3);

    [Fact]
    public void Component_at_its_limit_all_the_time_and_new_since_four_hours_is_found() =>
        Assert.Equal(96, Find(hour => hour < 96 ? 8.2 : 2)!.Hours);

    [Theory]
    [InlineData("sound", 0.0)]
    [InlineData("wearing", 0.06)]
    [InlineData("wearing fast", 0.3)]
    [InlineData("recovering slowly", -0.03)]
    public void Without_a_step_nothing_is_told(string what, double perHour) => Assert.True(Find(hour => 4 + (perHour * hour)) is null, what);

    [Fact]
    public void Two_hours_of_a_cold_machine_are_no_repair() => Assert.Null(Find(hour => hour is >= 60 and < 62 ? 2 : 6));

    [Fact]
    public void Noise_as_wide_as_the_way_to_the_limit_is_no_step() => Assert.Null(Find(_ => 4, noise: 4));

    [Fact]
    public void Small_step_such_as_another_product_makes_is_no_repair() => Assert.Null(Find(hour => hour < 50 ? 4 : 2.8));

    [Fact]
    public void Too_few_samples_on_one_side_tell_nothing() => Assert.Null(Find(hour => hour < 97 ? 7 : 2));
}
