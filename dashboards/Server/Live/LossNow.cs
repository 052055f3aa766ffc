using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Server.Live;

/// <summary>Time that a shift lost, and the good units it would have made.</summary>
/// <param name="Name">Kind of loss, or display name of the machine.</param>
/// <param name="Machine">The machine at the root, where the loss is one of a machine.</param>
/// <param name="Seconds">Time lost at the critical machine, at its ideal speed for losses of speed and quality.</param>
/// <param name="Units">The same in units at the ideal rate; null where that is unknown.</param>
public sealed record LossNow(string Name, string? Machine, double Seconds, double? Units)
{
    /// <summary>Losses shorter than a second are noise of the counters.</summary>
    private const double Shortest = 1;

    internal static IReadOnlyList<LossNow> ByKind(LossTree losses, double? secondsPerUnit) =>
    [
        .. new (string Name, double? Seconds)[]
        {
            ("Breakdowns", losses.Breakdown),
            ("Minor stops", losses.MinorStops),
            ("Set-up", losses.SetUp),
            ("Reduced speed", losses.Speed),
            ("Rejects", losses.ProcessDefects),
            ("Start-up rejects", losses.StartUpRejects),
            ("Lack", losses.Lack),
            ("Tailback", losses.Tailback),
            ("External failures", losses.External),
            ("Waiting", losses.Waiting),
            ("Unplanned maintenance", losses.UnplannedMaintenance),
            ("Still in buffers", losses.BufferChange),
            ("No data", losses.NoData),
        }
        .Where(loss => loss.Seconds >= Shortest)
        .OrderByDescending(loss => loss.Seconds)
        .Select(loss => new LossNow(loss.Name, null, loss.Seconds!.Value, loss.Seconds / secondsPerUnit)),
    ];

    internal static IReadOnlyList<LossNow> ByMachine(Line line, IReadOnlyList<Stop> stops, double? secondsPerUnit) =>
    [
        .. stops
            .Where(stop => stop.Machine == line.CriticalMachine.Id)
            .GroupBy(stop => stop.CauseMachine)
            .Select(cause => (cause.Key, Seconds: cause.Sum(stop => (stop.End - stop.Start).TotalSeconds)))
            .Where(cause => cause.Seconds >= Shortest)
            .OrderByDescending(cause => cause.Seconds)
            .Select(cause => new LossNow(
                line.Machines.FirstOrDefault(machine => machine.Id == cause.Key)?.Name ?? "Unattributed", cause.Key, cause.Seconds, cause.Seconds / secondsPerUnit)),
    ];
}
