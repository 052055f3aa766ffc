using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class WienerWearTests
{
    /// <summary>A bearing's vibration from 2 mm/s, hourly, until it has gone <paramref name="until"/> of the way to 8 mm/s; and when it got there.</summary>
    private static (WearSample[] Seen, double Left) Bearing(int seed, double drift, double diffusion, double noise, bool byRatios, double until)
    {
#pragma warning disable CA5394 // made-up readings, not secrets
        Random random = new(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
#pragma warning restore CA5394
        double from = byRatios ? Math.Log(2) : 2;
        double limit = byRatios ? Math.Log(8) : 8;
        List<double> wear = [from];
        while (wear[^1] < limit)
        {
            wear.Add(wear[^1] + drift + (diffusion * Normal()));
        }

        int seen = Math.Max(30, wear.FindIndex(level => level > from + (until * (limit - from))));
        return (
            [.. wear.Take(seen).Select((level, hour) => new WearSample(hour, byRatios ? Math.Exp(level + (noise * Normal())) : level + (noise * Normal())))],
            wear.Count - seen);
    }

    [Theory]
    [InlineData(0.02, 0.05, 0, false, 0.97)]
    [InlineData(0.02, 0.05, 0.2, false, 0.97)]
    [InlineData(0.004, 0.01, 0.05, true, 0.97)]
    [InlineData(0.02, 0, 0.3, false, 1)] // whether a straight line will stay straight the samples leave open: the band is wider than it need be
    public void Ninety_percent_band_holds_about_nine_lives_in_ten(double drift, double diffusion, double noise, bool byRatios, double most)
    {
        const int Bearings = 120;
        int covered = 0;
        for (int seed = 1; seed <= Bearings; seed++)
        {
            (WearSample[] seen, double left) = Bearing(seed, drift, diffusion, noise, byRatios, until: 0.6);
            WearLife life = WienerWear.Forecast(seen, limit: 8, rising: true);
            covered += life.ProbabilityWithin(left + 0.5) > 0.05 && life.ProbabilityWithin(left - 1) < 0.95 ? 1 : 0;
        }

        Assert.InRange(covered / (double)Bearings, 0.82, most);
    }

    [Fact]
    public void Steps_and_ratios_are_told_apart()
    {
        (WearSample[] steps, _) = Bearing(7, 0.02, 0, 0.05, byRatios: false, until: 0.7);
        (WearSample[] ratios, _) = Bearing(7, 0.004, 0, 0.01, byRatios: true, until: 0.7);

        Assert.True(WienerWear.Forecast(steps, 8, rising: true).ExponentialShare < 0.05);
        Assert.True(WienerWear.Forecast(ratios, 8, rising: true).ExponentialShare > 0.95);
    }

    [Fact]
    public void Falling_wear_is_told_like_rising_wear_turned_over()
    {
        (WearSample[] rising, _) = Bearing(3, 0.02, 0.05, 0.1, byRatios: false, until: 0.6);
        WearSample[] falling = [.. rising.Select(sample => sample with { Value = -sample.Value })];

        WearLife one = WienerWear.Forecast([.. rising.Select(sample => sample with { Value = sample.Value - 100 })], limit: -92, rising: true);
        WearLife other = WienerWear.Forecast([.. falling.Select(sample => sample with { Value = sample.Value - 100 })], limit: -108, rising: false);

        Assert.Equal(one.Quantile(0.5), other.Quantile(0.5), 1e-3);
    }

    [Fact]
    public void Other_units_of_value_and_time_give_the_same_life()
    {
        (WearSample[] seen, _) = Bearing(4, 0.02, 0.05, 0.1, byRatios: false, until: 0.6);
        WearLife inHours = WienerWear.Forecast(seen, limit: 8, rising: true);
        WearLife inMinutes = WienerWear.Forecast([.. seen.Select(sample => new WearSample(60 * sample.Hours, 25.4 * sample.Value))], limit: 8 * 25.4, rising: true);

        Assert.Equal(inHours.ExponentialShare, inMinutes.ExponentialShare, 1e-6);
        foreach (double share in (double[])[0.05, 0.5, 0.9])
        {
            Assert.Equal(60 * inHours.Quantile(share), inMinutes.Quantile(share), 0.01 * inMinutes.Quantile(share));
        }
    }

    [Fact]
    public void Probability_only_rises_with_the_horizon_and_agrees_with_the_quantiles()
    {
        (WearSample[] seen, _) = Bearing(5, 0.02, 0.05, 0.1, byRatios: false, until: 0.6);
        WearLife life = WienerWear.Forecast(seen, limit: 8, rising: true);

        double[] probabilities = [.. Enumerable.Range(0, 60).Select(day => life.ProbabilityWithin(24 * day))];

        Assert.Equal(probabilities.Order(), probabilities);
        Assert.Equal(0.3, life.ProbabilityWithin(life.Quantile(0.3)), 1e-3);
    }

    [Fact]
    public void Readings_that_do_not_approach_the_limit_may_never_reach_it()
    {
        WearSample[] flat = [.. Enumerable.Range(0, 300).Select(hour => new WearSample(hour, 2 + (0.1 * Math.Sin(hour * 2.4)) - (0.001 * hour)))];

        WearLife life = WienerWear.Forecast(flat, limit: 8, rising: true);

        Assert.True(life.ProbabilityWithin(24 * 30) < 0.01);
        Assert.Equal(double.PositiveInfinity, life.Quantile(0.9));
    }

    [Fact]
    public void Wear_beyond_its_limit_has_no_life_left()
    {
        WearSample[] beyond = [.. Enumerable.Range(0, 50).Select(hour => new WearSample(hour, 8 + (0.1 * hour)))];

        Assert.Equal(0, WienerWear.Forecast(beyond, limit: 8, rising: true).Quantile(0.5), 0.001);
    }

    [Fact]
    public void Too_few_samples_and_what_is_no_number_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WienerWear.Forecast([], 8, rising: true));
        Assert.Throws<ArgumentException>(() => WienerWear.Forecast([new(0, 1), new(1, 2), new(2, 3)], 8, rising: true));
        Assert.Throws<ArgumentException>(() => WienerWear.Forecast([new(0, 1), new(1, 2), new(2, double.NaN), new(3, 2)], 8, rising: true));
    }
}
