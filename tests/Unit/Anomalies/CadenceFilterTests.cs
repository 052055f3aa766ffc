using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class CadenceFilterTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Slower_readings_pass_at_once()
    {
        CadenceFilter filter = new(Minute);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(filter.TryAdd(Series.Start.AddMinutes(5 * i), i, out double mean));
            Assert.Equal(i, mean);
        }
    }

    [Fact]
    public void Faster_readings_are_averaged_over_a_cadence()
    {
        CadenceFilter filter = new(Minute);
        List<double> means = [];
        for (int second = 0; second <= 180; second++)
        {
            if (filter.TryAdd(Series.Start.AddSeconds(second), second, out double mean))
            {
                means.Add(mean);
            }
        }

        // The very first reading passes alone: how fast the others come is not known yet.
        Assert.Equal([0, 30.5, 90.5, 150.5], means);
    }

    [Fact]
    public void After_a_gap_a_cadence_begins_anew()
    {
        CadenceFilter filter = new(Minute);
        _ = filter.TryAdd(Series.Start, 1, out _);
        Assert.False(filter.TryAdd(Series.Start.AddSeconds(1), 1, out _));

        Assert.True(filter.TryAdd(Series.Start.AddHours(1), 7, out double mean));
        Assert.Equal(7, mean);
    }
}
