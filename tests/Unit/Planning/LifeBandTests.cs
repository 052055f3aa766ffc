using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Planning;

public sealed class LifeBandTests
{
    private static readonly DateTime Now = PlannedPlant.Monday;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(10, 11)]
    [InlineData(3, 60)]
    public void Life_has_the_quantiles_of_the_band(double early, double middle)
    {
        Weibull life = new LifeBand(Now, Now.AddDays(early), Now.AddDays(middle)).ToWeibull();

        Assert.Equal(0.05, life.FailureProbability(early), 1e-9);
        Assert.Equal(0.5, life.FailureProbability(middle), 1e-9);
    }

    [Theory]
    [InlineData(-1, -1)] // the limit is reached already
    [InlineData(5, 5)] // a band without width
    [InlineData(0, 3)]
    [InlineData(6, 5)] // upside down
    public void Odd_bands_still_make_a_life(double early, double middle)
    {
        Weibull life = new LifeBand(Now, Now.AddDays(early), Now.AddDays(middle)).ToWeibull();

        Assert.Equal(0.5, life.FailureProbability(Math.Max(middle, 1 / 24.0)), 1e-9);
    }

    [Fact]
    public void Work_due_by_a_date_risks_one_in_twenty_until_then()
    {
        LifeBand band = LifeBand.DueBy(Now, Now.AddDays(10));

        Assert.Equal(0.05, band.ToWeibull().FailureProbability(10), 1e-9);
        Assert.Equal(3, band.ToWeibull().Shape, 1e-9);
    }
}
