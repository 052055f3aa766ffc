using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>A machine's place on the line's V-graph.</summary>
/// <param name="Machine">Machine id.</param>
/// <param name="Share">Design speed relative to the critical machine's, 1 = the same; null = unknown.</param>
/// <param name="Fault">What is wrong with it; null = nothing, or unknown.</param>
public sealed record VGraphPoint(string Machine, double? Share, string? Fault);

/// <summary>
/// Checks that speeds rise away from the critical machine on both sides, so that buffers before it fill and those behind
/// it empty again after a stop (<c>domain.md</c> §3).
/// </summary>
public static class VGraph
{
    /// <summary>Every machine of the line in flow order.</summary>
    public static IReadOnlyList<VGraphPoint> Of(Line line)
    {
        int critical = line.Machines.ToList().IndexOf(line.CriticalMachine);
        double? pace = line.CriticalMachine.DesignRatePerHour;
        return [.. line.Machines.Select((machine, index) => new VGraphPoint(
            machine.Id, machine.DesignRatePerHour / pace, Fault(line, index, critical)))];
    }

    private static string? Fault(Line line, int index, int critical)
    {
        if (index == critical || line.Machines[index].DesignRatePerHour is not { } rate || line.CriticalMachine.DesignRatePerHour is not { } pace)
        {
            return null;
        }

        if (rate <= pace)
        {
            return FormattableString.Invariant($"{rate:0}/h is not faster than the critical machine's {pace:0}/h: a buffer beside it never recovers");
        }

        Machine inner = line.Machines[index + Math.Sign(critical - index)];
        return inner.DesignRatePerHour > rate
            ? FormattableString.Invariant($"{rate:0}/h is slower than {inner.Id} with {inner.DesignRatePerHour:0}/h, which lies nearer to the critical machine")
            : null;
    }
}
