using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>One line over a period as operations managers read it: what it made, what each loss cost, what capacity is left.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Quantities">Base quantities of the period.</param>
/// <param name="Losses">Every loss, the largest first.</param>
/// <param name="CapacityLeft">Calendar time of the period that was not planned.</param>
/// <param name="Unattributed">Share of the critical machine's lost time whose cause is not known; null when nothing was lost.</param>
public sealed record PeriodSummary(string Line, Quantities Quantities, IReadOnlyList<LossCost> Losses, TimeSpan CapacityLeft, double? Unattributed)
{
    /// <summary>Summarises the shifts of one line within a calendar period.</summary>
    /// <param name="line">The line.</param>
    /// <param name="shifts">Its shifts of the period.</param>
    /// <param name="calendar">Length of the period.</param>
    public static PeriodSummary Of(Line line, IReadOnlyList<ShiftRecord> shifts, TimeSpan calendar)
    {
        Quantities sum = OeeSum.Of(shifts);
        LossTree losses = LossTree.Of(sum);
        double? secondsPerUnit = sum.Total > 0 ? sum.IdealSeconds / sum.Total : null;
        return new PeriodSummary(
            line.Id,
            sum,
            [
                .. Named(losses)
                    .Where(loss => loss.Seconds is { } seconds && seconds != 0)
                    .Select(loss => Cost(line, loss.Name, loss.Seconds!.Value, secondsPerUnit))
                    .OrderByDescending(loss => loss.Hours),
            ],
            calendar - sum.PlannedBusy,
            UnattributedShare(line, shifts));
    }

    /// <summary>Time of the critical machine's lack and tailback without a cause, over all of its lost time.</summary>
    public static double? UnattributedShare(Line line, IEnumerable<ShiftRecord> shifts)
    {
        TimeSpan lost = TimeSpan.Zero;
        TimeSpan unattributed = TimeSpan.Zero;
        foreach (Stop stop in shifts.SelectMany(shift => shift.Stops).Where(stop => stop.Machine == line.CriticalMachine.Id))
        {
            lost += stop.Lost;
            unattributed += stop.CauseMachine is null ? stop.Lost : TimeSpan.Zero;
        }

        return lost > TimeSpan.Zero ? unattributed / lost : null;
    }

    private static LossCost Cost(Line line, string name, double seconds, double? secondsPerUnit)
    {
        double? units = seconds / secondsPerUnit;
        return new LossCost(name, seconds / 3600, units, units is { } lost && line.UnitMargin is { } margin ? (decimal)lost * margin : null);
    }

    private static (string Name, double? Seconds)[] Named(LossTree losses) =>
    [
        ("breakdown", losses.Breakdown),
        ("set-up", losses.SetUp),
        ("minor-stops", losses.MinorStops),
        ("speed", losses.Speed),
        ("process-defects", losses.ProcessDefects),
        ("start-up-rejects", losses.StartUpRejects),
        ("lack", losses.Lack),
        ("tailback", losses.Tailback),
        ("external", losses.External),
        ("waiting", losses.Waiting),
        ("unplanned-maintenance", losses.UnplannedMaintenance),
        ("buffer-change", losses.BufferChange),
        ("no-data", losses.NoData),
    ];
}

/// <summary>What one loss cost.</summary>
/// <param name="Loss">Which, in kebab case.</param>
/// <param name="Hours">Planned busy time lost.</param>
/// <param name="Units">Units not made at the period's mean ideal rate; null = no rate known.</param>
/// <param name="Money">In the plant's currency; null = the line has no margin per unit.</param>
public sealed record LossCost(string Loss, double Hours, double? Units, decimal? Money);
