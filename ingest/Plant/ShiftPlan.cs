namespace Linewatch.Plants;

/// <summary>
/// The recurring shifts of a line and the exceptions to them, turned into UTC intervals. A shift keeps its local start
/// and end on daylight-saving days, so its length in UTC changes: 22:00–06:00 Europe/Berlin lasts 7 h when it ends on
/// the last Sunday of March. Immutable.
/// </summary>
public sealed class ShiftPlan(TimeZoneInfo timeZone, IReadOnlyList<Shift> shifts, IReadOnlyList<PlannedStop> plannedStops)
{
    /// <summary>A line without any planned shift: OEE is undefined there.</summary>
    public static ShiftPlan None(TimeZoneInfo timeZone) => new(timeZone, [], []);

    /// <summary>The zone of the local times.</summary>
    public TimeZoneInfo TimeZone { get; } = timeZone;

    /// <summary>The recurring shifts, in file order.</summary>
    public IReadOnlyList<Shift> Shifts { get; } = shifts;

    /// <summary>Planned maintenance, cleaning and days off, in UTC.</summary>
    public IReadOnlyList<PlannedStop> PlannedStops { get; } = plannedStops;

    /// <summary>The shift that contains an instant, or null when none is planned then.</summary>
    public ShiftInstance? At(DateTime utc) =>
        Between(utc, utc.AddTicks(1)).FirstOrDefault();

    /// <summary>Every shift that overlaps [from, to), by start.</summary>
    public IEnumerable<ShiftInstance> Between(DateTime from, DateTime to)
    {
        DateOnly first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(from, TimeZone)).AddDays(-1);
        DateOnly last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(to, TimeZone));
        for (DateOnly day = first; day <= last; day = day.AddDays(1))
        {
            foreach (ShiftInstance shift in On(day))
            {
                if (shift.Start < to && shift.End > from)
                {
                    yield return shift;
                }
            }
        }
    }

    private IEnumerable<ShiftInstance> On(DateOnly day) => Shifts
        .Where(shift => shift.Days.Contains(day.DayOfWeek))
        .Select(shift => new ShiftInstance(
            shift.Name,
            day,
            Utc(day, shift.Start, shift.Start),
            End(day, shift),
            [.. shift.Breaks.Select(pause => (Utc(day, pause.Start, shift.Start), Utc(day, pause.End, shift.Start)))]))
        .OrderBy(shift => shift.Start);

    private DateTime End(DateOnly day, Shift shift) => shift.End <= shift.Start
        ? Utc(day.AddDays(1), shift.End, shift.End)
        : Utc(day, shift.End, shift.Start);

    /// <summary>A local time of the shift that began on <paramref name="day"/>; times before its start are on the next day.</summary>
    private DateTime Utc(DateOnly day, TimeOnly local, TimeOnly shiftStart)
    {
        DateTime wall = (local < shiftStart ? day.AddDays(1) : day).ToDateTime(local);

        // In the hour that spring skips, the clock shows the next valid time.
        while (TimeZone.IsInvalidTime(wall))
        {
            wall = wall.AddMinutes(30);
        }

        return TimeZoneInfo.ConvertTimeToUtc(wall, TimeZone);
    }
}

/// <summary>A planned interval in which the line does not have to produce.</summary>
/// <param name="Kind">Maintenance, cleaning, or a day off (not scheduled at all).</param>
/// <param name="Start">UTC start, inclusive.</param>
/// <param name="End">UTC end, exclusive.</param>
public sealed record PlannedStop(PlannedStopKind Kind, DateTime Start, DateTime End);

/// <summary>Why a line does not have to produce.</summary>
public enum PlannedStopKind
{
    /// <summary>Planned maintenance.</summary>
    Maintenance,

    /// <summary>Planned cleaning (CIP, SIP).</summary>
    Cleaning,

    /// <summary>No production planned: holiday, no orders.</summary>
    Off,
}
