using Linewatch.Server.Flow;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Ingest;

/// <summary>When a line's figures are shown anew.</summary>
public sealed class FigurePaceTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0, 0, false, true)] // free of cost and caught up: at once
    [InlineData(0, 100, true, false)] // a backlog is worked off: a few times a second
    [InlineData(0, 250, true, true)]
    [InlineData(10, 39, false, false)] // a fifth of the time and no more
    [InlineData(10, 40, false, true)]
    [InlineData(100, 399, true, false)]
    [InlineData(100, 400, true, true)]
    public void Figures_are_due_after_a_rest_that_depends_on_what_they_cost(int tookMilliseconds, int sinceMilliseconds, bool isBehind, bool isDue)
    {
        FigurePace pace = new(_time);
        Assert.False(pace.IsDue(isBehind));
        pace.Changed();
        Assert.True(pace.IsDue(isBehind));
        pace.Shown(TimeSpan.FromMilliseconds(tookMilliseconds));
        _time.Advance(TimeSpan.FromMilliseconds(sinceMilliseconds));
        Assert.False(pace.IsDue(isBehind));

        pace.Changed();

        Assert.Equal(isDue, pace.IsDue(isBehind));
    }
}
