using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>
/// Names the stop that cost the critical machine its time (<c>domain.md</c> §4): a stop for a reason of its own is its
/// own cause; a lack is followed upstream and a tailback downstream, as far back as the buffers between could hide it.
/// </summary>
internal sealed class CauseFinder
{
    private const int PackMlSuspended = 5;
    private readonly LineView _view;
    private readonly long _tolerance;

    public CauseFinder(LineView view, long tolerance)
    {
        _view = view;
        _tolerance = tolerance;
    }

    /// <summary>
    /// The bucket of an interval in which a machine stood for a reason of its own, null when it did not. A PackML
    /// machine that is Suspended with a fault code waits for something outside the line, not for a neighbour.
    /// </summary>
    public Bucket? OwnBucket(int machine, BucketInterval interval) => interval.Bucket switch
    {
        Bucket.OwnFailure or Bucket.ExternalFailure or Bucket.LackBranchLine or Bucket.TailbackBranchLine
            or Bucket.Waiting or Bucket.UnplannedMaintenance or Bucket.SetUp => interval.Bucket,
        Bucket.Lack when IsSuspended(machine, interval) && _view.FaultOf(machine, interval, _tolerance) != 0 => Bucket.ExternalFailure,
        _ => null,
    };

    /// <summary>The root of a stop of a machine; null = unattributed.</summary>
    public Cause? Find(int machine, BucketInterval stop)
    {
        if (OwnBucket(machine, stop) is { } own)
        {
            return new Cause(new OwnStop(machine, stop.Start), _view.FaultOf(machine, stop, _tolerance), own);
        }

        if (IsSuspended(machine, stop))
        {
            return Walk(machine, stop, -1, Bucket.Lack) ?? Walk(machine, stop, +1, Bucket.Tailback);
        }

        return Walk(machine, stop, stop.Bucket == Bucket.Lack ? -1 : +1, stop.Bucket);
    }

    private Cause? Walk(int machine, BucketInterval stop, int step, Bucket bucket)
    {
        long hidden = 0;
        for (int k = machine + step; k >= 0 && k < _view.Timelines.Length; k += step)
        {
            hidden += Hides(k - step, k);
            long from = stop.Start - hidden - _tolerance;
            BucketInterval? best = null;
            long longest = 0;
            bool passedOn = false;
            foreach (BucketInterval candidate in _view.Timelines[k])
            {
                long overlap = Math.Min(candidate.End, stop.End) - Math.Max(candidate.Start, from);
                if (overlap <= 0 || candidate.Start > stop.Start + _tolerance)
                {
                    continue;
                }

                if (OwnBucket(k, candidate) is null)
                {
                    passedOn |= candidate.Bucket is Bucket.Lack or Bucket.Tailback;
                }
                else if (overlap > longest)
                {
                    (best, longest) = (candidate, overlap);
                }
            }

            if (best is { } root)
            {
                return new Cause(new OwnStop(k, root.Start), _view.FaultOf(k, root, _tolerance), bucket);
            }
        }

        return null;
    }

    private bool IsSuspended(int machine, BucketInterval interval)
    {
        if (interval.Bucket != Bucket.Lack || _view.Line.Machines[machine].States.Name != "packml")
        {
            return false;
        }

        EventSeries<double> states = _view.Tracks[machine].States;
        int index = states.At(interval.Start);
        return index >= 0 && states.Value(index) == PackMlSuspended;
    }

    /// <summary>How long the buffer between two neighbours hides a stop, transport included.</summary>
    private long Hides(int a, int b)
    {
        string one = _view.Line.Machines[a].Id;
        string other = _view.Line.Machines[b].Id;
        foreach (Conveyor conveyor in _view.Line.Conveyors)
        {
            if ((conveyor.From == one && conveyor.To == other) || (conveyor.From == other && conveyor.To == one))
            {
                return conveyor.Capacity.Ticks + conveyor.Transport.Ticks;
            }
        }

        return 0;
    }
}
