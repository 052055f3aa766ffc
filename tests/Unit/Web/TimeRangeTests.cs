using Linewatch.Server.Api;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Web;

/// <summary>Times in addresses.</summary>
public sealed class TimeRangeTests
{
    private readonly ManualTime _clock = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Without_times_it_is_the_last_hour()
    {
        Assert.Null(TimeRange.Read(null, null, _clock, out TimeRange range));

        Assert.Equal(new DateTime(2026, 11, 22, 9, 0, 0, DateTimeKind.Utc), range.From);
        Assert.Equal(new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc), range.To);
    }

    [Theory]
    [InlineData("2026-11-22T08:00:00Z", 8)]
    [InlineData("2026-11-22T09:00:00+01:00", 8)]
    [InlineData("2026-11-22T08:00:00", 8)]
    public void A_zone_is_respected_and_none_means_utc(string from, int hour)
    {
        Assert.Null(TimeRange.Read(from, null, _clock, out TimeRange range));

        Assert.Equal(hour, range.From.Hour);
        Assert.Equal(DateTimeKind.Utc, range.From.Kind);
    }

    [Theory]
    [InlineData("noon", null, "from is \"noon\"")]
    [InlineData(null, "0001-01-01T00:00:00Z", "is not before")]
    [InlineData("2026-11-22T11:00:00Z", null, "is not before")]
    public void What_cannot_be_a_range_is_named(string? from, string? to, string says) =>
        Assert.Contains(says, TimeRange.Read(from, to, _clock, out _), StringComparison.Ordinal);

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("7d", 604800)]
    public void A_length_is_a_number_and_a_unit(string text, int seconds)
    {
        Assert.True(TimeRange.TryReadLength(text, out TimeSpan length));

        Assert.Equal(seconds, length.TotalSeconds);
    }

    [Theory]
    [InlineData("0m")]
    [InlineData("-1m")]
    [InlineData("1")]
    [InlineData("1 m")]
    [InlineData("9999999d")]
    [InlineData("")]
    public void Anything_else_is_not_a_length(string text) => Assert.False(TimeRange.TryReadLength(text, out _));
}
