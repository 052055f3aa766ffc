namespace Linewatch.Storage;

/// <summary>Event times as the stores keep them: 100-ns ticks since 1970-01-01 UTC (SQLite), nanoseconds (InfluxDB).</summary>
internal static class UnixTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Earliest event time a 64-bit count of nanoseconds can express, with InfluxDB's reserved first values left out.</summary>
    public static readonly DateTime Earliest = new(1677, 9, 22, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Latest event time likewise.</summary>
    public static readonly DateTime Latest = new(2262, 4, 11, 0, 0, 0, DateTimeKind.Utc);

    public static long ToTicks(DateTime utc) => utc.Ticks - DateTime.UnixEpoch.Ticks;

    public static DateTime FromTicks(long ticks) => new(ticks + DateTime.UnixEpoch.Ticks, DateTimeKind.Utc);

    public static long ToNanoseconds(DateTime utc) => ToTicks(utc) * NanosecondsPerTick;

    public static DateTime FromNanoseconds(long nanoseconds) => FromTicks(nanoseconds / NanosecondsPerTick);

    /// <summary>Clamps the bounds of a query to what can be expressed, so that DateTime.MinValue means "from the beginning".</summary>
    public static DateTime Clamp(DateTime utc) => utc < Earliest ? Earliest : utc > Latest ? Latest : utc;

    /// <summary>The start of the window of length <paramref name="window"/>, aligned to 1970-01-01, that holds the ticks.</summary>
    public static long WindowStart(long ticks, long window)
    {
        long remainder = ticks % window;
        return ticks - (remainder < 0 ? remainder + window : remainder);
    }
}
