namespace Linewatch.Analytics.Oee;

/// <summary>Units of one machine, from whichever of its counters there are.</summary>
internal static class UnitCounts
{
    /// <summary>Units processed in [from, to); null = not counted.</summary>
    public static double? Total(MachineTrack track, long from, long to) => TotalUntil(track, to) - TotalUntil(track, from);

    /// <summary>Good units in [from, to); null = not counted.</summary>
    public static double? Good(MachineTrack track, long from, long to) => GoodUntil(track, to) - GoodUntil(track, from);

    /// <summary>Rejected units in [from, to); null = not counted.</summary>
    public static double? Reject(MachineTrack track, long from, long to) =>
        track.Reject?.MadeBetween(from, to) ?? track.Total?.MadeBetween(from, to) - track.Good?.MadeBetween(from, to);

    /// <summary>Units processed up to an instant, on an arbitrary zero.</summary>
    public static double? TotalUntil(MachineTrack track, long time) =>
        track.Total?.MadeUntil(time) ?? track.Good?.MadeUntil(time) + (track.Reject?.MadeUntil(time) ?? 0);

    /// <summary>Good units up to an instant, on an arbitrary zero. Without a good counter what was processed and not rejected.</summary>
    public static double? GoodUntil(MachineTrack track, long time) =>
        track.Good?.MadeUntil(time) ?? track.Total?.MadeUntil(time) - (track.Reject?.MadeUntil(time) ?? 0);
}
