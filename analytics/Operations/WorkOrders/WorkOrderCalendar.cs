using System.Globalization;
using System.Text;

namespace Linewatch.Operations.WorkOrders;

/// <summary>
/// Scheduled work as an iCalendar feed (RFC 5545): the UID stays, SEQUENCE grows with every change, times are local to
/// the plant's zone with its daylight-saving changes written out, so any calendar shows the hour the crew expects.
/// </summary>
public static class WorkOrderCalendar
{
    /// <summary>Longest line in octets, without its line break (RFC 5545 §3.1).</summary>
    private const int LongestLine = 75;

    /// <summary>The feed of every order that has a start and an end; cancelled ones say so and vanish from calendars.</summary>
    public static string Write(IEnumerable<WorkOrder> orders, string site, TimeZoneInfo zone)
    {
        WorkOrder[] scheduled = [.. orders.Where(order => order is { ScheduledStart: not null, ScheduledEnd: not null })];
        StringBuilder text = new();
        Line(text, "BEGIN:VCALENDAR");
        Line(text, "VERSION:2.0");
        Line(text, "PRODID:-//Linewatch//Maintenance//EN");
        Line(text, "METHOD:PUBLISH");
        Line(text, $"X-WR-CALNAME:Maintenance {Escape(site)}");
        if (scheduled.Length > 0)
        {
            WriteZone(text, zone, scheduled.Min(order => order.ScheduledStart!.Value).Year, scheduled.Max(order => order.ScheduledEnd!.Value).Year);
        }

        foreach (WorkOrder order in scheduled)
        {
            Line(text, "BEGIN:VEVENT");
            Line(text, $"UID:{order.Id}@linewatch.{site}");
            Line(text, $"SEQUENCE:{order.Version.ToString(CultureInfo.InvariantCulture)}");
            Line(text, $"DTSTAMP:{order.UpdatedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
            Line(text, $"DTSTART;TZID={zone.Id}:{Local(order.ScheduledStart!.Value, zone)}");
            Line(text, $"DTEND;TZID={zone.Id}:{Local(order.ScheduledEnd!.Value, zone)}");
            Line(text, $"SUMMARY:{Escape(order.Title)}");
            Line(text, $"DESCRIPTION:{Escape(order.Reason)}");
            Line(text, $"LOCATION:{Escape($"{order.Line} / {order.Machine}")}");
            Line(text, $"STATUS:{(order.State == WorkOrderState.Cancelled ? "CANCELLED" : "CONFIRMED")}");
            Line(text, "END:VEVENT");
        }

        Line(text, "END:VCALENDAR");
        return text.ToString();
    }

    /// <summary>The zone's changes of offset in the years that matter, each as an observance of its own.</summary>
    private static void WriteZone(StringBuilder text, TimeZoneInfo zone, int firstYear, int lastYear)
    {
        Line(text, "BEGIN:VTIMEZONE");
        Line(text, $"TZID:{zone.Id}");
        DateTime start = new(firstYear - 1, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        WriteObservance(text, zone, start, zone.GetUtcOffset(start));
        for (DateTime hour = start; hour.Year <= lastYear + 1; hour = hour.AddHours(1))
        {
            TimeSpan before = zone.GetUtcOffset(hour);
            if (zone.GetUtcOffset(hour.AddHours(1)) != before)
            {
                WriteObservance(text, zone, hour.AddHours(1), before);
            }
        }

        Line(text, "END:VTIMEZONE");
    }

    private static void WriteObservance(StringBuilder text, TimeZoneInfo zone, DateTime from, TimeSpan before)
    {
        string kind = zone.IsDaylightSavingTime(from) ? "DAYLIGHT" : "STANDARD";
        Line(text, $"BEGIN:{kind}");

        // The onset is written in the local time before the change (RFC 5545 §3.6.5).
        Line(text, $"DTSTART:{(from + before).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}");
        Line(text, $"TZOFFSETFROM:{Offset(before)}");
        Line(text, $"TZOFFSETTO:{Offset(zone.GetUtcOffset(from))}");
        Line(text, $"END:{kind}");
    }

    private static string Offset(TimeSpan offset) =>
        (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hhmm", CultureInfo.InvariantCulture);

    private static string Local(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(utc, zone).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .ReplaceLineEndings("\\n");

    /// <summary>Writes one content line, folded so that no line is longer than allowed and no character is torn.</summary>
    private static void Line(StringBuilder text, string line)
    {
        int octets = 0;
        foreach (Rune rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LongestLine)
            {
                text.Append("\r\n ");
                octets = 1;
            }

            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }
}
