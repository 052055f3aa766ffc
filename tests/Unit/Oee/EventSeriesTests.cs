using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Oee;

namespace Linewatch.Tests.Unit.Oee;

public sealed class EventSeriesTests
{
    [Fact]
    public void Set_keeps_the_highest_repeat_of_an_event_time_whatever_comes_first()
    {
        foreach (int[] order in new int[][] { [0, 1, 2], [2, 1, 0], [1, 2, 0] })
        {
            EventSeries<double> series = new();
            foreach (int repeat in order)
            {
                series.Set(100, 10 + repeat, repeat);
            }

            Assert.Equal((1, 12.0), (series.Count, series.Value(0)));
        }
    }

    [Fact]
    public void Values_come_out_by_event_time_whatever_the_order_they_went_in()
    {
        Prop.ForAll<int[]>(times =>
        {
            EventSeries<int> series = new();
            foreach (int time in times)
            {
                series.Set(time, time);
            }

            int[] expected = [.. times.Distinct().Order()];
            return expected.SequenceEqual(Enumerable.Range(0, series.Count).Select(series.Value))
                && times.All(time => series.Value(series.At(time)) == time);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Trim_keeps_the_value_in_force()
    {
        EventSeries<int> series = new();
        for (int time = 0; time < 1000; time += 10)
        {
            series.Set(time, time);
        }

        series.Trim(505);

        Assert.Equal((500, 990, 50), (series.Value(0), series.Value(series.Count - 1), series.Count));
        Assert.Equal(-1, series.At(499));
    }
}
