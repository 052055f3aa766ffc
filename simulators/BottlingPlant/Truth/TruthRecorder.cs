using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Truth;

/// <summary>Turns what the machines do into closed intervals and counts a shift.</summary>
internal sealed class TruthRecorder(
    GroundTruth truth, IReadOnlyList<Machine> machines, Machine critical, Machine counting, IReadOnlyList<Machine> rejecting)
{
    private readonly Dictionary<Machine, StateInterval> _open = [];
    private readonly Dictionary<Machine, StopCause?> _causes = [];
    private readonly Dictionary<StopCause, long> _rootTimes = [];
    private int _setUp = -1;
    private StopCause? _root;
    private long _rootSince;
    private PlannedShift? _shift;
    private ProductModel? _product;
    private bool _complete;
    private (long Total, long Good, long Reject) _atShiftStart;
    private (long Total, long Good) _atProductStart;
    private double _ideal;
    private double _idealGood;

    /// <summary>Notes a machine's condition; true when anything that is published of it changed.</summary>
    public bool Observe(Machine machine, long now)
    {
        StateInterval seen = new(
            machine, now, now, machine.Condition, machine.StateCode, machine.Programme, machine.FaultCode, machine.Product?.Id ?? "");
        if (_open.TryGetValue(machine, out StateInterval open))
        {
            if (seen == open with { Start = now, End = now })
            {
                return false;
            }

            Close(open, now);
        }

        _open[machine] = seen;
        _causes[machine] = machine.Cause;
        if (machine == critical)
        {
            _rootTimes.Clear();
            (_root, _rootSince) = (machine.Cause, now);
        }

        return true;
    }

    /// <summary>Notes which stop holds the critical machine in its lack or tailback now; null = still the one before.</summary>
    public void HeldBy(StopCause? root, long now)
    {
        if (root is not null && root != _root)
        {
            CountRoot(now);
            (_root, _rootSince) = (root, now);
        }
    }

    /// <summary>The plan reached its next segment, which belongs to this shift or to none.</summary>
    public void PlanReached(long now, PlannedShift? shift, DateTime start)
    {
        if (shift == _shift)
        {
            return;
        }

        if (_shift is not null && _complete)
        {
            CountProduct();
            (long total, long good, long reject) = Counts();
            truth.Shifts.Add(new ShiftCounts(
                _shift, total - _atShiftStart.Total, good - _atShiftStart.Good, reject - _atShiftStart.Reject, _ideal, _idealGood));
        }

        _shift = shift;
        _complete = shift is not null && shift.Start == start.AddMilliseconds(now);
        _atShiftStart = Counts();
        _atProductStart = (_atShiftStart.Total, _atShiftStart.Good);
        _ideal = 0;
        _idealGood = 0;
    }

    public void ProductChanged(ProductModel product)
    {
        CountProduct();
        _product = product;
    }

    public void Close(long now)
    {
        foreach (Machine machine in machines)
        {
            if (_open.Remove(machine, out StateInterval open))
            {
                Close(open, now);
            }
        }
    }

    private (long Total, long Good, long Reject) Counts() =>
        (critical.Total, counting.Good, rejecting.Sum(machine => machine.Rejected));

    private void CountProduct()
    {
        (long total, long good, _) = Counts();
        if (_product is not null)
        {
            double ideal = 3600 / _product.IdealRate;
            _ideal += (total - _atProductStart.Total) * ideal;
            _idealGood += (good - _atProductStart.Good) * ideal;
        }

        _atProductStart = (total, good);
    }

    private void CountRoot(long now)
    {
        if (_root is not null)
        {
            _rootTimes[_root] = _rootTimes.GetValueOrDefault(_root) + now - _rootSince;
        }
    }

    /// <summary>Keeps a stop. A fault that comes and goes while the line is set up does not make several set-ups of one.</summary>
    private void Add(StopInterval stop)
    {
        if (stop.Condition != Condition.SetUp)
        {
            truth.Stops.Add(stop);
        }
        else if (_setUp >= 0 && truth.Stops[_setUp] is var before && before.End == stop.Start)
        {
            truth.Stops[_setUp] = before with { End = stop.End, FaultCode = before.FaultCode != 0 ? before.FaultCode : stop.FaultCode };
        }
        else
        {
            _setUp = truth.Stops.Count;
            truth.Stops.Add(stop);
        }
    }

    private void Close(StateInterval open, long now)
    {
        if (now <= open.Start)
        {
            return;
        }

        StateInterval closed = open with { End = now };
        truth.States.Add(closed);
        StopCause? cause = _causes[open.Machine];
        bool own = open.Condition is Condition.OwnFailure or Condition.External or Condition.LackBranch or Condition.Waiting;
        bool derived = open.Condition is Condition.Lack or Condition.Tailback;
        if (derived && open.Machine == critical)
        {
            // One stop may begin a standstill and another hold it on: the one that held it longest is its cause.
            CountRoot(now);
            cause = _rootTimes.Count > 0 ? _rootTimes.MaxBy(entry => entry.Value).Key : null;
        }

        if (own || (open.Machine == critical && (derived || open.Condition == Condition.SetUp)))
        {
            Add(new StopInterval(open.Machine, open.Start, now, open.Condition, open.FaultCode, cause));
            if (derived && cause is not null && cause.Machine != critical)
            {
                cause.LostAtCritical += now - open.Start;
            }
        }
    }
}
