using System.Globalization;
using Linewatch.Analytics.Oee;

namespace Linewatch.Server.Overview;

/// <summary>A calendar week (from Monday) or month of the plant's days [First, Last].</summary>
public sealed record OperationsPeriod(string Kind, DateOnly First, DateOnly Last)
{
    /// <summary>Kinds that exist.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["week", "month"];

    /// <summary>The period that contains a day.</summary>
    public static OperationsPeriod Of(string kind, DateOnly day)
    {
        DateOnly first = kind == "month" ? OeeSum.MonthOf(day) : OeeSum.WeekOf(day);
        return new OperationsPeriod(kind, first, (kind == "month" ? first.AddMonths(1) : first.AddDays(7)).AddDays(-1));
    }

    /// <summary>The period before.</summary>
    public OperationsPeriod Before() => Of(Kind, First.AddDays(-1));

    /// <summary>The period after.</summary>
    public OperationsPeriod After() => Of(Kind, Last.AddDays(1));

    /// <summary>What people call it.</summary>
    public string Name => Kind == "month"
        ? First.ToString("MMMM yyyy", CultureInfo.InvariantCulture)
        : $"Week {ISOWeek.GetWeekOfYear(First.ToDateTime(TimeOnly.MinValue))}, {First.ToString("d MMM", CultureInfo.InvariantCulture)} – {Last.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}";

    /// <summary>Start and end in UTC; the end is not included.</summary>
    public (DateTime From, DateTime To) Utc(TimeZoneInfo zone) => (Midnight(First, zone), Midnight(Last.AddDays(1), zone));

    private static DateTime Midnight(DateOnly day, TimeZoneInfo zone)
    {
        DateTime local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(30);
        }

        return TimeZoneInfo.ConvertTimeToUtc(local, zone);
    }
}
