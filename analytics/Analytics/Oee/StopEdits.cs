namespace Linewatch.Analytics.Oee;

/// <summary>Applies people's edits to a computed shift: times move between categories, their sum stays.</summary>
public static class StopEdits
{
    /// <summary>
    /// The record with the edits applied in order. Edits that find no stop any more (late data made the machine run then)
    /// are handed back in <paramref name="unmatched"/> and change nothing.
    /// </summary>
    /// <param name="record">As computed.</param>
    /// <param name="criticalMachine">The machine whose stops are the line's.</param>
    /// <param name="edits">Oldest first.</param>
    /// <param name="unmatched">Edits that found no stop.</param>
    public static ShiftRecord Apply(ShiftRecord record, string criticalMachine, IReadOnlyList<StopEdit> edits, out IReadOnlyList<StopEdit> unmatched)
    {
        List<StopEdit> lost = [];
        List<Stop> stops = [.. record.Stops];
        bool changed = false;
        foreach (StopEdit edit in edits)
        {
            if (Apply(stops, edit, record.MicroStop))
            {
                changed = true;
            }
            else
            {
                lost.Add(edit);
            }
        }

        unmatched = lost;
        if (!changed)
        {
            return record;
        }

        stops.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : string.CompareOrdinal(a.Machine, b.Machine));
        List<TimelineInterval> timeline = Timeline(record.Timeline, [.. stops.Where(stop => stop.Machine == criticalMachine)]);
        return new ShiftRecord
        {
            Line = record.Line,
            Shift = record.Shift,
            Day = record.Day,
            Start = record.Start,
            End = record.End,
            MicroStop = record.MicroStop,
            Quantities = Quantities.Of(OrderRun.TimesBetween(timeline, record.Start, record.End), record.Quantities.Products, record.Quantities.IsCounted),
            Timeline = timeline,
            Stops = stops,
            Machines = record.Machines,
            Runs = record.Runs,
            RefusedCounts = record.RefusedCounts,
            Plan = record.Plan,
        };
    }

    private static bool Apply(List<Stop> stops, StopEdit edit, TimeSpan microStop)
    {
        int found = Find(stops, edit);
        if (found < 0)
        {
            return false;
        }

        switch (edit.Kind)
        {
            case StopEditKind.Split:
                return Split(stops, found, edit.At!.Value, microStop);
            case StopEditKind.Merge:
                return Merge(stops, edit, microStop);
            default:
                stops[found] = stops[found] with
                {
                    Reason = edit.Reason ?? stops[found].Reason,
                    Category = edit.Category ?? stops[found].Category,
                    CauseMachine = edit.CauseMachine ?? stops[found].CauseMachine,
                    Comment = edit.Comment ?? stops[found].Comment,
                };
                return true;
        }
    }

    /// <summary>The machine's stop that shares most of the edit's time; −1 when none shares half of either.</summary>
    private static int Find(List<Stop> stops, StopEdit edit)
    {
        int best = -1;
        TimeSpan most = TimeSpan.Zero;
        for (int i = 0; i < stops.Count; i++)
        {
            TimeSpan shared = Shared(stops[i], edit);
            if (stops[i].Machine == edit.Machine && shared > most
                && (shared * 2 >= edit.To - edit.From || shared * 2 >= stops[i].End - stops[i].Start))
            {
                (best, most) = (i, shared);
            }
        }

        return best;
    }

    private static TimeSpan Shared(Stop stop, StopEdit edit) =>
        (stop.End < edit.To ? stop.End : edit.To) - (stop.Start > edit.From ? stop.Start : edit.From);

    private static bool Split(List<Stop> stops, int index, DateTime at, TimeSpan microStop)
    {
        Stop stop = stops[index];
        if (at <= stop.Start || at >= stop.End)
        {
            return false;
        }

        // The line's loss goes with the time; what another machine's stop cost the line stays with its first part.
        bool own = stop.Lost == stop.End - stop.Start;
        Stop first = Relength(stop with { End = at, Lost = own ? at - stop.Start : stop.Lost }, microStop);
        Stop second = Relength(stop with { Start = at, Lost = own ? stop.End - at : TimeSpan.Zero, Continues = false }, microStop);
        stops[index] = first;
        stops.Insert(index + 1, second);
        return true;
    }

    private static bool Merge(List<Stop> stops, StopEdit edit, TimeSpan microStop)
    {
        Stop[] meant = [.. stops.Where(stop => stop.Machine == edit.Machine && Shared(stop, edit) * 2 >= stop.End - stop.Start).OrderBy(stop => stop.Start)];
        if (meant.Length < 2 || meant.Zip(meant.Skip(1)).Any(pair => pair.First.End != pair.Second.Start))
        {
            return false;
        }

        Stop whole = meant[0] with { End = meant[^1].End, Lost = new TimeSpan(meant.Sum(stop => stop.Lost.Ticks)) };
        stops.RemoveAll(meant.Contains);
        stops.Add(Relength(whole with { Comment = edit.Comment ?? whole.Comment }, microStop));
        return true;
    }

    /// <summary>Minor stop or breakdown by the length the stop has now.</summary>
    private static Stop Relength(Stop stop, TimeSpan microStop) => stop.Category is LossCategory.MinorStop or LossCategory.Breakdown
        ? stop with { Category = stop.End - stop.Start < microStop ? LossCategory.MinorStop : LossCategory.Breakdown }
        : stop;

    /// <summary>The timeline with the stops' time as the stops now say.</summary>
    private static List<TimelineInterval> Timeline(IReadOnlyList<TimelineInterval> computed, Stop[] stops)
    {
        List<TimelineInterval> timeline = [];
        foreach (TimelineInterval interval in computed)
        {
            DateTime reached = interval.Start;
            foreach (Stop stop in stops.Where(stop => stop.Start < interval.End && stop.End > interval.Start).OrderBy(stop => stop.Start))
            {
                DateTime start = stop.Start > interval.Start ? stop.Start : interval.Start;
                DateTime end = stop.End < interval.End ? stop.End : interval.End;
                Add(interval with { Start = reached, End = start });
                Add(new TimelineInterval(start, end, stop.Bucket, stop.Category, stop.CauseMachine, interval.FaultCode, stop.Reason ?? interval.Reason));
                reached = end;
            }

            Add(interval with { Start = reached });
        }

        return timeline;

        void Add(TimelineInterval interval)
        {
            if (interval.End > interval.Start)
            {
                timeline.Add(interval);
            }
        }
    }
}
