using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>
/// Puts a machine's time into buckets by <c>domain.md</c> §2.4, evaluated top-down: the plan, then whether the machine
/// was heard, its programme, its mode, its state.
/// </summary>
internal static class BucketTimeline
{
    /// <summary>
    /// Tiles [from, to) exactly. Only what was known by <paramref name="horizon"/> (event time) counts, so that a
    /// closed window gives the same figure whenever it is computed.
    /// </summary>
    public static List<BucketInterval> Build(MachineTrack track, OrderTimes? orders, List<PlanSegment> plan, long from, long to, long horizon)
    {
        List<(long Start, long End)> silences = [];
        track.Presence.Silences(from, to, horizon, silences);
        List<long> bounds = Bounds(track, orders, plan, silences, from, to);

        List<BucketInterval> intervals = [];
        int segment = 0;
        int silence = 0;
        for (int i = 0; i + 1 < bounds.Count; i++)
        {
            long start = bounds[i];
            long end = bounds[i + 1];
            if (start == end)
            {
                continue;
            }

            while (plan[segment].End <= start)
            {
                segment++;
            }

            while (silence < silences.Count && silences[silence].End <= start)
            {
                silence++;
            }

            bool silent = silence < silences.Count && silences[silence].Start <= start;
            Bucket bucket = At(track, orders, plan[segment].Planned, silent, start, horizon);
            if (intervals.Count > 0 && intervals[^1].Bucket == bucket)
            {
                intervals[^1] = intervals[^1] with { End = end };
            }
            else
            {
                intervals.Add(new BucketInterval(start, end, bucket));
            }
        }

        return intervals;
    }

    private static List<long> Bounds(
        MachineTrack track, OrderTimes? orders, List<PlanSegment> plan, List<(long Start, long End)> silences, long from, long to)
    {
        List<long> bounds = [from, to];
        foreach (PlanSegment segment in plan)
        {
            Add(segment.Start);
        }

        foreach ((long start, long end) in silences)
        {
            Add(start);
            Add(end);
        }

        AddChanges(track.States);
        AddChanges(track.Programs);
        AddChanges(track.Modes);
        AddChanges(track.Starved);
        AddChanges(track.Blocked);
        orders?.AddBounds(from, to, bounds);
        bounds.Sort();
        return bounds;

        void Add(long time)
        {
            if (time > from && time < to)
            {
                bounds.Add(time);
            }
        }

        void AddChanges(EventSeries<double> series)
        {
            int last = series.At(to - 1);
            for (int i = Math.Max(0, series.At(from)); i <= last; i++)
            {
                // Heartbeats repeat the value; only changes bound an interval.
                if (i == 0 || !series.Value(i).Equals(series.Value(i - 1)))
                {
                    Add(series.Time(i));
                }
            }
        }
    }

    private static Bucket At(MachineTrack track, OrderTimes? orders, Planned planned, bool silent, long time, long horizon)
    {
        switch (planned)
        {
            case Planned.NotScheduled:
                return Bucket.NotScheduled;
            case Planned.Down:
                return Bucket.PlannedDown;
        }

        Bucket state = silent ? Bucket.NoData : StateBucket(track, time, horizon);
        if (state == Bucket.NoData)
        {
            return Bucket.NoData;
        }

        StateMap map = track.Machine.States;
        Bucket bucket =
            Code(track.Programs, time) is { } program && map.Programs.TryGetValue(program, out Bucket byProgram) ? byProgram
            : Code(track.Modes, time) is { } mode && map.Modes.TryGetValue(mode, out Bucket byMode) ? byMode
            : state;
        return orders is null ? bucket : orders.WithoutOrder(bucket, time);
    }

    /// <summary>The bucket of the state in force. An acting transition takes the wait state's it belongs to.</summary>
    private static Bucket StateBucket(MachineTrack track, long time, long horizon)
    {
        int index = track.States.At(time);
        if (!TryBucket(track, index, out Bucket? bucket))
        {
            return Bucket.NoData;
        }

        if (bucket is { } settled)
        {
            return settled == Bucket.Lack && track.TellsSide ? Side(track, time) : settled;
        }

        // Starting, Clearing, Unholding … leave a wait state; Stopping, Aborting, Holding … lead from running to one.
        int before = index;
        while (before >= 0 && TryBucket(track, before, out bucket) && bucket is null)
        {
            before--;
        }

        Bucket earlier = before >= 0 ? bucket ?? Bucket.NoData : Bucket.NoData;
        if (earlier is not (Bucket.Run or Bucket.NoData))
        {
            return earlier;
        }

        int after = index;
        while (after < track.States.Count && track.States.Time(after) <= horizon
            && TryBucket(track, after, out bucket) && bucket is null)
        {
            after++;
        }

        bool known = after < track.States.Count && track.States.Time(after) <= horizon && bucket is not null;
        return known ? bucket!.Value : earlier;
    }

    /// <summary>
    /// What a Suspended machine waits for, by its interlocks: something outside the line when neither neighbour holds it.
    /// As long as none of them was heard, the state stands as it is mapped.
    /// </summary>
    private static Bucket Side(MachineTrack track, long time)
    {
        int? starved = Code(track.Starved, time);
        int? blocked = Code(track.Blocked, time);
        return (starved ?? blocked) is null || starved > 0 ? Bucket.Lack
            : blocked > 0 ? Bucket.Tailback
            : Bucket.ExternalFailure;
    }

    private static bool TryBucket(MachineTrack track, int index, out Bucket? bucket)
    {
        bucket = null;
        return index >= 0
            && !double.IsNaN(track.States.Value(index))
            && track.Machine.States.States.TryGetValue((int)track.States.Value(index), out bucket);
    }

    private static int? Code(EventSeries<double> series, long time)
    {
        int index = series.At(time);
        return index < 0 || double.IsNaN(series.Value(index)) ? null : (int)series.Value(index);
    }
}
