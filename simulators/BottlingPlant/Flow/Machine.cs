using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant.Flow;

/// <summary>A machine as it runs.</summary>
internal sealed class Machine
{
    private readonly RandomStream _random;
    private readonly double[] _nextFault;
    private long _resetTotal;
    private long _resetRejected;
    private double _load;
    private double? _cleaned;
    private int _productFollowed = -1;

    public Machine(MachineModel model, Station station, ulong seed)
    {
        Model = model;
        Station = station;
        _random = new RandomStream(RandomStream.Seed(seed, model.Id));
        _nextFault = [.. model.Faults.Select(fault => _random.Exponential(fault.MeanRunMinutes * 60_000))];
        Signals = [.. model.Signals.Select(signal => new ProcessSignal(signal, RandomStream.Seed(seed, model.Id + "/" + signal.Id)))];
        Series = [.. model.Series.Select(series => new ComponentSeries(series, RandomStream.Seed(seed, model.Id + "/" + series.Id)))];
        NextReject = _random.UnitsUntil(model.RejectProbability);
    }

    public MachineModel Model { get; }

    public Station Station { get; }

    public IReadOnlyList<ProcessSignal> Signals { get; }

    public IReadOnlyList<ComponentSeries> Series { get; }

    /// <summary>Failures on their way, and those repaired a while ago.</summary>
    public List<Failure> Failures { get; } = [];

    /// <summary>Failures, of this machine or one before it, for which this machine rejects bottles.</summary>
    public List<Failure> RejectedFor { get; } = [];

    public Condition Condition { get; private set; } = Condition.NotScheduled;

    public Programme Programme { get; private set; } = Programme.Off;

    /// <summary>The current stop for a reason of its own.</summary>
    public OwnStop? Stop { get; private set; }

    /// <summary>Root of the current lack or tailback, if any.</summary>
    public StopCause? Cause { get; private set; }

    public ProductModel? Product { get; set; }

    public string Order { get; set; } = "";

    /// <summary>Bottles that came in, since the simulation began.</summary>
    public long Total => (Station.Consumed / Rates.Bottle) - RejectedBefore;

    public long Rejected { get; private set; }

    public long Good => Total - Rejected;

    /// <summary>Counters as they show: rolled over and reset.</summary>
    public long ShownTotal => (Model.CounterStart + Total - _resetTotal) % Model.CounterMaximum;

    public long ShownRejected => (Rejected - _resetRejected) % Model.CounterMaximum;

    public long ShownGood => (Model.CounterStart + Good - (_resetTotal - _resetRejected)) % Model.CounterMaximum;

    /// <summary>What a meter shows.</summary>
    public double Meter(MeterModel meter, long now) => Math.Round(
        (meter.PerHour * now / 3_600_000)
            + (meter.PerRunHour * Station.RunTime / 3_600_000)
            + (meter.PerThousand * Station.Consumed / (1000.0 * Rates.Bottle)),
        3);

    /// <summary>Fault code of the current stop; 0 = none.</summary>
    public int FaultCode => Stop?.Cause.FaultCode ?? 0;

    /// <summary>State code as published.</summary>
    public int StateCode => Model.Codes == StateCodes.Weihenstephan ? Weihenstephan(Condition) : PackML(Condition);

    /// <summary>Total at which the next bottle is rejected.</summary>
    public long NextReject { get; private set; }

    /// <summary>Bottles taken out by coupled machines before this one.</summary>
    private long RejectedBefore
    {
        get
        {
            long rejected = 0;
            foreach (Machine machine in Station.Machines)
            {
                if (machine == this)
                {
                    break;
                }

                rejected += machine.Rejected;
            }

            return rejected;
        }
    }

    /// <summary>Stops the machine for a reason of its own until an instant, unless it stands already for one.</summary>
    public StopCause? Halt(Condition condition, int faultCode, long until, Failure? failure = null)
    {
        if (Stop is not null)
        {
            return null;
        }

        Stop = new OwnStop(condition, until, new StopCause(this, faultCode), failure);
        return Stop.Cause;
    }

    /// <summary>Ends a stop whose time has come; a failure behind it is repaired.</summary>
    public void Resume(long now)
    {
        if (Stop is { } stop && stop.Until <= now)
        {
            if (stop.Failure is { } failure)
            {
                failure.Repaired = now;
            }

            Stop = null;
        }
    }

    /// <summary>When this machine next does something by itself, at the station's rate.</summary>
    public long NextEvent(long now)
    {
        long next = Stop?.Until ?? long.MaxValue;
        if (Station.Rate > 0)
        {
            foreach (double fault in _nextFault)
            {
                next = Math.Min(next, now + Math.Max(1, (long)Math.Ceiling(fault - Station.RunTime)));
            }

            long until = ((NextReject + RejectedBefore) * Rates.Bottle) - Station.Consumed;
            next = Math.Min(next, now + (until <= 0 ? 0 : Rates.Until(until, Station.Rate)));
        }

        return next;
    }

    /// <summary>Starts the random stops that are due by running time.</summary>
    public void Fail(long now)
    {
        for (int index = 0; index < _nextFault.Length; index++)
        {
            if (Station.RunTime < _nextFault[index])
            {
                continue;
            }

            FaultKind fault = Model.Faults[index];
            _nextFault[index] = Station.RunTime + _random.Exponential(fault.MeanRunMinutes * 60_000);
            long length = (long)(Math.Max(4, _random.LogNormal(fault.MedianSeconds, fault.Sigma)) * 1000);
            Halt(fault.Condition, fault.Code, now + length);
        }
    }

    /// <summary>Rejects one bottle if it is the turn of one.</summary>
    public bool TryReject(long now)
    {
        if (Total < NextReject)
        {
            return false;
        }

        Rejected++;
        RedrawReject(now);
        return true;
    }

    /// <summary>Draws the next reject anew; allowed at any time since the process has no memory.</summary>
    public void RedrawReject(long now)
    {
        double probability = Model.RejectProbability;
        foreach (Failure failure in RejectedFor)
        {
            probability += failure.Mode.Rejects * failure.Progress(now);
        }

        NextReject = Total + _random.UnitsUntil(probability);
    }

    public void ResetCounters()
    {
        _resetTotal = Total + Model.CounterStart;
        _resetRejected = Rejected;
    }

    /// <summary>Moves the process signals' targets after anything changed.</summary>
    public void FollowSignals(long now, long designRate, int product, double? cleaned)
    {
        double load = (double)Station.Rate / designRate;
        if (load == _load && product == _productFollowed && cleaned == _cleaned)
        {
            return;
        }

        (_load, _productFollowed, _cleaned) = (load, product, cleaned);
        foreach (ProcessSignal signal in Signals)
        {
            signal.Follow(now, load, product, cleaned);
        }
    }

    /// <summary>Sets what the machine does; true when anything that is published changed.</summary>
    public bool Become(Condition condition, Programme programme, StopCause? cause)
    {
        bool changed = condition != Condition || programme != Programme;
        Condition = condition;
        Programme = programme;
        Cause = cause;
        return changed;
    }

    // Held = internal cause, Suspended = external: ISA-TR88.00.02.
    private static int PackML(Condition condition) => condition switch
    {
        Condition.Run => 6,
        Condition.OwnFailure => 11,
        Condition.External or Condition.Lack or Condition.Tailback or Condition.LackBranch => 5,
        Condition.Waiting => 4,
        _ => 2,
    };

    private static int Weihenstephan(Condition condition) => condition switch
    {
        Condition.Run => 128,
        Condition.OwnFailure => 1024,
        Condition.External => 2048,
        Condition.Lack => 8,
        Condition.Tailback => 16,
        Condition.LackBranch => 32,
        Condition.Waiting => 4,
        _ => 1,
    };
}

/// <summary>A stop of a machine for a reason of its own.</summary>
internal sealed record OwnStop(Condition Condition, long Until, StopCause Cause, Failure? Failure);
