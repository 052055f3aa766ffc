using Linewatch.Jobs.Schedule;

namespace Linewatch.Tests.Unit.Jobs;

public sealed class CronTextTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("0 30 5 * * ?", true)]
    [InlineData("0 0 6 ? * MON", true)]
    [InlineData("30 5 * * *", false)]
    [InlineData("daily", false)]
    public void Fault_says_what_is_expected(string cron, bool isCron) =>
        Assert.Equal(isCron, CronText.Fault(cron) is not { } fault || !fault.Contains("seconds minutes hours", StringComparison.Ordinal));

    [Theory]
    [InlineData("2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z, 2026-03-30T00:30:00Z", "the day without 02:30")]
    [InlineData("2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z", "the day with two of them")]
    public void Next_times_are_right_where_the_clocks_change(string after, string expected, string day)
    {
        DateTime from = DateTime.Parse(after, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);

        string next = string.Join(", ", CronText.Next("0 30 2 * * ?", Berlin, from, 2).Select(time => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));

        Assert.True(expected == next, $"{day}: {next}");
    }
}
