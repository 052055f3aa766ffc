using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>When the bytes of a busy connection gather before they are read.</summary>
public sealed class GatheredReadsTests
{
    private static readonly int Busy = GatheredReads.BusyRate * (int)GatheredReads.Interval.TotalMilliseconds;

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly GatheredReads _reads;

    public GatheredReadsTests() => _reads = new GatheredReads(_time);

    [Fact]
    public void Pause_of_a_busy_connection_lasts_a_millisecond()
    {
        _time.Advance(GatheredReads.Interval);
        Task pause = Gather(Busy);
        Assert.False(pause.IsCompleted);

        _time.Advance(GatheredReads.Pause);
        Assert.True(pause.IsCompletedSuccessfully);
    }

    [Fact]
    public void Quiet_connection_is_read_at_once()
    {
        _time.Advance(GatheredReads.Interval);
        Assert.True(Gather(Busy - 1).IsCompleted);
    }

    [Fact]
    public void Pauses_go_on_while_they_bring_many_and_are_tried_again_an_interval_after_one_that_brought_few()
    {
        _time.Advance(GatheredReads.Interval);
        List<bool> paused = [];
        foreach (int messages in (int[])[Busy, GatheredReads.Few + 1, GatheredReads.Few, 1000, 1000])
        {
            paused.Add(!Gather(messages).IsCompleted);
        }

        _time.Advance(GatheredReads.Interval);
        paused.Add(!Gather(1).IsCompleted);

        Assert.Equal([true, true, false, false, false, true], paused);
    }

    [Fact]
    public void What_waits_already_is_read_at_once()
    {
        _time.Advance(GatheredReads.Interval);
        Assert.True(_reads.GatherAsync(Busy, moreWaits: true, CancellationToken.None).IsCompleted);
        Assert.False(Gather(Busy).IsCompleted);
    }

    private Task Gather(int messages) => _reads.GatherAsync(messages, moreWaits: false, CancellationToken.None);
}
