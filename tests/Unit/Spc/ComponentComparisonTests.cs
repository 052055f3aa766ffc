using Linewatch.Analytics.Spc;
using MathNet.Numerics.Distributions;

namespace Linewatch.Tests.Unit.Spc;

public sealed class ComponentComparisonTests
{
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(1.2, 1, true)]
    [InlineData(-1.2, 1, true)]
    [InlineData(0, 2.5, true)]
    public void One_bad_valve_among_a_hundred_is_named(double shift, double spread, bool odd)
    {
        Random random = new(11);
        ComponentComparison valves = new(100);
        for (int round = 0; round < 400; round++)
        {
            for (int valve = 0; valve < 100; valve++)
            {
                bool bad = valve == 37;
                valves.Add(valve, Normal.Sample(random, 502 + (bad ? shift : 0), bad ? spread : 1));
            }
        }

        Assert.Equal(odd ? [37] : [], valves.Odd().Select(component => component.Component));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-2.5, true)]
    public void Valves_that_are_set_a_little_differently_are_sound_and_one_that_left_them_is_named(double shift, bool odd)
    {
        Random random = new(13);
        double[] settings = [.. Enumerable.Range(0, 100).Select(_ => Normal.Sample(random, 502, 0.25))];
        ComponentComparison valves = new(100);
        for (int round = 0; round < 400; round++)
        {
            for (int valve = 0; valve < 100; valve++)
            {
                valves.Add(valve, Normal.Sample(random, settings[valve] + (valve == 37 ? shift : 0), 0.25));
            }
        }

        Assert.Equal(odd ? [37] : [], valves.Odd().Select(component => component.Component));
    }

    /// <summary>Sixty values of each, as an hour brings them, at two thousand independent looks.</summary>
    [Theory]
    [InlineData(1, 8)]
    [InlineData(ComponentComparison.LooksOfADay, 4)]
    public void Sound_valves_are_named_as_seldom_as_is_asked_for_however_few_their_values(int looks, int most)
    {
        Random random = new(14);
        double[] values = new double[60 * 20];
        int named = 0;
        for (int look = 0; look < 2000; look++)
        {
            ComponentComparison heads = new(20, looks: looks);
            Normal.Samples(random, values, 1.8, 0.1);
            for (int i = 0; i < values.Length; i++)
            {
                heads.Add(i % 20, values[i]);
            }

            named += heads.Odd().Count;
        }

        Assert.InRange(named, 0, most);
    }

    [Fact]
    public void A_shift_of_all_valves_names_none()
    {
        Random random = new(12);
        ComponentComparison valves = new(50);
        for (int round = 0; round < 200; round++)
        {
            for (int valve = 0; valve < 50; valve++)
            {
                valves.Add(valve, Normal.Sample(random, 502 - (round * 0.05), 1));
            }
        }

        Assert.Empty(valves.Odd());
    }

    [Fact]
    public void Few_values_name_nobody()
    {
        ComponentComparison valves = new(3);
        for (int i = 0; i < ComponentComparison.FewestValues - 1; i++)
        {
            valves.Add(0, 900);
            valves.Add(1, 500 + (i % 2));
            valves.Add(2, 500 + (i % 3));
        }

        Assert.Empty(valves.Odd());
    }
}
