using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class WeibullTests
{
    private static readonly Arbitrary<(double Shape, double Scale, double Age, double Ahead)> AnyLife =
        (from shape in Gen.Choose(3, 80)
         from scale in Gen.Choose(1, 100_000)
         from age in Gen.Choose(0, 300)
         from ahead in Gen.Choose(0, 300)
         select (shape / 10.0, scale / 10.0, age / 100.0 * (scale / 10.0), ahead / 100.0 * (scale / 10.0))).ToArbitrary();

    [Fact]
    public void A_pump_of_the_age_replacement_example_has_the_published_figures()
    {
        Weibull life = new(2.5, 1000);

        Assert.Equal(887.264, life.Mean, 0.0005);
        Assert.Equal(0.1569, life.FailureProbability(493.0470), 0.00005);
    }

    [Theory]
    [InlineData(336, 0.00380002)]
    [InlineData(384, 0.00360547)]
    [InlineData(480, 0.00346369)]
    [InlineData(552, 0.00349130)]
    [InlineData(672, 0.00368039)]
    public void ReliabilityIntegral_gives_the_published_cost_rates_of_age_replacement(double age, double rate)
    {
        Weibull life = new(2.5, 1000);

        double cost = (life.Reliability(age) + (5 * life.FailureProbability(age))) / life.ReliabilityIntegral(age);

        Assert.Equal(rate, cost, 0.5e-8);
    }

    [Theory]
    [InlineData(8, 0.01)]
    [InlineData(8, 0.099)]
    [InlineData(8, 0.101)]
    [InlineData(3, 1e-6)]
    public void ReliabilityIntegral_of_a_part_far_too_young_to_fail_is_its_age(double shape, double age) =>
        Assert.Equal(age, new Weibull(shape, 1).ReliabilityIntegral(age), 1e-7 * age);

    [Fact]
    public void ReliabilityIntegral_agrees_with_numerical_integration() =>
        Prop.ForAll(AnyLife, life =>
        {
            Weibull weibull = new(life.Shape, life.Scale);
            const int Steps = 20_000;
            double sum = 0;
            for (int i = 0; i < Steps; i++)
            {
                sum += weibull.Reliability((i + 0.5) * life.Age / Steps) * life.Age / Steps;
            }

            return Math.Abs(sum - weibull.ReliabilityIntegral(life.Age)) <= 1e-4 * Math.Max(sum, 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Failure_probability_only_rises_with_the_horizon() =>
        Prop.ForAll(AnyLife, life =>
        {
            Weibull weibull = new(life.Shape, life.Scale);
            double near = weibull.ConditionalFailureProbability(life.Age, life.Ahead);
            double far = weibull.ConditionalFailureProbability(life.Age, life.Ahead * 1.1);
            return near >= 0 && far >= near && far <= 1
                && Math.Abs(near + weibull.ConditionalReliability(life.Age, life.Ahead) - 1) < 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hours_or_seconds_give_the_same_probabilities_and_lives() =>
        Prop.ForAll(AnyLife, life =>
        {
            Weibull hours = new(life.Shape, life.Scale);
            Weibull seconds = new(life.Shape, 3600 * life.Scale);
            return Near(hours.ConditionalReliability(life.Age, life.Ahead), seconds.ConditionalReliability(3600 * life.Age, 3600 * life.Ahead))
                && Near(3600 * hours.ConditionalReliabilityIntegral(life.Age, life.Ahead), seconds.ConditionalReliabilityIntegral(3600 * life.Age, 3600 * life.Ahead))
                && Near(3600 * hours.RemainingQuantile(life.Age, 0.1), seconds.RemainingQuantile(3600 * life.Age, 0.1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Remaining_quantile_is_where_the_conditional_probability_reaches_the_share() =>
        Prop.ForAll(AnyLife, life =>
        {
            Weibull weibull = new(life.Shape, life.Scale);
            double ahead = weibull.RemainingQuantile(life.Age, 0.05);

            // Old age cancels digits of a tiny remaining life: the age itself is the measure.
            double slack = life.Age > 0 ? weibull.Hazard(life.Age) * life.Age * 1e-12 : 0;
            return Math.Abs(weibull.ConditionalFailureProbability(life.Age, ahead) - 0.05) < 1e-8 + slack;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.7, 30)]
    [InlineData(2.5, 0.5)]
    [InlineData(2.5, 1.5)]
    [InlineData(2.5, 4)]
    [InlineData(2.5, 12.1)]
    public void Mean_remaining_agrees_with_numerical_integration_at_any_age(double shape, double age)
    {
        Weibull life = new(shape, 1);
        double end = life.RemainingQuantile(age, 1 - 1e-9);
        double sum = 0;
        for (int i = 0; i < 200_000; i++)
        {
            sum += life.ConditionalReliability(age, (i + 0.5) * end / 200_000) * end / 200_000;
        }

        Assert.Equal(sum, life.MeanRemaining(age), 2e-3 * sum);
    }

    [Fact]
    public void Chance_failures_do_not_remember_the_age()
    {
        Weibull life = new(1, 200);

        Assert.Equal(life.Reliability(50), life.ConditionalReliability(900, 50), 12);
        Assert.Equal(200, life.MeanRemaining(900), 6);
        Assert.Equal(200, life.MeanRemaining(9000), 6);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(2, -1)]
    [InlineData(double.NaN, 100)]
    [InlineData(2, double.PositiveInfinity)]
    public void Impossible_parameters_are_refused(double shape, double scale) =>
        Assert.ThrowsAny<ArgumentException>(() => new Weibull(shape, scale));

    [Fact]
    public void Density_is_the_slope_of_the_failure_probability()
    {
        Weibull life = new(3, 40);

        double slope = (life.FailureProbability(25 + 1e-4) - life.FailureProbability(25 - 1e-4)) / 2e-4;

        Assert.Equal(slope, life.Density(25), 1e-7);
    }

    private static bool Near(double one, double other) => Math.Abs(one - other) <= 1e-9 * Math.Max(1, Math.Abs(one));
}
