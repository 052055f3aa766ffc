using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class HealthIndexTests
{
    private static WearSample[] From(double level, double perHour) =>
        [.. Enumerable.Range(0, 101).Select(hour => new WearSample(hour, level + (perHour * hour)))];

    [Theory]
    [InlineData(2, 0, 8, true, 1)]
    [InlineData(2, 0.03, 8, true, 0.51)]
    [InlineData(2, 0.06, 8, true, 0.04)]
    [InlineData(2, 0.09, 8, true, 0)]
    [InlineData(9, 0, 8, true, 0)]
    [InlineData(6, -0.02, 3, false, 0.36)]
    public void Component_has_left_what_remains_of_the_way_from_its_best_level_to_its_limit(
        double level, double perHour, double limit, bool rising, double health) =>
        Assert.Equal(health, HealthIndex.OfComponent(From(level, perHour), limit, rising), 0.02);

    [Theory]
    [InlineData(new double[0], 0, 1)]
    [InlineData(new[] { 0.9, 0.3, 1 }, 0, 0.3)]
    [InlineData(new[] { 0.9, 0.8 }, 0.25, 0.7)]
    [InlineData(new[] { 0.8 }, 1, 0.4)]
    public void Machine_is_as_healthy_as_its_worst_component_less_what_is_odd(double[] components, double odd, double health) =>
        Assert.Equal(health, HealthIndex.OfMachine(components, odd), 12);

    [Fact]
    public void One_good_reading_does_not_move_the_best_level()
    {
        WearSample[] samples = From(4, 0.02);
        double before = HealthIndex.OfComponent(samples, 8, rising: true);
        samples[30] = samples[30] with { Value = -50 };

        Assert.Equal(before, HealthIndex.OfComponent(samples, 8, rising: true), 0.02);
    }
}
