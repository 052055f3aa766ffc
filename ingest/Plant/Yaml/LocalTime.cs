namespace Linewatch.Plants.Yaml;

/// <summary>Local times of plant files as UTC.</summary>
internal static class LocalTime
{
    /// <summary>The instant of a local time; in the hour that spring skips, of the next valid time.</summary>
    public static DateTime ToUtc(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(30);
        }

        return TimeZoneInfo.ConvertTimeToUtc(local, zone);
    }
}
