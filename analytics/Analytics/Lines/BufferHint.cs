using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>What a buffer hides of the stops on its far side, and what a larger one would.</summary>
/// <param name="From">Upstream machine id.</param>
/// <param name="To">Downstream machine id.</param>
/// <param name="Capacity">Accumulation as configured.</param>
/// <param name="Stops">Own stops of the machine on the far side from the critical one.</param>
/// <param name="Hidden">Share of their time that the buffer hides; null without stops.</param>
/// <param name="SavedByAnotherMinute">Of the time these stops cost the critical machine, what one more minute of accumulation saves at most.</param>
/// <param name="HidesFourOfFive">Accumulation that hides four of five of these stops whole; null without stops.</param>
public sealed record BufferHint(
    string From, string To, TimeSpan Capacity, int Stops, double? Hidden, TimeSpan SavedByAnotherMinute, TimeSpan? HidesFourOfFive)
{
    private const double FourOfFive = 0.8;

    /// <summary>One hint a conveyor, in flow order. The buffers between it and the critical machine add to what it hides.</summary>
    public static IReadOnlyList<BufferHint> Of(Line line, IEnumerable<ShiftRecord> shifts)
    {
        ILookup<string, Stop> stops = shifts
            .SelectMany(shift => shift.Stops)
            .Where(stop => stop.CauseMachine == stop.Machine && stop.Category != LossCategory.SetUp)
            .ToLookup(stop => stop.Machine);
        List<string> flow = [.. line.Machines.Select(machine => machine.Id)];
        int critical = flow.IndexOf(line.CriticalMachine.Id);
        return [.. line.Conveyors.Select(conveyor => Of(line, conveyor, flow, critical, stops))];
    }

    private static BufferHint Of(Line line, Conveyor conveyor, List<string> flow, int critical, ILookup<string, Stop> stops)
    {
        bool isBefore = flow.IndexOf(conveyor.To) <= critical;
        int far = flow.IndexOf(isBefore ? conveyor.From : conveyor.To);
        TimeSpan hides = TimeSpan.Zero;
        foreach (Conveyor between in line.Conveyors)
        {
            int from = flow.IndexOf(between.From);
            if (isBefore ? from >= far && from < critical : from >= critical && from < far)
            {
                hides += between.Capacity;
            }
        }

        TimeSpan[] lengths = [.. stops[flow[far]].Select(stop => stop.End - stop.Start).Order()];
        TimeSpan all = Sum(lengths, length => length);
        TimeSpan through = Sum(lengths, length => Beyond(length, hides));
        TimeSpan throughLarger = Sum(lengths, length => Beyond(length, hides + TimeSpan.FromMinutes(1)));
        TimeSpan fourth = lengths.Length == 0 ? TimeSpan.Zero : lengths[Math.Min(lengths.Length - 1, (int)(lengths.Length * FourOfFive))];
        return new BufferHint(
            conveyor.From,
            conveyor.To,
            conveyor.Capacity,
            lengths.Length,
            all > TimeSpan.Zero ? 1 - (through / all) : null,
            through - throughLarger,
            lengths.Length == 0 ? null : conveyor.Capacity + Beyond(fourth, hides));
    }

    private static TimeSpan Beyond(TimeSpan length, TimeSpan hidden) => length > hidden ? length - hidden : TimeSpan.Zero;

    private static TimeSpan Sum(TimeSpan[] lengths, Func<TimeSpan, TimeSpan> part) => new(lengths.Sum(length => part(length).Ticks));
}
