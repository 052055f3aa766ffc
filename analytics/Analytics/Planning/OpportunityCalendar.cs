using Linewatch.Plants;

namespace Linewatch.Analytics.Planning;

/// <summary>Finds the spans in which a line stands anyway, from its shift plan and expected changeovers, and those in which it could be stopped.</summary>
public static class OpportunityCalendar
{
    /// <summary>Within a long standstill a job may begin every so often; what begins earlier wastes more life.</summary>
    private static readonly TimeSpan Slot = TimeSpan.FromHours(8);

    private static readonly TimeSpan LongestLook = TimeSpan.FromDays(3);

    private static readonly TimeOnly DayStart = new(6, 0);

    /// <summary>Opportunities of a line that begin in [from, to), by start. What has begun before begins at <paramref name="from"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="setup">Changeovers, and whether production may be stopped.</param>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC.</param>
    public static IReadOnlyList<MaintenanceOpportunity> Between(Line line, MaintenanceSetup setup, DateTime from, DateTime to)
    {
        List<MaintenanceOpportunity> found = [];

        // A standstill may have begun before and may end after.
        ShiftInstance[] shifts = [.. line.Shifts.Between(from - LongestLook, to + LongestLook).OrderBy(shift => shift.Start)];
        foreach (PlannedStop stop in line.Shifts.PlannedStops)
        {
            Add(found, line, Kind(stop.Kind), stop.Start, stop.End, from, to);
        }

        foreach (PlannedChangeover changeover in setup.Changeovers.GetValueOrDefault(line.Id, []))
        {
            Add(found, line, OpportunityKind.Changeover, changeover.Start, changeover.End, from, to);
        }

        foreach ((DateTime start, DateTime end) in shifts.SelectMany(shift => shift.Breaks))
        {
            Add(found, line, OpportunityKind.Break, start, end, from, to);
        }

        if (line.Shifts.Shifts.Count > 0)
        {
            AddTimeWithoutShift(found, line, shifts, from, to);
        }

        if (setup.ExtraStops)
        {
            AddExtraStops(found, line, shifts, from, to);
        }

        return [.. found.OrderBy(opportunity => opportunity.Start).ThenBy(opportunity => opportunity.Kind)];
    }

    private static void AddTimeWithoutShift(List<MaintenanceOpportunity> found, Line line, ShiftInstance[] shifts, DateTime from, DateTime to)
    {
        DateTime reached = from - LongestLook;
        foreach (ShiftInstance shift in shifts)
        {
            if (shift.Start > reached)
            {
                Add(found, line, OpportunityKind.NotScheduled, reached, shift.Start, from, to);
            }

            reached = shift.End > reached ? shift.End : reached;
        }

        if (reached < to)
        {
            Add(found, line, OpportunityKind.NotScheduled, reached, to + LongestLook, from, to);
        }
    }

    /// <summary>At once, for what cannot wait, and at the beginning of the first shift of every day.</summary>
    private static void AddExtraStops(List<MaintenanceOpportunity> found, Line line, ShiftInstance[] shifts, DateTime from, DateTime to)
    {
        found.Add(new MaintenanceOpportunity(line.Id, OpportunityKind.ExtraStop, from, from + Slot));
        IEnumerable<DateTime> starts = line.Shifts.Shifts.Count > 0
            ? shifts.GroupBy(shift => shift.Day).Select(day => day.Min(shift => shift.Start))
            : Days(line.Shifts.TimeZone, from, to);
        foreach (DateTime start in starts.Where(start => start > from && start < to))
        {
            found.Add(new MaintenanceOpportunity(line.Id, OpportunityKind.ExtraStop, start, start + Slot));
        }
    }

    private static IEnumerable<DateTime> Days(TimeZoneInfo zone, DateTime from, DateTime to)
    {
        DateOnly last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(to, zone));
        for (DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(from, zone)); day <= last; day = day.AddDays(1))
        {
            yield return TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(DayStart), zone);
        }
    }

    private static void Add(List<MaintenanceOpportunity> found, Line line, OpportunityKind kind, DateTime start, DateTime end, DateTime from, DateTime to)
    {
        // Slots count from the true start, so that they do not wander with the clock.
        for (DateTime begin = start; begin < end && begin < to; begin += Slot)
        {
            if (begin + Slot > from && end > from)
            {
                found.Add(new MaintenanceOpportunity(line.Id, kind, begin > from ? begin : from, end));
            }
        }
    }

    private static OpportunityKind Kind(PlannedStopKind kind) => kind switch
    {
        PlannedStopKind.Maintenance => OpportunityKind.Maintenance,
        PlannedStopKind.Cleaning => OpportunityKind.Cleaning,
        _ => OpportunityKind.Off,
    };
}
