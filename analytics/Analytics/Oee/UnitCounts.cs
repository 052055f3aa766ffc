namespace Linewatch.Analytics.Oee;

/// <summary>Units of one machine in a window, from whichever of its counters there are.</summary>
internal static class UnitCounts
{
    /// <summary>Units processed; null = not counted.</summary>
    public static double? Total(MachineTrack track, long from, long to) =>
        Made(track.Total, from, to) ?? (Made(track.Good, from, to) is { } good ? good + (Made(track.Reject, from, to) ?? 0) : null);

    /// <summary>Good units; null = not counted. Without a good counter what was processed and not rejected.</summary>
    public static double? Good(MachineTrack track, long from, long to) =>
        Made(track.Good, from, to) ?? Made(track.Total, from, to) - (Made(track.Reject, from, to) ?? 0);

    /// <summary>Rejected units; null = not counted.</summary>
    public static double? Reject(MachineTrack track, long from, long to) =>
        Made(track.Reject, from, to) ?? Made(track.Total, from, to) - Made(track.Good, from, to);

    private static double? Made(CounterSeries? counter, long from, long to) => counter?.MadeBetween(from, to);
}
