using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>What the plan says about a stretch of time.</summary>
internal enum Planned
{
    /// <summary>No shift, or a day off.</summary>
    NotScheduled,

    /// <summary>A break, planned maintenance or planned cleaning within a shift.</summary>
    Down,

    /// <summary>The line has to produce.</summary>
    Busy,
}

/// <summary>A stretch [Start, End) of the plan, in UTC ticks.</summary>
internal readonly record struct PlanSegment(long Start, long End, Planned Planned)
{
    /// <summary>Tiles [from, to) with what the plan says. A day off beats a shift, a planned stop beats a break.</summary>
    public static List<PlanSegment> Between(ShiftPlan plan, long from, long to)
    {
        List<PlanSegment> segments = [new(from, to, Planned.NotScheduled)];
        foreach (ShiftInstance shift in plan.Between(new DateTime(from, DateTimeKind.Utc), new DateTime(to, DateTimeKind.Utc)))
        {
            Paint(segments, shift.Start.Ticks, shift.End.Ticks, Planned.Busy);
            foreach ((DateTime start, DateTime end) in shift.Breaks)
            {
                Paint(segments, start.Ticks, end.Ticks, Planned.Down, only: Planned.Busy);
            }
        }

        foreach (PlannedStop stop in plan.PlannedStops)
        {
            Planned planned = stop.Kind == PlannedStopKind.Off ? Planned.NotScheduled : Planned.Down;
            Paint(segments, stop.Start.Ticks, stop.End.Ticks, planned, not: Planned.NotScheduled);
        }

        return segments;
    }

    /// <summary>Replaces what [start, end) was, where it was <paramref name="only"/> or is not <paramref name="not"/>.</summary>
    private static void Paint(List<PlanSegment> segments, long start, long end, Planned planned, Planned? only = null, Planned? not = null)
    {
        for (int i = 0; i < segments.Count; i++)
        {
            PlanSegment old = segments[i];
            long from = Math.Max(old.Start, start);
            long to = Math.Min(old.End, end);
            if (from >= to || old.Planned == planned || (only is { } o && old.Planned != o) || old.Planned == not)
            {
                continue;
            }

            segments[i] = new PlanSegment(from, to, planned);
            if (to < old.End)
            {
                segments.Insert(i + 1, old with { Start = to });
            }

            if (from > old.Start)
            {
                segments.Insert(i, old with { End = from });
                i++;
            }
        }
    }
}
