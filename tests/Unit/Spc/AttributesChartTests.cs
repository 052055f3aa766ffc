using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class AttributesChartTests
{
    // p̄, inspected → limits
    [Theory]
    [InlineData(0.05, 50, 0, 0.142466)]
    [InlineData(0.05, 200, 0.003767, 0.096233)]
    [InlineData(0.05, 1000, 0.029324, 0.070676)]
    [InlineData(0, 1000, 0, 0)]
    public void P_limits_narrow_with_the_number_inspected(double share, long inspected, double lower, double upper)
    {
        ControlLimits limits = AttributesChart.P(share, inspected);

        Assert.Equal((lower, upper), (Math.Round(limits.Lower, 6), Math.Round(limits.Upper, 6)));
    }

    // ū, inspected → limits: ū ± 3·√(ū/n)
    [Theory]
    [InlineData(2, 1, 0, 6.242641)]
    [InlineData(2, 4.5, 0, 4)]
    [InlineData(2, 18, 1, 3)]
    [InlineData(0.1, 100, 0.005132, 0.194868)]
    public void U_limits_narrow_with_what_was_inspected(double rate, double inspected, double lower, double upper)
    {
        ControlLimits limits = AttributesChart.U(rate, inspected);

        Assert.Equal((lower, upper), (Math.Round(limits.Lower, 6), Math.Round(limits.Upper, 6)));
    }

    [Theory]
    [InlineData(-0.1, 10)]
    [InlineData(1.1, 10)]
    [InlineData(0.1, 0)]
    public void P_refuses_what_is_no_share(double share, long inspected) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AttributesChart.P(share, inspected));

    [Fact]
    public void P_chart_stays_within_zero_and_one()
    {
        ControlLimits few = AttributesChart.P(0.01, 50);
        ControlLimits many = AttributesChart.P(0.01, 10_000);

        Assert.Equal(0, few.Lower);
        Assert.Equal((0.01 - (3 * Math.Sqrt(0.01 * 0.99 / 10_000)), 0.01), (many.Lower, many.Centre));
        Assert.Equal(1, AttributesChart.P(0.99, 10).Upper);
    }

    [Fact]
    public void U_chart_widens_for_small_samples()
    {
        Assert.Equal(0.5 + (3 * Math.Sqrt(0.5 / 4)), AttributesChart.U(0.5, 4).Upper, 12);
        Assert.True(AttributesChart.U(0.5, 4).Upper > AttributesChart.U(0.5, 400).Upper);
    }

    [Fact]
    public void XBarS_chart_agrees_with_the_mean_and_range_chart_on_the_same_data()
    {
        Random random = new(3);
        List<IReadOnlyList<double>> subgroups = [.. Enumerable.Range(0, 500).Select(_ =>
            (IReadOnlyList<double>)[.. Enumerable.Range(0, 5).Select(_ => MathNet.Numerics.Distributions.Normal.Sample(random, 10, 2))])];

        VariablesChart s = VariablesChart.XBarS(subgroups);
        VariablesChart r = VariablesChart.XBarR(subgroups);

        Assert.Equal(0.9400, ControlConstants.C4(5), 4);
        Assert.Equal(2, s.Sigma, 0.1);
        Assert.Equal(r.Location.Upper, s.Location.Upper, 0.1);
    }
}
