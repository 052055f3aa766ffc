using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Jobs;

public sealed class WearTrendTests
{
    private static readonly WearTrendSettings Settings = new();

    [Fact]
    public void Noiseless_line_is_forecast_to_the_hour()
    {
        WearForecast forecast = Forecast(hours => 1.5 + (0.01 * hours), 96, limit: 4.5);

        Assert.Null(forecast.Refusal);
        Assert.Equal((WearModel.Linear, 300 - 95), (forecast.Model, Math.Round(forecast.MiddleHours)));
        Assert.Equal(0.24, forecast.ChangePerDay, 6);
    }

    [Fact]
    public void Noiseless_exponential_is_recognised_and_forecast()
    {
        WearForecast forecast = Forecast(hours => Math.Exp(hours / 100), 96, limit: Math.Exp(2));

        Assert.Equal(WearModel.Exponential, forecast.Model);
        Assert.Equal(200 - 95, forecast.MiddleHours, 0.5);
    }

    [Fact]
    public void Falling_signal_is_forecast_to_its_lower_limit()
    {
        WearForecast forecast = Forecast(hours => -0.75 + (0.001 * hours) - (0.002 * hours), 96, limit: -1, rising: false);

        Assert.Equal(250 - 95, forecast.MiddleHours, 0.5);
    }

    [Fact]
    public void One_reading_in_ten_gone_wild_moves_the_forecast_little()
    {
        WearForecast clean = Forecast(hours => 1.5 + (0.01 * hours) + Noise(hours, 0.05), 96, limit: 4.5);
        WearForecast wild = Forecast(hours => hours % 10 == 3 ? 40 : 1.5 + (0.01 * hours) + Noise(hours, 0.05), 96, limit: 4.5);

        Assert.InRange(wild.MiddleHours, clean.MiddleHours * 0.9, clean.MiddleHours * 1.1);
    }

    [Fact]
    public void Limit_already_reached_is_due_now()
    {
        WearForecast forecast = Forecast(hours => 1.5 + (0.04 * hours), 96, limit: 4.5);

        Assert.Equal((0d, 0d), (forecast.EarlyHours, forecast.MiddleHours));
    }

    [Fact]
    public void Wear_that_set_in_two_days_ago_is_not_flattened_by_the_days_before()
    {
        WearForecast forecast = Forecast(hours => 1.5 + (0.02 * Math.Max(0, hours - 288)) + Noise(hours, 0.02), 336, limit: 4.5);

        Assert.Equal(288 + 150 - 335, forecast.MiddleHours, 8.0);
        Assert.InRange(forecast.FromHours, 280, 300);
    }

    [Fact]
    public void Wear_that_set_in_a_few_hours_ago_is_waited_for() =>
        Assert.Contains("wear set in", Forecast(hours => 1.5 + (0.1 * Math.Max(0, hours - 328)) + Noise(hours, 0.02), 336, limit: 4.5).Refusal, StringComparison.Ordinal);

    [Theory]
    [InlineData(24)]
    [InlineData(36)]
    [InlineData(200)]
    public void Daily_swing_of_a_hall_is_no_wear(int samples)
    {
        for (int phase = 0; phase < 24; phase += 3)
        {
            WearForecast forecast = Forecast(hours => 48 + (1.5 * Math.Sin(2 * Math.PI * (hours + phase) / 24)) + Noise(hours, 0.1), samples, limit: 68);

            Assert.NotNull(forecast.Refusal);
        }
    }

    [Theory]
    [InlineData(10, 0.01, "10 samples while running, 24 are needed")]
    [InlineData(96, 0.0, "no trend towards the limit")]
    [InlineData(96, -0.01, "no trend towards the limit")]
    [InlineData(96, 0.0005, "in more than 120 days")]
    public void Forecast_is_refused_with_the_reason(int samples, double slope, string expected)
    {
        WearForecast forecast = Forecast(hours => 1.5 + (slope * hours), samples, limit: 4.5);

        Assert.Contains(expected, forecast.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_of_a_few_hours_are_refused()
    {
        WearSample[] samples = [.. Enumerable.Range(0, 40).Select(i => new WearSample(i * 0.1, i))];

        Assert.Contains("span 3.9 h", WearTrend.Forecast(samples, 100, rising: true, Settings).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Ninety_percent_band_holds_the_truth_in_most_of_a_hundred_noisy_histories()
    {
        int inside = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            Random random = new(seed);
            WearForecast forecast = Forecast(hours => 1.5 + (0.01 * hours) + (0.2 * Gauss(random)), 168, limit: 4.5);
            inside += forecast.EarlyHours <= 300 - 167 && forecast.LateHours >= 300 - 167 ? 1 : 0;
        }

        Assert.InRange(inside, 80, 98);
    }

    [Fact]
    public void Noise_without_trend_makes_a_forecast_at_most_once_in_a_hundred_histories()
    {
        int forecasts = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            Random random = new(seed);
            forecasts += Forecast(_ => 1.5 + (0.2 * Gauss(random)), 168, limit: 4.5).Refusal is null ? 1 : 0;
        }

        Assert.InRange(forecasts, 0, 1);
    }

    private static WearForecast Forecast(Func<double, double> value, int samples, double limit, bool rising = true) =>
        WearTrend.Forecast([.. Enumerable.Range(0, samples).Select(hour => new WearSample(hour, value(hour)))], limit, rising, Settings);

    private static double Noise(double hours, double scale) => scale * Math.Sin(hours * 12.9898);

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
