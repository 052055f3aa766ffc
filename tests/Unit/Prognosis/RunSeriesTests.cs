using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class RunSeriesTests
{
    [Fact]
    public void Mean_and_slope_of_any_stretch_are_those_of_its_definition()
    {
        Gen<(double[] Values, int From, int To)> stretches =
            from values in Gen.Choose(-1000, 1000).Select(value => value / 10.0).NonEmptyListOf()
            from to in Gen.Choose(1, values.Count)
            from start in Gen.Choose(0, to - 1)
            select (values.ToArray(), start, to);
        Prop.ForAll(stretches.ToArbitrary(), stretch =>
        {
            RunSeries series = new(stretch.Values);
            double[] part = stretch.Values[stretch.From..stretch.To];
            double middle = (part.Length - 1) / 2.0;
            double spread = part.Select((_, i) => (i - middle) * (i - middle)).Sum();
            double slope = spread > 0 ? part.Select((value, i) => (i - middle) * value).Sum() / spread : 0;
            return Math.Abs(series.Mean(stretch.From, stretch.To) - part.Average()) < 1e-9
                && Math.Abs(series.Slope(stretch.From, stretch.To) - slope) < 1e-7;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Ewma_of_a_level_is_the_level_and_follows_a_step()
    {
        RunSeries series = new([5, 5, 5, 5, 9]);

        Assert.Equal(5, series.Ewma(4, 0.1), 12);
        Assert.Equal(9, series.Ewma(5, 1), 12);
        Assert.InRange(series.Ewma(5, 0.5), 6.9, 7.2);
    }
}
