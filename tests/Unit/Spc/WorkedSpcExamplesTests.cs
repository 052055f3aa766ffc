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

    [Theory]
    [InlineData("V1", 1.78, 2.3, 4.5, 7.1, VibrationZone.A)]
    [InlineData("V1", 1.78, 1.4, 2.8, 4.5, VibrationZone.B)]
    [InlineData("V3", 1.0, 1.4, 2.8, 4.5, VibrationZone.A)]
    [InlineData("V3", 2.0, 1.4, 2.8, 4.5, VibrationZone.B)]
    [InlineData("V3", 3.5, 1.4, 2.8, 4.5, VibrationZone.C)]
    [InlineData("V3", 6.0, 1.4, 2.8, 4.5, VibrationZone.D)]
    [InlineData("V3", 1.4, 1.4, 2.8, 4.5, VibrationZone.B)]
    public void Zone_of_a_velocity_on_a_limit_is_the_worse_one(string example, double velocity, double ab, double bc, double cd, VibrationZone zone) =>
        Assert.True(new VibrationLimits(ab, bc, cd).Zone(velocity) == zone, example);

    [Fact]
    public void V4_limits_by_power_and_support()
    {
        Assert.Equal(new VibrationLimits(2.3, 4.5, 7.1), VibrationLimits.For(400, isFlexible: false));
        Assert.Equal(new VibrationLimits(3.5, 7.1, 11.0), VibrationLimits.For(400, isFlexible: true));
        Assert.Equal(new VibrationLimits(1.4, 2.8, 4.5), VibrationLimits.For(22, isFlexible: false));
        Assert.Equal(new VibrationLimits(2.3, 4.5, 7.1), VibrationLimits.For(22, isFlexible: true));
        Assert.Equal(new VibrationLimits(0.71, 1.8, 4.5), VibrationLimits.For(7.5, isFlexible: false));
    }

    [Fact]
    public void V6_frequencies_of_a_6205_at_1800_rpm()
    {
        BearingFrequencies bearing = BearingFrequencies.Of(balls: 9, ballDiameter: 7.938, pitchDiameter: 38.5, contactAngle: 0, revolutionsPerMinute: 1800);

        Assert.Equal((107.17, 162.83, 11.907, 69.66),
            (Math.Round(bearing.Outer, 2), Math.Round(bearing.Inner, 2), Math.Round(bearing.Cage, 3), Math.Round(bearing.Ball, 2)));
    }
}
