using Linewatch.Analytics.Lines;
using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>Computes a window [from, to) of a line from the readings held: a pure function of them and of the plant.</summary>
internal sealed class ShiftCalculation
{
    private readonly LineTracks _tracks;
    private readonly LineEngineOptions _options;
    private readonly LineView _view;
    private readonly CauseSweep _causes;
    private readonly long _from;
    private readonly long _to;

    /// <param name="tracks">What the machines told.</param>
    /// <param name="options">How figures are kept.</param>
    /// <param name="from">Start of the window.</param>
    /// <param name="to">End of the window.</param>
    /// <param name="known">How far beyond the window states are looked at: a stop at its end counts by its whole length.</param>
    /// <param name="horizon">Event time up to which silence and transitions are judged.</param>
    public ShiftCalculation(LineTracks tracks, LineEngineOptions options, long from, long to, long known, long horizon)
    {
        _tracks = tracks;
        _options = options;
        _from = from;
        _to = to;

        _view = new LineView(tracks.Line, tracks.Machines, tracks.Orders, from - options.LookBack.Ticks, known, horizon);
        _causes = new CauseSweep(_view, tracks.Critical, tracks.UnitsPerTick(to), options.ClockTolerance.Ticks);
    }

    public LineView View => _view;

    public ShiftRecord Record(string shift, DateOnly day, string? plan = null)
    {
        List<TimelineInterval> timeline = [];
        List<Stop> stops = [];
        long[] ticks = new long[Enum.GetValues<LossCategory>().Length];
        Dictionary<Root, long> lostTo = [];
        int critical = _tracks.Critical;
        List<BucketInterval> intervals = _view.Timelines[critical];
        for (int i = 0; i < intervals.Count; i++)
        {
            BucketInterval whole = intervals[i];
            BucketInterval part = Clip(whole);
            if (part.Length <= 0)
            {
                continue;
            }

            (Root? root, Bucket bucket) = _causes.Of(critical, i);
            LossCategory category = Category(whole with { Bucket = bucket });
            string? cause = null;
            int fault = 0;
            if (IsStop(category))
            {
                cause = root is { } known ? _tracks.Machines[known.Machine].Machine.Id : null;
                fault = root is { } its ? FaultOf(its) : 0;
                if (root is { } elsewhere && elsewhere.Machine != critical)
                {
                    lostTo[elsewhere] = lostTo.GetValueOrDefault(elsewhere) + part.Length;
                }

                stops.Add(StopOf(critical, whole, part, bucket, category, cause, part.Length));
            }

            ticks[(int)category] += part.Length;
            timeline.Add(new TimelineInterval(
                Utc(part.Start), Utc(part.End), bucket, category, cause, fault, _tracks.Reasons.Of(fault)));
        }

        AddOwnStops(stops, lostTo);
        stops.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : string.CompareOrdinal(a.Machine, b.Machine));
        AssertTiling(timeline);
        List<OrderRun> runs = Runs(intervals);
        return new ShiftRecord
        {
            Line = _tracks.Line.Id,
            Shift = shift,
            Day = day,
            Start = Utc(_from),
            End = Utc(_to),
            MicroStop = _tracks.Line.MicroStop,
            Quantities = new Quantities(ticks, ByProduct(runs), _tracks.IsCounted),
            Runs = runs,
            Timeline = timeline,
            Stops = stops,
            Machines = [.. _tracks.Machines.Select((_, machine) => Times(machine))],
            Plan = plan,
            RefusedCounts = _tracks.Machines.Sum(track => track.Total?.Refused ?? 0),
        };
    }

    private static bool IsStop(LossCategory category) => category is not
        (LossCategory.Run or LossCategory.NoData or LossCategory.PlannedDown or LossCategory.NotScheduled);

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);

    private BucketInterval Clip(BucketInterval interval) =>
        interval with { Start = Math.Max(interval.Start, _from), End = Math.Min(interval.End, _to) };

    private LossCategory Category(BucketInterval whole) => whole.Bucket switch
    {
        Bucket.Run => LossCategory.Run,
        Bucket.OwnFailure => whole.Length < _tracks.Line.MicroStop.Ticks ? LossCategory.MinorStop : LossCategory.Breakdown,
        Bucket.SetUp => LossCategory.SetUp,
        Bucket.Lack or Bucket.LackBranchLine => LossCategory.Lack,
        Bucket.Tailback or Bucket.TailbackBranchLine => LossCategory.Tailback,
        Bucket.ExternalFailure => LossCategory.External,
        Bucket.Waiting => LossCategory.Waiting,
        Bucket.UnplannedMaintenance => LossCategory.UnplannedMaintenance,
        Bucket.PlannedDown => LossCategory.PlannedDown,
        Bucket.NotScheduled => LossCategory.NotScheduled,
        _ => LossCategory.NoData,
    };

    private Stop StopOf(int machine, BucketInterval whole, BucketInterval part, Bucket bucket, LossCategory category, string? cause, long lost)
    {
        int fault = _view.FaultOf(machine, whole, _options.ClockTolerance.Ticks);
        return new Stop(
            _tracks.Machines[machine].Machine.Id,
            Utc(part.Start),
            Utc(part.End),
            bucket,
            category,
            fault,
            _tracks.Reasons.Of(fault),
            cause,
            new TimeSpan(lost),
            whole.Start < part.Start);
    }

    /// <summary>The other machines' stops for reasons of their own, with what each cost the critical machine.</summary>
    private void AddOwnStops(List<Stop> stops, Dictionary<Root, long> lostTo)
    {
        for (int machine = 0; machine < _tracks.Machines.Length; machine++)
        {
            if (machine == _tracks.Critical)
            {
                continue;
            }

            List<BucketInterval> intervals = _view.Timelines[machine];
            for (int i = 0; i < intervals.Count; i++)
            {
                BucketInterval whole = intervals[i];
                BucketInterval part = Clip(whole);
                (Root? root, Bucket bucket) = _causes.Of(machine, i);
                if (part.Length > 0 && root is { } own && own == new Root(machine, whole.Start, bucket))
                {
                    LossCategory category = Category(whole with { Bucket = bucket });
                    stops.Add(StopOf(machine, whole, part, bucket, category, _tracks.Machines[machine].Machine.Id, lostTo.GetValueOrDefault(own)));
                }
            }
        }
    }

    private int FaultOf(Root root)
    {
        List<BucketInterval> timeline = _view.Timelines[root.Machine];
        int index = BucketInterval.IndexAt(timeline, root.Start);
        return index < 0 || root.Bucket == Bucket.Run ? 0 : _view.FaultOf(root.Machine, timeline[index], _options.ClockTolerance.Ticks);
    }

    private List<OrderRun> Runs(List<BucketInterval> critical)
    {
        List<(long Start, long End)> startUps = [];
        foreach (BucketInterval interval in critical)
        {
            if (interval.Bucket == Bucket.SetUp)
            {
                startUps.Add((interval.End, interval.End + _options.StartUp.Ticks));
            }
        }

        return
        [
            .. _tracks.RunsBetween(_from, _to).Select(run => new OrderRun(
                Utc(run.Start), Utc(run.End), run.Product, run.Order, Count(run.Product, run.Start, run.End, startUps), _tracks.IsCounted)),
        ];
    }

    private static List<ProductCount> ByProduct(List<OrderRun> runs)
    {
        SortedDictionary<string, ProductCount> counts = new(StringComparer.Ordinal);
        foreach (OrderRun run in runs)
        {
            counts[run.Product] = counts.TryGetValue(run.Product, out ProductCount? before) ? before.Plus(run.Count) : run.Count;
        }

        return [.. counts.Values];
    }

    private ProductCount Count(string product, long start, long end, List<(long Start, long End)> startUps)
    {
        long total = _tracks.TotalBetween(start, end);
        long good = _tracks.GoodBetween(start, end);
        long startUpReject = 0;
        long counted = start;
        foreach ((long from, long to) in startUps)
        {
            // Two changeovers close together must not count one reject twice.
            long begin = Math.Max(counted, from);
            long finish = Math.Min(end, to);
            if (begin < finish)
            {
                startUpReject += _tracks.RejectBetween(begin, finish);
                counted = finish;
            }
        }

        return new ProductCount(product, _tracks.IdealSecondsPerUnit(product), total, good, _tracks.RejectBetween(start, end), startUpReject);
    }

    private MachineTimes Times(int machine)
    {
        long run = 0, own = 0, lack = 0, tailback = 0, other = 0, noData = 0;
        long active = 0, longestActive = 0;
        int failures = 0;
        List<BucketInterval> intervals = _view.Timelines[machine];
        for (int i = 0; i < intervals.Count; i++)
        {
            BucketInterval whole = intervals[i];
            BucketInterval part = Clip(whole);
            if (part.Length <= 0)
            {
                continue;
            }

            Bucket bucket = _causes.Of(machine, i).Bucket;
            active = IsActive(bucket) ? active + part.Length : 0;
            longestActive = Math.Max(longestActive, active);
            switch (bucket)
            {
                case Bucket.Run:
                    run += part.Length;
                    break;
                case Bucket.OwnFailure:
                    own += part.Length;
                    failures += whole.Start >= _from ? 1 : 0;
                    break;
                case Bucket.Lack or Bucket.LackBranchLine:
                    lack += part.Length;
                    break;
                case Bucket.Tailback or Bucket.TailbackBranchLine:
                    tailback += part.Length;
                    break;
                case Bucket.NoData:
                    noData += part.Length;
                    break;
                case Bucket.PlannedDown or Bucket.NotScheduled:
                    break;
                default:
                    other += part.Length;
                    break;
            }
        }

        MachineTrack track = _tracks.Machines[machine];
        return new MachineTimes(
            track.Machine.Id, new(run), new(own), failures, new(lack), new(tailback), new(other), new(noData),
            (long?)UnitCounts.Total(track, _from, _to), (long?)UnitCounts.Reject(track, _from, _to))
        {
            LongestActive = new TimeSpan(longestActive),
        };
    }

    /// <summary>Neither waiting for a neighbour nor for the plan: working, or keeping the others from it.</summary>
    private static bool IsActive(Bucket bucket) => bucket is
        Bucket.Run or Bucket.OwnFailure or Bucket.ExternalFailure or Bucket.SetUp or Bucket.UnplannedMaintenance;

    private void AssertTiling(List<TimelineInterval> timeline)
    {
        DateTime reached = Utc(_from);
        foreach (TimelineInterval interval in timeline)
        {
            if (interval.Start != reached || interval.End <= interval.Start)
            {
                throw new LossIdentityException(
                    $"line {_tracks.Line.Id}: the interval {interval.Start:O}–{interval.End:O} does not follow {reached:O}; states must tile the window");
            }

            reached = interval.End;
        }

        if (reached != Utc(_to))
        {
            throw new LossIdentityException($"line {_tracks.Line.Id}: states tile the window up to {reached:O} only, it ends at {Utc(_to):O}");
        }
    }
}
