using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

/// <summary>Published examples, by their number in the collection of worked examples.</summary>
public sealed class WorkedSpcExamplesTests
{
    [Fact]
    public void S1_individuals_chart_of_the_NIST_handbook()
    {
        double[] values = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];

        VariablesChart chart = VariablesChart.IndividualsMovingRange(values);

        Assert.Equal(50.81, chart.Location.Centre, 2);
        Assert.Equal(1.8778, chart.Spread.Centre, 4);
        Assert.Equal(55.8041, chart.Location.Upper, 2);
        Assert.Equal(45.8159, chart.Location.Lower, 2);
        Assert.Equal(3.267 * 1.8778, chart.Spread.Upper, 2);
        Assert.DoesNotContain(values, value => chart.Location.IsOut(value));
    }

    [Fact]
    public void S3_EWMA_of_the_NIST_handbook()
    {
        double[] values = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
        double[] expected = [50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99];
        Ewma ewma = new(centre: 50, sigma: 2.0539, weight: 0.3);

        double[] averages = [.. values.Select(ewma.Add)];

        Assert.Equal(52.5884, ewma.Settled.Upper, 4);
        Assert.Equal(47.41157, ewma.Settled.Lower, 4);
        Assert.All(averages.Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 0.01, $"{pair.First} {pair.Second}"));
    }

    [Fact]
    public void S4_mean_and_range_chart_needs_more_than_three_digit_constants()
    {
        VariablesChart chart = VariablesChart.XBarR(mean: 8.00307, meanRange: 0.124, subgroup: 6);

        Assert.Equal(7.94314, chart.Location.Lower, 5e-5);
        Assert.Equal(8.06299, chart.Location.Upper, 5e-5);
        Assert.Equal(0, chart.Spread.Lower);
        Assert.Equal(0.24847, chart.Spread.Upper, 5e-5);
        Assert.Equal(0.048927, chart.Sigma, 6);
        Assert.True(Math.Abs(chart.Location.Upper - 8.06296) > 1e-5, "the limit of a three-digit A2");
    }

    [Fact]
    public void Limits_of_the_EWMA_widen_until_it_has_settled()
    {
        Ewma ewma = new(centre: 50, sigma: 2, weight: 0.2);
        double[] expected = [51.2, 51.536750, 51.717971, 51.824530, 51.889578];

        double[] upper = [.. Enumerable.Range(0, 5).Select(_ =>
        {
            ewma.Add(50);
            return ewma.Now.Upper;
        })];

        // 50 + 3·2·√(0.2/1.8·(1 − 0.8^2i))
        Assert.All(expected.Zip(upper), pair => Assert.Equal(pair.First, pair.Second, 6));
        Assert.Equal(52, ewma.Settled.Upper, 12);
    }

    [Theory]
    [InlineData(2, 1.880, 0, 3.267, 1.128)]
    [InlineData(3, 1.023, 0, 2.574, 1.693)]
    [InlineData(4, .729, 0, 2.282, 2.059)]
    [InlineData(5, .577, 0, 2.114, 2.326)]
    [InlineData(6, .483, 0, 2.004, 2.534)]
    [InlineData(7, .419, .076, 1.924, 2.704)]
    [InlineData(8, .373, .136, 1.864, 2.847)]
    [InlineData(9, .337, .184, 1.816, 2.970)]
    [InlineData(10, .308, .223, 1.777, 3.078)]
    public void S8_constants_agree_with_the_printed_table(int subgroup, double a2, double d3, double d4, double d2)
    {
        Assert.Equal(a2, ControlConstants.A2(subgroup), 0.0011);
        Assert.Equal(d3, ControlConstants.D3(subgroup), 0.0011);
        Assert.Equal(d4, ControlConstants.D4(subgroup), 0.0011);
        Assert.Equal(d2, ControlConstants.D2(subgroup), 0.0006);
    }

    // c4, A3, B3, B4 of NIST 6.3.2.1 and the usual tables.
    [Theory]
    [InlineData(2, .7979, 2.659, 0, 3.267)]
    [InlineData(3, .8862, 1.954, 0, 2.568)]
    [InlineData(5, .9400, 1.427, 0, 2.089)]
    [InlineData(6, .9515, 1.287, .030, 1.970)]
    [InlineData(7, .9594, 1.182, .118, 1.882)]
    [InlineData(10, .9727, .975, .284, 1.716)]
    [InlineData(15, .9823, .789, .428, 1.572)]
    [InlineData(20, .9869, .680, .510, 1.490)]
    [InlineData(25, .9896, .606, .565, 1.435)]
    public void Constants_of_the_standard_deviation_chart_agree_with_the_printed_table(int subgroup, double c4, double a3, double b3, double b4)
    {
        Assert.Equal(c4, ControlConstants.C4(subgroup), 4);
        Assert.Equal(a3, ControlConstants.A3(subgroup), 3);
        Assert.Equal(b3, ControlConstants.B3(subgroup), 3);
        Assert.Equal(b4, ControlConstants.B4(subgroup), 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public void Ranges_are_refused_for_subgroups_without_a_constant(int subgroup) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => VariablesChart.XBarR(10, 1, subgroup));

    // µ, σ, LSL, USL → Cp, Cpk, k; NaN = undefined
    [Theory]
    [InlineData("centred", 10, 1, 4, 16, 2, 2, 0)]
    [InlineData("off centre", 12, 1, 4, 16, 2, 1.3333, .3333)]
    [InlineData("outside the limits", 17, 1, 4, 16, 2, -.3333, 1.1667)]
    [InlineData("lower only", 10, 2, 4, double.NaN, double.NaN, 1, double.NaN)]
    [InlineData("upper only", 10, 2, double.NaN, 13, double.NaN, .5, double.NaN)]
    public void Indices_of_other_processes(string process, double mean, double sigma, double lower, double upper, double cp, double cpk, double k)
    {
        CapabilityIndices indices = CapabilityIndices.Of(mean, sigma, double.IsNaN(lower) ? null : lower, double.IsNaN(upper) ? null : upper);

        Assert.True((Text(cp), Text(cpk), Text(k)) == (Text(indices.Cp), Text(indices.Cpk), Text(indices.K)), $"{process}: {indices}");

        static string Text(double? value) => value is { } known && !double.IsNaN(known) ? known.ToString("F4", System.Globalization.CultureInfo.InvariantCulture) : "undefined";
    }

    [Theory]
    [InlineData(0, 4, 16)]
    [InlineData(-1, 4, 16)]
    [InlineData(double.NaN, 4, 16)]
    [InlineData(1, 16, 16)]
    [InlineData(1, 17, 16)]
    public void Indices_are_refused_without_spread_and_for_crossed_limits(double sigma, double lower, double upper) =>
        Assert.Throws<ArgumentException>(() => CapabilityIndices.Of(10, sigma, lower, upper));

    [Fact]
    public void K1_indices_of_the_NIST_handbook()
    {
        CapabilityIndices indices = CapabilityIndices.Of(mean: 16, sigma: 2, lower: 8, upper: 20);

        Assert.Equal((1.0, 0.6667, 0.6667, 1.3333, 0.3333),
            (indices.Cp!.Value, Math.Round(indices.Cpk!.Value, 4), Math.Round(indices.Cpu!.Value, 4), Math.Round(indices.Cpl!.Value, 4), Math.Round(indices.K!.Value, 4)));
    }

    [Fact]
    public void K2_an_off_centre_filler_is_judged_by_its_nearer_limit()
    {
        CapabilityIndices indices = CapabilityIndices.Of(mean: 15.9, sigma: 0.1, lower: 15.8, upper: 16.2);

        Assert.Equal(0.33, indices.Cpk!.Value, 2);
        Assert.Equal(0.667, indices.Cp!.Value, 3);
    }

    [Theory]
    [InlineData(0.166, 0.0457)]
    [InlineData(0.250, 0.0292)]
    public void K6_one_limit_gives_one_sided_indices_only(double mean, double sigma)
    {
        CapabilityIndices indices = CapabilityIndices.Of(mean, sigma, lower: null, upper: 0.40);

        Assert.Equal(1.71, indices.Cpk!.Value, 2);
        Assert.Equal((null, null, null), (indices.Cp, indices.Cpl, indices.K));
    }

    [Fact]
    public void V6_frequencies_of_a_6205_at_1800_rpm()
    {
        BearingFrequencies bearing = BearingFrequencies.Of(balls: 9, ballDiameter: 7.938, pitchDiameter: 38.5, contactAngle: 0, revolutionsPerMinute: 1800);

        Assert.Equal((107.17, 162.83, 11.907, 69.66),
            (Math.Round(bearing.Outer, 2), Math.Round(bearing.Inner, 2), Math.Round(bearing.Cage, 3), Math.Round(bearing.Ball, 2)));
    }
}
