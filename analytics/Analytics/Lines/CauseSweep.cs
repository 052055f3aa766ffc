using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>
/// Explains every standing of every machine of a line in one pass through time (<c>domain.md</c> §4). A stop for a reason
/// of its own is its own root. A lack is explained by the buffer before the machine, a tailback by the one behind it: by
/// the root that moved most units since that buffer was last at rest, so that a short stop that a buffer hid explains
/// nothing and a long one is followed through every buffer it went through. Machines that run, are off, changeover of the
/// whole line, or silent are never a root.
/// </summary>
internal sealed class CauseSweep
{
    /// <summary>PackML's state for an external cause. The standard does not say on which side it lies, whatever code a machine gives it.</summary>
    private const string Suspended = "Suspended";

    /// <summary>A neighbour this much slower than the critical machine's ideal speed starves or blocks it without ever stopping.</summary>
    private const double SlowShare = 0.98;

    private readonly LineView _view;
    private readonly long _tolerance;
    private readonly double _unitsPerTick;
    private readonly Buffer[] _buffers;
    private readonly Explanation[][] _explained;
    private readonly int[] _current;
    private readonly int?[] _suspended;
    private readonly Holders _holders = new();

    public CauseSweep(LineView view, int critical, double unitsPerTick, long tolerance)
    {
        _view = view;
        _tolerance = tolerance;
        _unitsPerTick = unitsPerTick;
        int machines = view.Timelines.Length;
        _current = new int[machines];
        _suspended = [.. view.Line.Machines.Select(machine => SuspendedCode(machine.States))];
        _explained = [.. view.Timelines.Select(timeline => new Explanation[timeline.Count])];
        _buffers = new Buffer[machines - 1];
        for (int i = 0; i < _buffers.Length; i++)
        {
            string from = view.Line.Machines[i].Id;
            string to = view.Line.Machines[i + 1].Id;
            Conveyor? conveyor = view.Line.Conveyors.FirstOrDefault(c => c.From == from && c.To == to);
            _buffers[i] = new Buffer(view.Tracks[i], view.Tracks[i + 1], conveyor, i < critical, unitsPerTick, view.From);
        }

        Sweep(critical);
    }

    /// <summary>How an interval of a machine is explained.</summary>
    public Explanation Of(int machine, int interval) => _explained[machine][interval];

    private void Sweep(int critical)
    {
        int machines = _view.Timelines.Length;
        int[] next = new int[machines];
        List<int> starting = [];
        while (true)
        {
            // The machines whose next interval begins first; all of them at the same instant together.
            long time = long.MaxValue;
            starting.Clear();
            for (int machine = 0; machine < machines; machine++)
            {
                if (next[machine] < _view.Timelines[machine].Count && _view.Timelines[machine][next[machine]].Start is var start && start <= time)
                {
                    if (start < time)
                    {
                        starting.Clear();
                        time = start;
                    }

                    starting.Add(machine);
                }
            }

            if (starting.Count == 0)
            {
                Release(critical, _view.To);
                return;
            }

            // Up to this instant both neighbours of every buffer were as they were before it.
            starting.ForEach(machine => AdvanceBeside(machine, time));
            if (starting.Contains(critical))
            {
                Release(critical, time);
            }

            starting.ForEach(machine => _current[machine] = next[machine]++);
            int interval = _current[critical];
            if (interval > 0 && starting.Contains(critical) && _view.Timelines[critical][interval - 1].Bucket == Bucket.SetUp)
            {
                Array.ForEach(_buffers, buffer => buffer.Forgive());
            }

            starting.ForEach(machine => Explain(machine, _current[machine]));
            Hold(critical, time);
        }
    }

    /// <summary>Notes what holds the critical machine from now on.</summary>
    private void Hold(int critical, long time)
    {
        Explanation now = _explained[critical][_current[critical]];
        bool waits = now.Bucket is Bucket.Lack or Bucket.Tailback && now.Root?.Machine != critical;
        _holders.Hold(waits ? Holding(critical, now.Bucket) ?? _holders.Current ?? now.Root : null, time);
    }

    /// <summary>The critical machine's interval ends: of several holders the one that held it longest is its root.</summary>
    private void Release(int critical, long time)
    {
        if (_holders.Release(time) is { } root)
        {
            ref Explanation explained = ref _explained[critical][_current[critical]];
            explained = explained with { Root = root };
        }
    }

    /// <summary>The own stop at the end of the chain of machines that stand now; null = none stands any more.</summary>
    private Root? Holding(int machine, Bucket side)
    {
        int step = side == Bucket.Lack ? -1 : 1;
        for (int k = machine + step; k >= 0 && k < _view.Timelines.Length; k += step)
        {
            Explanation now = _explained[k][_current[k]];
            if (now.Root is { } own && own.Machine == k && own.Bucket == now.Bucket)
            {
                return own;
            }

            if (now.Bucket != side)
            {
                return null;
            }
        }

        return null;
    }

    private void AdvanceBeside(int machine, long time)
    {
        for (int i = Math.Max(0, machine - 1); i <= Math.Min(machine, _buffers.Length - 1); i++)
        {
            Buffer buffer = _buffers[i];
            buffer.Advance(time, Runs(i), Runs(i + 1), RootNow(buffer.IsBeforeCritical ? i : i + 1, buffer.IsBeforeCritical));
        }
    }

    private bool Runs(int machine) => _view.Timelines[machine][_current[machine]].Bucket == Bucket.Run;

    /// <summary>
    /// The root of what a machine does now, as far as it acts on a buffer: a starved machine behind the critical one fills
    /// no buffer, a blocked one before it empties none.
    /// </summary>
    private Root? RootNow(int machine, bool isBeforeCritical)
    {
        Explanation now = _explained[machine][_current[machine]];
        return now.Bucket == (isBeforeCritical ? Bucket.Tailback : Bucket.Lack) ? null : now.Root;
    }

    private void Explain(int machine, int interval)
    {
        BucketInterval now = _view.Timelines[machine][interval];
        if (OwnBucket(machine, now) is { } own)
        {
            _explained[machine][interval] = new Explanation(new Root(machine, now.Start, own), own);
            return;
        }

        if (now.Bucket is not (Bucket.Lack or Bucket.Tailback))
        {
            _explained[machine][interval] = new Explanation(null, now.Bucket);
            return;
        }

        Bucket side = IsSuspended(machine, now) ? Side(machine, now.Start) : now.Bucket;
        _explained[machine][interval] = new Explanation(Follow(machine, side, now.Start), side);
        int buffer = side == Bucket.Lack ? machine - 1 : machine;
        if (buffer >= 0 && buffer < _buffers.Length)
        {
            _buffers[buffer].Anchor(full: side == Bucket.Tailback);
        }
    }

    /// <summary>
    /// The bucket of an interval in which a machine stood for a reason of its own, null when it did not. A PackML machine
    /// that is Suspended with a fault code waits for something outside the line, not for a neighbour.
    /// </summary>
    private Bucket? OwnBucket(int machine, BucketInterval interval) => interval.Bucket switch
    {
        Bucket.OwnFailure or Bucket.ExternalFailure or Bucket.LackBranchLine or Bucket.TailbackBranchLine
            or Bucket.Waiting or Bucket.UnplannedMaintenance or Bucket.SetUp => interval.Bucket,
        // A machine that tells its side and names a fault lacks material of its own: caps, labels, cartons.
        Bucket.Lack when _view.Tracks[machine].TellsSide && _view.FaultOf(machine, interval, _tolerance) != 0 => Bucket.LackBranchLine,
        Bucket.Lack when IsSuspended(machine, interval) && _view.FaultOf(machine, interval, _tolerance) != 0 => Bucket.ExternalFailure,
        _ => null,
    };

    /// <summary>
    /// Which neighbour a Suspended machine waits for. It starves only when the one before it stood long enough for the
    /// last unit under way to arrive; it is blocked only when the one behind it stands. When both or neither do, the
    /// fuller side decides.
    /// </summary>
    private Bucket Side(int machine, long time)
    {
        if (machine == 0 || machine == _buffers.Length)
        {
            return machine == 0 ? Bucket.Tailback : Bucket.Lack;
        }

        Buffer before = _buffers[machine - 1];
        Buffer behind = _buffers[machine];
        List<BucketInterval> feeding = _view.Timelines[machine - 1];
        int then = BucketInterval.IndexAt(feeding, Math.Max(_view.From, time - before.UnderWay + _tolerance));
        bool isFed = then >= 0 && feeding[then].Bucket == Bucket.Run;
        bool isTaken = Runs(machine + 1) && !StandsSoon(machine + 1, time);
        return isFed == isTaken ? (behind.Fill > 1 - before.Fill ? Bucket.Tailback : Bucket.Lack)
            : isFed ? Bucket.Tailback
            : Bucket.Lack;
    }

    /// <summary>Whether a machine that runs stands a moment later, which by a clock that differs may be now.</summary>
    private bool StandsSoon(int machine, long time)
    {
        List<BucketInterval> timeline = _view.Timelines[machine];
        int next = _current[machine] + 1;
        return next < timeline.Count && timeline[next].Start <= time + _tolerance;
    }

    /// <summary>The root of a lack or tailback that begins now.</summary>
    private Root? Follow(int machine, Bucket side, long time)
    {
        int step = side == Bucket.Lack ? -1 : 1;
        int neighbour = machine + step;
        if (neighbour < 0 || neighbour >= _view.Timelines.Length)
        {
            // Nothing to wait for but what comes from outside the line or what takes its last output.
            return new Root(machine, time, side);
        }

        Buffer between = _buffers[Math.Min(machine, neighbour)];
        return (between.IsCoupling ? null : between.Culprit) ?? Standing(neighbour, side, time) ?? Slow(neighbour, between, time);
    }

    /// <summary>The root of a neighbour's standing now, or a moment later by a clock that differs.</summary>
    private Root? Standing(int machine, Bucket side, long time)
    {
        List<BucketInterval> timeline = _view.Timelines[machine];
        int interval = _current[machine];
        if (Runs(machine) && StandsSoon(machine, time))
        {
            interval++;
        }

        BucketInterval now = timeline[interval];
        if (OwnBucket(machine, now) is { } own)
        {
            return new Root(machine, now.Start, own);
        }

        bool passesOn = now.Bucket is Bucket.Lack or Bucket.Tailback && (IsSuspended(machine, now) || now.Bucket == side);
        return passesOn ? Follow(machine, side, time) : null;
    }

    /// <summary>A neighbour that ran, but slower than the critical machine needs, since the buffer could last hide it.</summary>
    private Root? Slow(int machine, Buffer between, long time)
    {
        BucketInterval now = _view.Timelines[machine][_current[machine]];
        long from = Math.Max(now.Start, time - Math.Max(between.Hides, TimeSpan.TicksPerMinute));
        return now.Bucket == Bucket.Run && time - from >= TimeSpan.TicksPerMinute
            && UnitCounts.Total(_view.Tracks[machine], from, time) is { } units
            && units < SlowShare * _unitsPerTick * (time - from)
            ? new Root(machine, now.Start, Bucket.Run)
            : null;
    }

    private static int? SuspendedCode(StateMap map)
    {
        foreach ((int code, string name) in map.StateNames)
        {
            if (name == Suspended && map.States.GetValueOrDefault(code) == Bucket.Lack)
            {
                return code;
            }
        }

        return null;
    }

    private bool IsSuspended(int machine, BucketInterval interval)
    {
        if (interval.Bucket != Bucket.Lack || _view.Tracks[machine].TellsSide || _suspended[machine] is not { } suspended)
        {
            return false;
        }

        EventSeries<double> states = _view.Tracks[machine].States;
        int index = states.At(interval.Start);
        return index >= 0 && states.Value(index) == suspended;
    }
}
