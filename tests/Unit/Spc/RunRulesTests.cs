using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class RunRulesTests
{
    // points in σ → rules that fire at the last of them
    [Theory]
    [InlineData("N1: 8 on one side", "0.2 0.2 0.2 0.2 0.2 0.2 0.2 0.2", RunRule.WesternElectric4)]
    [InlineData("N1: 9 on one side", "0.2 0.2 0.2 0.2 0.2 0.2 0.2 0.2 0.2", RunRule.WesternElectric4 | RunRule.Nelson2)]
    [InlineData("a point on the centre breaks the run", "0.2 0.2 0.2 0.2 0 0.2 0.2 0.2 0.2", RunRule.None)]
    [InlineData("N3: 5 rising", "-0.1 0.1 0.2 0.3 0.4", RunRule.None)]
    [InlineData("N3: 6 rising", "0.1 0.2 0.3 0.4 0.5 0.6", RunRule.Nelson3)]
    [InlineData("N3: 6 falling", "0.6 0.5 0.4 0.3 0.2 -0.1", RunRule.Nelson3)]
    [InlineData("N3: a tie restarts the run", "0.1 0.2 0.3 0.3 0.4 0.5 -0.1", RunRule.None)]
    [InlineData("N5: exactly 3", "3.0", RunRule.None)]
    [InlineData("beyond 3", "3.01", RunRule.Nelson1 | RunRule.WesternElectric1)]
    [InlineData("2 of 3 beyond 2", "2.1 0 -0.5 2.1 0.1 2.1", RunRule.Nelson5 | RunRule.WesternElectric2)]
    [InlineData("2 of 3 on different sides", "2.1 0 -2.1", RunRule.None)]
    [InlineData("4 of 5 beyond 1", "1.1 1.2 -0.1 1.3 1.1", RunRule.Nelson6 | RunRule.WesternElectric3)]
    [InlineData("14 alternating", "1.1 -1 1.1 -1 1.1 -1 1.1 -1 1.1 -1 1.1 -1 1.1 -1", RunRule.Nelson4)]
    [InlineData("15 within 1", "0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5", RunRule.Nelson7)]
    [InlineData("13 alternating", "1.1 -1 1.1 -1 1.1 -1 1.1 -1 1.1 -1 1.1 -1 1.1", RunRule.None)]
    [InlineData("14 alternating on one side", "0.1 0.9 0.1 0.9 0.1 0.9 0.1 0.9 0.1 0.9 0.1 0.9 0.1 0.9", RunRule.Nelson4 | RunRule.Nelson2 | RunRule.WesternElectric4)]
    [InlineData("a tie among 14 alternating", "1.1 -1 1.1 -1 1.1 -1 -1 1.1 -1 1.1 -1 1.1 -1 1.1", RunRule.None)]
    [InlineData("14 within 1", "0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5 -0.4 0.5 0.4", RunRule.None)]
    [InlineData("15 of which one is exactly 1", "0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5 -1 0.5 0.4 -0.5 -0.4 0.5 0.4 -0.5", RunRule.None)]
    [InlineData("7 beyond 1", "1.1 1.2 -1.1 -1.2 1.1 1.2 -1.1", RunRule.None)]
    [InlineData("8 of which one is exactly 1", "1.1 1.2 -1.1 -1 1.1 1.2 -1.1 -1.2", RunRule.None)]
    [InlineData("exactly 2 is not beyond 2", "2 0 2.1", RunRule.None)]
    [InlineData("3 of 5 beyond 1", "1.1 1.2 -0.1 0.9 1.1", RunRule.None)]
    [InlineData("4 of 6 beyond 1", "1.1 1.2 -0.1 0.9 1.3 1.1", RunRule.None)]
    [InlineData("below too: 2 of 3 beyond -2", "-2.1 0.3 -2.2", RunRule.Nelson5 | RunRule.WesternElectric2)]
    [InlineData("9 below", "-0.2 -0.2 -0.2 -0.2 -0.2 -0.2 -0.2 -0.2 -0.2", RunRule.WesternElectric4 | RunRule.Nelson2)]
    [InlineData("below -3", "-3.01", RunRule.Nelson1 | RunRule.WesternElectric1)]
    [InlineData("8 beyond 1 on either side", "1.1 1.2 -1.1 -1.2 1.1 1.2 -1.1 -1.2", RunRule.Nelson8)]
    public void Add_fires_the_rules_that_hold_at_the_newest_point(string what, string points, RunRule expected)
    {
        RunRules rules = new();
        RunRule fired = RunRule.None;
        foreach (string point in points.Split(' '))
        {
            fired = rules.Add(double.Parse(point, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.True(fired == expected, $"{what}: {fired}");
    }

    [Fact]
    public void Only_the_chosen_rules_fire() =>
        Assert.Equal(RunRule.Nelson1, new RunRules(RunRule.NelsonForSpread).Add(4));
}
