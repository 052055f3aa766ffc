using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Planning;

public sealed class AgeReplacementTests
{
    [Theory]
    [InlineData(2.5, 1000, 1, 5, 493.0470, 0.00346204, 0.3857)] // ReliaWiki, Optimum Replacement Time Example
    [InlineData(3, 150, 2, 8, 83.1230, 0.03685029, double.NaN)]
    [InlineData(3, 2000, 400, 4000, 764.9111, 0.78987006, 0.647)]
    [InlineData(2, 1000, 1, 10, 336.4512, 0.00605612, double.NaN)]
    [InlineData(1.5, 1000, 1, 2, 2174.64, double.NaN, 0.0016)]
    [InlineData(2.5, 60, 800, 5600, double.NaN, 54.029, double.NaN)]
    [InlineData(3.5, 35, 1200, 9600, double.NaN, 109.235, double.NaN)]
    public void Optimum_of_the_worked_examples(
        double shape, double scale, double planned, double failure, double age, double rate, double saving)
    {
        AgeReplacement best = AgeReplacement.Optimum(new Weibull(shape, scale), planned, failure);

        // The worked figures are rounded: half a unit of their last digit.
        AssertWithin(age, best.Age, age > 2000 ? 5e-3 : 5e-5);
        AssertWithin(rate, best.CostRate, rate < 1 ? 5e-9 : 5e-4);
        AssertWithin(saving, best.Saving, saving < 0.01 ? 5e-5 : 5e-4);
    }

    [Fact]
    public void Figures_around_the_worked_optimum()
    {
        Weibull life = new(2.5, 1000);
        AgeReplacement best = AgeReplacement.Optimum(life, 1, 5);

        Assert.Equal(0.1569, best.FailureShare, 0.00005);
        Assert.Equal(0.00563530, best.RunToFailureRate, 5e-9);
        Assert.Equal(ReplacementVerdict.Worthwhile, best.Verdict);
        Assert.Equal(1.32, AgeReplacement.CostRateAt(life, 1, 5, 0.5 * best.Age) / best.CostRate, 0.005);
        Assert.Equal(1.107, AgeReplacement.CostRateAt(life, 1, 5, 1.5 * best.Age) / best.CostRate, 0.0005);
    }

    [Theory]
    [InlineData(336, 0.00380002)]
    [InlineData(384, 0.00360547)]
    [InlineData(432, 0.00350215)]
    [InlineData(480, 0.00346369)]
    [InlineData(504, 0.00346315)]
    [InlineData(552, 0.00349130)]
    [InlineData(672, 0.00368039)]
    public void Cost_rate_at_other_ages(double age, double rate) =>
        Assert.Equal(rate, AgeReplacement.CostRateAt(new Weibull(2.5, 1000), 1, 5, age), 5e-9);

    [Theory]
    [InlineData(1, 1000, 1, 100)] // failures by chance
    [InlineData(0.7, 1000, 1, 100)] // infant mortality
    [InlineData(3, 1000, 5, 5)] // a failure costs no more
    [InlineData(3, 1000, 5, 1)]
    public void Part_that_waiting_suits_best_is_never_replaced_before_it_fails(double shape, double scale, double planned, double failure)
    {
        Weibull life = new(shape, scale);
        AgeReplacement best = AgeReplacement.Optimum(life, planned, failure);

        Assert.Equal(double.PositiveInfinity, best.Age);
        Assert.Equal(failure / life.Mean, best.CostRate, 1e-12);
        Assert.Equal((ReplacementVerdict.Never, 0.0, 1.0), (best.Verdict, best.Saving, best.FailureShare));
    }

    [Fact]
    public void Saving_that_nobody_would_notice_is_not_worth_it()
    {
        AgeReplacement best = AgeReplacement.Optimum(new Weibull(1.5, 1000), 1, 2);

        Assert.Equal(ReplacementVerdict.NotWorthIt, best.Verdict);
        Assert.True(double.IsFinite(best.Age));
    }

    [Fact]
    public void Shape_next_to_one_ends_and_saves_nothing()
    {
        AgeReplacement best = AgeReplacement.Optimum(new Weibull(1.0000001, 1000), 1, 2);

        Assert.NotEqual(ReplacementVerdict.Worthwhile, best.Verdict);
        Assert.Equal(0, best.Saving, 1e-6);
    }

    [Fact]
    public void No_other_age_costs_less()
    {
        Gen<(double Shape, double Scale, double Failure, double Factor)> cases =
            from shape in Gen.Choose(105, 600)
            from scale in Gen.Choose(1, 100_000)
            from failure in Gen.Choose(101, 10_000)
            from factor in Gen.Choose(10, 300)
            select (shape / 100.0, (double)scale, failure / 100.0, factor / 100.0);
        Prop.ForAll(cases.ToArbitrary(), pick =>
        {
            Weibull life = new(pick.Shape, pick.Scale);
            AgeReplacement best = AgeReplacement.Optimum(life, 1, pick.Failure);
            return best.CostRate <= AgeReplacement.CostRateAt(life, 1, pick.Failure, best.Age * pick.Factor) * (1 + 1e-9)
                && Math.Abs((AgeReplacement.CostRateAt(life, 1, pick.Failure, best.Age) / best.CostRate) - 1) < 1e-6;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, -1)]
    [InlineData(double.NaN, 5)]
    [InlineData(1, double.PositiveInfinity)]
    public void Cost_that_is_none_is_refused(double planned, double failure) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AgeReplacement.Optimum(new Weibull(2, 1), planned, failure));

    private static void AssertWithin(double expected, double actual, double tolerance)
    {
        if (!double.IsNaN(expected))
        {
            Assert.Equal(expected, actual, tolerance);
        }
    }
}
