using Quartz;

namespace Linewatch.Jobs.Schedule;

/// <summary>Cron expressions as people write them: Quartz's, seconds first.</summary>
public static class CronText
{
    /// <summary>What is wrong with a text, or null when it is a cron expression.</summary>
    public static string? Fault(string cron) => CronExpression.TryParse(cron, out _)
        ? null
        : $"\"{cron}\" is not a cron expression; expected seconds minutes hours day month weekday, for instance \"0 30 5 * * ?\"";

    /// <summary>The next times after a UTC instant, in UTC; on days when clocks change a local time that occurs once or not at all counts once.</summary>
    /// <exception cref="FormatException">The text is not a cron expression.</exception>
    public static IReadOnlyList<DateTime> Next(string cron, TimeZoneInfo zone, DateTime after, int count)
    {
        CronExpression expression = new(cron, zone);
        List<DateTime> times = [];
        for (DateTimeOffset? next = expression.GetNextValidTimeAfter(new DateTimeOffset(after)); next is { } at && times.Count < count; next = expression.GetNextValidTimeAfter(at))
        {
            times.Add(at.UtcDateTime);
        }

        return times;
    }
}
