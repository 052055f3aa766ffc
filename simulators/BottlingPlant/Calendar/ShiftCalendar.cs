namespace Linewatch.BottlingPlant.Calendar;

/// <summary>
/// Which shifts are planned. The plant file that the simulation writes says the same in its own words; this is a
/// second reading of it on purpose, so that a mistake in one doesn't hide in the other.
/// </summary>
internal sealed class ShiftCalendar(TimeZoneInfo zone, IReadOnlyList<ShiftModel> shifts, IReadOnlyList<CleaningModel> cleanings)
{
    public IReadOnlyList<ShiftModel> Shifts { get; } = shifts;

    /// <summary>Weekly planned cleanings.</summary>
    public IReadOnlyList<CleaningModel> Cleanings { get; } = cleanings;

    /// <summary>Shifts that start on a local day, in UTC.</summary>
    public IEnumerable<PlannedShift> On(DateOnly day)
    {
        foreach (ShiftModel shift in Shifts)
        {
            if (!shift.Days.Contains(day.DayOfWeek))
            {
                continue;
            }

            DateTime start = ToUtc(day, shift.Start);
            DateTime end = ToUtc(shift.End <= shift.Start ? day.AddDays(1) : day, shift.End);
            yield return new PlannedShift(shift.Name, day, start, end, [.. shift.Breaks.Select(pause => (
                ToUtc(pause.Start < shift.Start ? day.AddDays(1) : day, pause.Start),
                ToUtc(pause.End < shift.Start ? day.AddDays(1) : day, pause.End)))]);
        }
    }

    /// <summary>Cleanings that start on a local day, in local time.</summary>
    public IEnumerable<(DateTime Start, DateTime End)> LocalCleaningsOn(DateOnly day) => Cleanings
        .Where(cleaning => cleaning.Day == day.DayOfWeek)
        .Select(cleaning => (day.ToDateTime(cleaning.Start), day.ToDateTime(cleaning.Start) + cleaning.Length));

    /// <summary>What the plan says from an instant on, without gap, for ever.</summary>
    public IEnumerable<Segment> From(DateTime utc)
    {
        DateTime from = utc;
        for (DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, zone)).AddDays(-1); ; day = day.AddDays(1))
        {
            foreach (PlannedShift shift in On(day).OrderBy(shift => shift.Start))
            {
                if (shift.Start > from)
                {
                    yield return new Segment(from, shift.Start, Flow.Programme.Off, null);
                    from = shift.Start;
                }

                foreach (Segment segment in Within(shift).Where(segment => segment.End > from))
                {
                    yield return segment with { Start = from };
                    from = segment.End;
                }
            }
        }
    }

    private IEnumerable<Segment> Within(PlannedShift shift)
    {
        List<(DateTime Start, DateTime End, Flow.Programme Programme)> pauses = [.. shift.Breaks.Select(pause => (pause.Start, pause.End, Flow.Programme.Break))];
        for (DateOnly day = shift.Day; day <= shift.Day.AddDays(1); day = day.AddDays(1))
        {
            pauses.AddRange(LocalCleaningsOn(day).Select(cleaning => (ToUtc(cleaning.Start), ToUtc(cleaning.End), Flow.Programme.Clean)));
        }

        DateTime from = shift.Start;
        foreach ((DateTime start, DateTime end, Flow.Programme programme) in pauses.OrderBy(pause => pause.Start))
        {
            DateTime begin = start > from ? start : from;
            DateTime finish = end < shift.End ? end : shift.End;
            if (finish <= begin)
            {
                continue;
            }

            if (begin > from)
            {
                yield return new Segment(from, begin, Flow.Programme.Production, shift);
            }

            yield return new Segment(begin, finish, programme, shift);
            from = finish;
        }

        if (from < shift.End)
        {
            yield return new Segment(from, shift.End, Flow.Programme.Production, shift);
        }
    }

    private DateTime ToUtc(DateOnly day, TimeOnly time) => ToUtc(day.ToDateTime(time));

    private DateTime ToUtc(DateTime wall)
    {
        // In the hour that spring skips, the clock shows the next valid time.
        while (zone.IsInvalidTime(wall))
        {
            wall = wall.AddMinutes(30);
        }

        return TimeZoneInfo.ConvertTimeToUtc(wall, zone);
    }
}

/// <summary>A recurring shift in local time.</summary>
internal sealed record ShiftModel(
    string Name, TimeOnly Start, TimeOnly End, IReadOnlySet<DayOfWeek> Days, IReadOnlyList<(TimeOnly Start, TimeOnly End)> Breaks);

/// <summary>A weekly cleaning in local time; it doesn't cross midnight.</summary>
internal sealed record CleaningModel(DayOfWeek Day, TimeOnly Start, TimeSpan Length);

/// <summary>A shift of one day in UTC.</summary>
internal sealed record PlannedShift(
    string Name, DateOnly Day, DateTime Start, DateTime End, IReadOnlyList<(DateTime Start, DateTime End)> Breaks);

/// <summary>What the plan says for a while; Off outside of shifts.</summary>
internal sealed record Segment(DateTime Start, DateTime End, Flow.Programme Programme, PlannedShift? Shift);
