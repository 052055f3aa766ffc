using System.Globalization;
using Linewatch.Plants;

namespace Linewatch.Server.Live;

/// <summary>UTC instants as people at the plant read them: in the plant's time zone.</summary>
public sealed class PlantTime(CurrentPlant plant, TimeProvider clock)
{
    /// <summary>Now, UTC.</summary>
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The plant's zone.</summary>
    public TimeZoneInfo Zone => plant.Value.TimeZone;

    /// <summary>Hours and minutes.</summary>
    public string Clock(DateTime? utc) => Text(utc, "HH:mm");

    /// <summary>Hours, minutes and seconds.</summary>
    public string Exact(DateTime? utc) => Text(utc, "HH:mm:ss");

    /// <summary>Time of day, with the date before it unless that is today.</summary>
    public string When(DateTime? utc) =>
        utc is { } instant && Local(instant).Date == Local(Now).Date ? Clock(instant) : Text(utc, "ddd d MMM HH:mm");

    /// <summary>Date and time in full.</summary>
    public string Full(DateTime? utc) => Text(utc, "yyyy-MM-dd HH:mm:ss");

    /// <summary>The calendar day.</summary>
    public string Day(DateTime? utc) => Text(utc, "ddd d MMM");

    /// <summary>How long ago, for instance "4 s ago"; "in 3 h" for the future.</summary>
    public string Ago(DateTime? utc) => utc switch
    {
        null => Figure.Undefined,
        { } instant when instant > Now.AddSeconds(1) => "in " + Figure.Duration(instant - Now),
        { } instant => Figure.Duration(Now > instant ? Now - instant : TimeSpan.Zero) + " ago",
    };

    private DateTime Local(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), Zone);

    private string Text(DateTime? utc, string format) =>
        utc is { } instant ? Local(instant).ToString(format, CultureInfo.InvariantCulture) : Figure.Undefined;
}
