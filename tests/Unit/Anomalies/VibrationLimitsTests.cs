using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class VibrationLimitsTests
{
    [Theory]
    [InlineData(400, VibrationSupport.Rigid, 1.78, VibrationZone.A)]
    [InlineData(75, VibrationSupport.Rigid, 1.78, VibrationZone.B)]
    [InlineData(75, VibrationSupport.Rigid, 1.0, VibrationZone.A)]
    [InlineData(75, VibrationSupport.Rigid, 2.0, VibrationZone.B)]
    [InlineData(75, VibrationSupport.Rigid, 3.5, VibrationZone.C)]
    [InlineData(75, VibrationSupport.Rigid, 6.0, VibrationZone.D)]
    [InlineData(75, VibrationSupport.Rigid, 1.4, VibrationZone.B)]
    public void ZoneOf_places_a_velocity_and_a_value_on_the_limit_in_the_worse_zone(double power, VibrationSupport support, double velocity, VibrationZone zone)
    {
        Assert.Equal(zone, VibrationLimits.For(power, support).ZoneOf(velocity));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    public void What_is_no_velocity_has_no_zone_and_NaN_is_no_change(double velocity)
    {
        VibrationLimits limits = VibrationLimits.For(75, VibrationSupport.Rigid);

        Assert.Null(limits.ZoneOf(velocity));
        Assert.False(limits.IsSignificantChange(velocity, double.NaN));
    }

    [Theory]
    [InlineData(301, VibrationSupport.Rigid, 2.3, 4.5, 7.1)]
    [InlineData(301, VibrationSupport.Flexible, 3.5, 7.1, 11.0)]
    [InlineData(300, VibrationSupport.Rigid, 1.4, 2.8, 4.5)]
    [InlineData(15, VibrationSupport.Flexible, 2.3, 4.5, 7.1)]
    public void For_gives_the_limits_of_the_standard(double power, VibrationSupport support, double ab, double bc, double cd)
    {
        Assert.Equal(new VibrationLimits(ab, bc, cd), VibrationLimits.For(power, support));
    }

    [Theory]
    [InlineData(14.9)]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void For_refuses_machines_the_standard_does_not_speak_of(double power)
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(() => VibrationLimits.For(power, VibrationSupport.Rigid));

        Assert.Contains("15 kW", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_a_quarter_of_the_limit_between_B_and_C_matters_inside_a_zone()
    {
        VibrationLimits limits = VibrationLimits.For(75, VibrationSupport.Rigid);

        Assert.False(limits.IsSignificantChange(0.3, 1.0));
        Assert.True(limits.IsSignificantChange(0.3, 1.01));
    }
}
