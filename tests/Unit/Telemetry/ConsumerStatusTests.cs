using Linewatch.Telemetry.Consuming;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class ConsumerStatusTests
{
    private static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0, null, 0.0)]
    [InlineData(0, 3600.0, 0.0)]
    [InlineData(7, 0.1, 0.1)]
    [InlineData(7, 5.0, 5.0)]
    [InlineData(7, 6.0, null)]
    [InlineData(7, null, null)]
    public void It_is_live_as_far_as_it_has_handled_what_came_unless_it_works_off_a_backlog(long pending, double? handledAgo, double? liveAgo)
    {
        ConsumerStatus status = new("rules", 0, pending, 0, 0, 0, handledAgo is { } ago ? Now.AddSeconds(-ago) : null, null, null);

        Assert.Equal(liveAgo is { } live ? Now.AddSeconds(-live) : null, status.LiveThrough(Now));
    }
}
