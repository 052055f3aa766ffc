namespace Linewatch.Tests.EndToEnd;

/// <summary>
/// The time zone in which it is noon: a plant there is six hours into its early shift, past its break and its cleaning,
/// whatever hour the tests run at. Right after a change of shift there is no OEE to be shown yet.
/// </summary>
internal static class NoonZone
{
    /// <summary>IANA name of the zone whose clock shows 12:00 to 12:59 at <paramref name="utc"/>; its sign is that of POSIX, west is positive.</summary>
    public static string At(DateTime utc) => $"Etc/GMT{utc.Hour - 12:+0;-0;+0}";
}
