using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class EpisodeTrackerTests
{
    [Fact]
    public void Rows_in_alarm_become_one_episode_across_short_gaps_with_the_drivers_in_order()
    {
        EpisodeTracker tracker = new(["flow", "current"], TimeSpan.FromSeconds(10), "shift 1");
        List<AnomalyEpisode> ended = [];
        // Alarm in seconds 5–9 and 12–14, then 60; the gap of three seconds is within the tolerance, that of 46 is not.
        for (int second = 0; second < 80; second++)
        {
            bool alarm = second is >= 5 and <= 9 or >= 12 and <= 14 or 60;
            if (tracker.Add(Series.Start.AddSeconds(second), new RowVerdict(alarm, alarm ? second : 0), [0.25, 0.75]) is { } episode)
            {
                ended.Add(episode);
            }
        }

        Assert.Equal(2, ended.Count);
        Assert.Equal(Series.Start.AddSeconds(5), ended[0].Start);
        Assert.Equal(Series.Start.AddSeconds(14), ended[0].End);
        Assert.Equal(14, ended[0].Severity);
        Assert.Equal([("current", 0.75), ("flow", 0.25)], ended[0].Drivers);
        Assert.Equal(Series.Start.AddSeconds(60), ended[1].Start);
        Assert.Null(tracker.Current);
    }

    [Fact]
    public void The_episode_that_lasts_can_be_seen()
    {
        EpisodeTracker tracker = new(["flow"], TimeSpan.FromSeconds(10), "shift 1");
        _ = tracker.Add(Series.Start, new RowVerdict(true, 2), [1]);

        Assert.Equal(2, tracker.Current!.Severity);
        Assert.Equal("shift 1", tracker.Current.DetectorVersion);
    }
}
