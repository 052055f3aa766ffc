namespace Linewatch.Analytics.Oee;

/// <summary>Shifts put together: base quantities are summed and the ratios computed from the sums, so that nothing is an average of ratios.</summary>
public static class OeeSum
{
    /// <summary>All shifts given: a line over a week, a site over a day.</summary>
    public static Quantities Of(IEnumerable<ShiftRecord> shifts) =>
        InOrder(shifts).Aggregate(Quantities.Zero, (sum, shift) => sum.Plus(shift.Quantities));

    /// <summary>By whatever groups shifts: their line, day, week, name.</summary>
    public static IReadOnlyList<(TKey Key, Quantities Quantities)> By<TKey>(IEnumerable<ShiftRecord> shifts, Func<ShiftRecord, TKey> key)
        where TKey : notnull =>
        [.. InOrder(shifts).GroupBy(key).Select(group => (group.Key, group.Aggregate(Quantities.Zero, (sum, shift) => sum.Plus(shift.Quantities))))];

    /// <summary>By product or order; the time of a shift goes with the run it lies in.</summary>
    public static IReadOnlyList<(TKey Key, Quantities Quantities)> ByRun<TKey>(IEnumerable<ShiftRecord> shifts, Func<OrderRun, TKey> key) =>
        [
            .. InOrder(shifts).SelectMany(shift => shift.Runs.Select(run => (Key: key(run), Quantities: run.In(shift))))
                .GroupBy(run => run.Key)
                .Select(group => (group.Key, group.Aggregate(Quantities.Zero, (sum, run) => sum.Plus(run.Quantities)))),
        ];

    /// <summary>Monday of the ISO week of a day: the key of a week.</summary>
    public static DateOnly WeekOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <summary>First day of the month of a day: the key of a month.</summary>
    public static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>Sums in one order come out the same to the last bit.</summary>
    private static IOrderedEnumerable<ShiftRecord> InOrder(IEnumerable<ShiftRecord> shifts) =>
        shifts.OrderBy(shift => shift.Start).ThenBy(shift => shift.Line, StringComparer.Ordinal);
}
