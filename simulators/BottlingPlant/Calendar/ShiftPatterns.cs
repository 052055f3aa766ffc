namespace Linewatch.BottlingPlant.Calendar;

/// <summary>The shift plans on offer.</summary>
internal static class ShiftPatterns
{
    private static readonly DayOfWeek[] EveryDay = Enum.GetValues<DayOfWeek>();
    private static readonly DayOfWeek[] Weekdays = [.. EveryDay.Where(day => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday))];

    public static ShiftCalendar Create(ShiftPattern pattern, TimeZoneInfo zone)
    {
        HashSet<DayOfWeek> days = pattern switch
        {
            ShiftPattern.Weekdays => [.. Weekdays],
            ShiftPattern.TwoShifts => [.. Weekdays, DayOfWeek.Saturday],
            _ => [.. EveryDay],
        };
        List<ShiftModel> shifts =
        [
            new("Early", new TimeOnly(6, 0), new TimeOnly(14, 0), days, [(new TimeOnly(10, 0), new TimeOnly(10, 30))]),
            new("Late", new TimeOnly(14, 0), new TimeOnly(22, 0), days, [(new TimeOnly(18, 0), new TimeOnly(18, 30))]),
        ];
        if (pattern != ShiftPattern.TwoShifts)
        {
            shifts.Add(new("Night", new TimeOnly(22, 0), new TimeOnly(6, 0), days, [(new TimeOnly(1, 15), new TimeOnly(1, 45))]));
        }

        return new ShiftCalendar(zone, shifts, [new CleaningModel(DayOfWeek.Wednesday, new TimeOnly(7, 0), TimeSpan.FromHours(2))]);
    }
}
