using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class WeibullRegressionTests
{
    /// <summary>Lives of shape 3 and scale 100 at load 1000 whose hazard grows with a power of the load; every fifth is still running.</summary>
    private static LoadedLife[] Lives(int count, double exponent)
    {
        Random random = new(7);
        Weibull usual = new(3, 100);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            double load = 1000 * Math.Pow(4, random.NextDouble() - 0.5);
            double life = usual.Quantile(random.NextDouble()) * Math.Pow(load / 1000, -exponent / 3);
            return i % 5 == 0 ? new LoadedLife(0.7 * life, false, load) : new LoadedLife(life, true, load);
        })];
    }

    [Fact]
    public void Lives_that_end_sooner_under_load_are_told_by_it()
    {
        WeibullRegression fit = WeibullRegression.Fit(Lives(400, exponent: 3))!;

        Assert.InRange(fit.Exponent, 2.5, 3.5);
        Assert.InRange(fit.At(1000).Shape, 2.7, 3.3);
        Assert.InRange(fit.At(1000).Scale, 92, 108);

        // With the exponent of the shape a life is a number of units: twice the load, half the life.
        Assert.InRange(fit.At(2000).Scale / fit.At(1000).Scale, 0.44, 0.56);
    }

    [Fact]
    public void Load_that_does_not_matter_is_left_out()
    {
        LoadedLife[] lives = Lives(60, exponent: 0);
        WeibullRegression fit = WeibullRegression.Fit(lives)!;
        Weibull plain = WeibullFit.Fit([.. lives.Select(life => new ObservedLife(life.Age, life.Failed))])!;

        Assert.Equal(0, fit.Exponent);
        Assert.Equal((plain.Shape, plain.Scale), (fit.At(3000).Shape, fit.At(3000).Scale));
    }

    [Fact]
    public void One_failure_tells_nothing() => Assert.Null(WeibullRegression.Fit([new(10, true, 5), new(20, false, 6)]));

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void Load_that_is_none_is_refused(double load) =>
        Assert.Contains("load", Assert.Throws<ArgumentException>(() => WeibullRegression.Fit([new(10, true, load), new(12, true, 3)])).Message, StringComparison.Ordinal);
}
