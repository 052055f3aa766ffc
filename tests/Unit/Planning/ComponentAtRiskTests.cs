using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Planning;

public sealed class ComponentAtRiskTests
{
    [Theory]
    [InlineData(0, 493.0470, 0)]
    [InlineData(200, 293.0470, 0.61107)]
    [InlineData(400, 93.0470, 0.95681)]
    [InlineData(480, 13.0470, 0.99911)]
    [InlineData(600, 0, 1)]
    public void Part_of_some_age_waits_for_the_rest_of_the_best_age(double age, double waits, double costs)
    {
        ComponentAtRisk part = new(new Weibull(2.5, 1000), age, plannedCost: 1, failureCost: 5);

        double best = Enumerable.Range(0, 1000).Select(step => (double)step).MinBy(part.CostAt);
        Assert.Equal(waits, best, 1.0);
        Assert.Equal(costs, part.CostAt(waits), 5e-6);
    }

    [Fact]
    public void Part_that_never_wears_is_as_good_later_as_now()
    {
        ComponentAtRisk part = new(new Weibull(1, 100), 40, plannedCost: 10, failureCost: 50);

        // By chance alone nothing is gained by replacing: the planned cost is only ever put off.
        Assert.True(part.CostAt(50) < part.CostAt(0));
    }

    [Fact]
    public void Price_of_life_can_be_given()
    {
        ComponentAtRisk cheap = new(new Weibull(3, 100), 0, 10, 50, lifePrice: 0);
        Assert.Equal(10, cheap.CostAt(0), 1e-12);
        Assert.Equal((10 * cheap.Life.Reliability(60)) + (50 * cheap.Life.FailureProbability(60)), cheap.CostAt(60), 1e-9);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Age_that_is_none_is_refused(double age) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ComponentAtRisk(new Weibull(2, 1), age, 1, 2));
}
