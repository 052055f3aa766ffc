using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class PasteuriserPassageTests
{
    private static readonly DateTime Noon = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(60, 10)]
    [InlineData(62, 19.404)]
    public void Bottles_gather_what_the_zones_give_while_the_belt_runs(double hottest, double units)
    {
        PasteuriserPassage passage = PasteuriserPassage.At(Zones(hottest), [(Noon.AddHours(-2), Noon.AddHours(1))], Noon)!.Value;

        Assert.Equal(units + (10 * Math.Pow(1.393, -60)), passage.Units, 3);
        Assert.Equal(TimeSpan.FromMinutes(20), passage.Inside);
    }

    // The belt stands from 11:50 to 11:55; who leaves at 12:00 was then five minutes into the hot zone.
    [Fact]
    public void Units_keep_rising_while_the_belt_stands()
    {
        PasteuriserPassage passage = PasteuriserPassage.At(Zones(60), [(Noon.AddHours(-2), Noon.AddMinutes(-10)), (Noon.AddMinutes(-5), Noon.AddHours(1))], Noon)!.Value;

        Assert.Equal(15, passage.Units, 3);
        Assert.Equal(TimeSpan.FromMinutes(25), passage.Inside);
    }

    [Fact]
    public void A_change_of_temperature_counts_from_when_it_was_read()
    {
        PasteuriserZone[] zones = [new(TimeSpan.FromMinutes(10), [new(Noon.AddMinutes(-30), 60), new(Noon.AddMinutes(-5), 60), new(Noon.AddMinutes(-5).AddTicks(1), 62)])];

        Assert.Equal(5 + (5 * 1.940449), PasteuriserPassage.At(zones, [(Noon.AddHours(-1), Noon)], Noon)!.Value.Units, 4);
    }

    [Fact]
    public void Who_came_in_before_anything_was_read_is_unknown()
    {
        Assert.Null(PasteuriserPassage.At(Zones(60), [(Noon.AddMinutes(-19), Noon)], Noon));
        Assert.Null(PasteuriserPassage.At([new(TimeSpan.FromMinutes(10), [new(Noon.AddMinutes(-9), 60)])], [(Noon.AddHours(-1), Noon)], Noon));
        Assert.Null(PasteuriserPassage.At([new(TimeSpan.FromMinutes(10), [])], [(Noon.AddHours(-1), Noon)], Noon));
    }

    private static PasteuriserZone[] Zones(double hottest) =>
    [
        new(TimeSpan.FromMinutes(10), [new(Noon.AddHours(-2), 0)]),
        new(TimeSpan.FromMinutes(10), [new(Noon.AddHours(-2), hottest)]),
    ];
}
