using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>Two independent checks of which machine sets the line's pace, to compare with the configured critical machine.</summary>
/// <param name="TurningPoint">
/// Where blocked − starved turns from plus to minus along the flow: machines before it wait for it, those after it starve for
/// it. Null = it never turns.
/// </param>
/// <param name="ActivePeriod">The machine with the longest time without waiting for another; null = no machine worked.</param>
public sealed record Bottleneck(string? TurningPoint, string? ActivePeriod)
{
    /// <summary>Checks the machines of one or several shifts of a line.</summary>
    public static Bottleneck Of(Line line, IEnumerable<ShiftRecord> shifts)
    {
        Dictionary<string, (TimeSpan Blocked, TimeSpan Starved, TimeSpan Active)> sums = [];
        foreach (MachineTimes times in shifts.SelectMany(shift => shift.Machines))
        {
            (TimeSpan blocked, TimeSpan starved, TimeSpan active) = sums.GetValueOrDefault(times.Machine);
            sums[times.Machine] = (blocked + times.Tailback, starved + times.Lack, times.LongestActive > active ? times.LongestActive : active);
        }

        (string Machine, TimeSpan Balance, TimeSpan Active)[] flow =
        [
            .. line.Machines.Where(machine => sums.ContainsKey(machine.Id)).Select(machine =>
                (machine.Id, sums[machine.Id].Blocked - sums[machine.Id].Starved, sums[machine.Id].Active)),
        ];
        return new Bottleneck(TurnsAt(flow), flow.Where(machine => machine.Active > TimeSpan.Zero).OrderByDescending(machine => machine.Active).Select(machine => machine.Machine).FirstOrDefault());
    }

    /// <summary>
    /// The turn with the largest swing; of the two machines beside it the one that waits less. A line whose first machine
    /// starves already has its bottleneck there, one whose last is blocked at its end.
    /// </summary>
    private static string? TurnsAt((string Machine, TimeSpan Balance, TimeSpan Active)[] flow)
    {
        string? turning = null;
        TimeSpan largest = TimeSpan.Zero;
        for (int i = 0; i + 1 < flow.Length; i++)
        {
            TimeSpan swing = flow[i].Balance - flow[i + 1].Balance;
            if (flow[i].Balance >= TimeSpan.Zero && flow[i + 1].Balance <= TimeSpan.Zero && swing > largest)
            {
                turning = flow[i].Balance.Duration() < flow[i + 1].Balance.Duration() ? flow[i].Machine : flow[i + 1].Machine;
                largest = swing;
            }
        }

        return turning;
    }
}
