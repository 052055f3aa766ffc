using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class WeibullFitTests
{
    /// <summary>Maximises the likelihood over a fine grid: slow, and nothing but the definition.</summary>
    private static (double Shape, double Scale) ByGrid(IReadOnlyList<ObservedLife> lives)
    {
        (double Shape, double Scale, double Likelihood) best = (0, 0, double.NegativeInfinity);
        for (double shape = 0.3; shape < 8; shape *= 1.004)
        {
            for (double scale = 20; scale < 400; scale *= 1.004)
            {
                Weibull weibull = new(shape, scale);
                double likelihood = lives.Sum(life => Math.Log(life.Failed ? weibull.Density(life.Age) : weibull.Reliability(life.Age)));
                if (likelihood > best.Likelihood)
                {
                    best = (shape, scale, likelihood);
                }
            }
        }

        return (best.Shape, best.Scale);
    }

    [Fact]
    public void Fit_of_complete_and_censored_lives_is_within_2_percent_of_the_likeliest_on_a_grid()
    {
        // Six bearings ran until failure, four were taken out running (the first two early).
        ObservedLife[] lives =
        [
            new(16, true), new(34, true), new(53, true), new(75, true), new(93, true), new(120, true),
            new(20, false), new(40, false), new(100, false), new(120, false),
        ];

        Weibull fit = WeibullFit.Fit(lives)!;
        (double shape, double scale) = ByGrid(lives);

        Assert.Equal(shape, fit.Shape, 0.02 * shape);
        Assert.Equal(scale, fit.Scale, 0.02 * scale);
    }

    [Fact]
    public void Fit_of_the_textbook_sample_gives_the_textbook_estimates()
    {
        // Complete sample 16, 34, 53, 75, 93, 120 h: maximum likelihood β 1.933, η 73.526 (ReliaSoft, Life Data Analysis, Weibull example).
        Weibull fit = WeibullFit.Fit([.. new double[] { 16, 34, 53, 75, 93, 120 }.Select(age => new ObservedLife(age, Failed: true))])!;

        Assert.Equal(1.933, fit.Shape, 0.001);
        Assert.Equal(73.526, fit.Scale, 0.01);
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(2.5)]
    [InlineData(6)]
    public void Fit_finds_again_what_made_the_lives_though_half_are_censored(double shape)
    {
        Weibull truth = new(shape, 1000);
        List<ObservedLife> lives = [];
        double seen = truth.Quantile(0.5);
        for (int i = 0; i < 2000; i++)
        {
            double age = truth.Quantile((i + 0.5) / 2000);
            lives.Add(age <= seen ? new ObservedLife(age, true) : new ObservedLife(seen, false));
        }

        Weibull fit = WeibullFit.Fit(lives)!;

        Assert.Equal(shape, fit.Shape, 0.02 * shape);
        Assert.Equal(1000, fit.Scale, 20.0);
    }

    [Fact]
    public void Fit_gives_the_same_shape_in_seconds_as_in_days()
    {
        ObservedLife[] days = [new(16, true), new(34, true), new(53, false), new(75, true)];

        Weibull inDays = WeibullFit.Fit(days)!;
        Weibull inSeconds = WeibullFit.Fit([.. days.Select(life => life with { Age = life.Age * 86_400 })])!;

        Assert.Equal(inDays.Shape, inSeconds.Shape, 9);
        Assert.Equal(86_400 * inDays.Scale, inSeconds.Scale, 1e-3);
    }

    [Fact]
    public void Fit_without_two_different_failures_says_nothing()
    {
        Assert.Null(WeibullFit.Fit([]));
        Assert.Null(WeibullFit.Fit([new(16, true), new(34, false)]));
        Assert.Null(WeibullFit.Fit([new(16, true), new(16, true)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(double.NaN)]
    public void Fit_refuses_what_is_no_age(double age) =>
        Assert.Throws<ArgumentException>(() => WeibullFit.Fit([new(16, true), new(age, true)]));
}
