namespace Linewatch.BottlingPlant.Flow;

/// <summary>
/// A conveyor with accumulation. What enters arrives after the transport time; it holds what is under way at the
/// critical machine's speed plus its accumulation.
/// </summary>
internal sealed class Conveyor
{
    private readonly Queue<Transit> _transit = new();
    private readonly Dictionary<StopCause, long> _ledger = [];
    private readonly long[] _levelMarks;
    private readonly long[] _availableMarks;

    public Conveyor(ConveyorModel model, long criticalRate)
    {
        Model = model;
        TransportTime = (long)model.Transport.TotalMilliseconds;
        long accumulation = (long)model.Capacity.TotalMilliseconds * criticalRate;
        Capacity = accumulation + (TransportTime * criticalRate);

        // Hysteresis levels of the speed control and of the stop by tailback. A machine behind keeps its buffer nearly
        // empty, one before keeps it nearly full, so that the buffer hides nearly all it can.
        Low = Capacity - (accumulation * 99 / 100);
        Mid = Capacity - (accumulation * 95 / 100);
        High = Capacity - (accumulation * 85 / 100);
        Sunk = Capacity - (accumulation * 25 / 100);
        Refilled = Capacity - (accumulation * 8 / 100);
        Unblocked = Capacity - Math.Max(accumulation / 12, Rates.Bottle * 4);
        Restart = Math.Min(criticalRate * 4000, accumulation / 4);
        _levelMarks = [Low, Mid, High, Sunk, Refilled, Unblocked, Capacity];
        _availableMarks = [0, Rates.Bottle, Restart];
    }

    public ConveyorModel Model { get; }

    /// <summary>Transport time in ms.</summary>
    public long TransportTime { get; }

    public long Capacity { get; }

    /// <summary>At or below, the machine behind runs slowly until <see cref="Mid"/>.</summary>
    public long Low { get; }

    public long Mid { get; }

    /// <summary>At or above, the machine behind runs fast until <see cref="Mid"/>.</summary>
    public long High { get; }

    /// <summary>At or below, the machine before runs fast until <see cref="Refilled"/>.</summary>
    public long Sunk { get; }

    public long Refilled { get; }

    /// <summary>At or below, a blocked machine before starts again.</summary>
    public long Unblocked { get; }

    /// <summary>What must have arrived before a starved machine starts again.</summary>
    public long Restart { get; }

    /// <summary>Cumulative micro-bottles put on.</summary>
    public long Entered { get; private set; }

    /// <summary>Cumulative micro-bottles that have reached the far end.</summary>
    public long Arrived { get; private set; }

    /// <summary>Cumulative micro-bottles taken off.</summary>
    public long Left { get; private set; }

    /// <summary>Rate at which bottles now reach the far end.</summary>
    public long ArrivalRate { get; private set; }

    /// <summary>Everything on the conveyor.</summary>
    public long Level => Entered - Left;

    /// <summary>What waits at the far end.</summary>
    public long Available => Arrived - Left;

    /// <summary>Whether nothing is under way any more.</summary>
    public bool IsSettled => _transit.Count == 0 && ArrivalRate == 0;

    public void Advance(long milliseconds, long entryRate, long exitRate)
    {
        Entered += entryRate * milliseconds;
        Arrived += ArrivalRate * milliseconds;
        Left += exitRate * milliseconds;
    }

    public void EntryRateChanged(long now, long rate) => _transit.Enqueue(new Transit(now + TransportTime, rate, 0));

    /// <summary>Takes one rejected bottle out of what was put on.</summary>
    public void Reject(long now, long entryRate)
    {
        Entered -= Rates.Bottle;
        _transit.Enqueue(new Transit(now + TransportTime, entryRate, Rates.Bottle));
    }

    public void Arrive(long now)
    {
        while (_transit.TryPeek(out Transit transit) && transit.At <= now)
        {
            _transit.Dequeue();
            ArrivalRate = transit.Rate;
            Arrived -= transit.Removed;
        }
    }

    /// <summary>When a level that something depends on is next reached at these rates; <see cref="long.MaxValue"/> = never.</summary>
    public long NextEvent(long now, long entryRate, long exitRate)
    {
        long next = _transit.TryPeek(out Transit transit) ? transit.At : long.MaxValue;
        next = Math.Min(next, Crossing(now, Level, entryRate - exitRate, _levelMarks));
        return Math.Min(next, Crossing(now, Available, ArrivalRate - exitRate, _availableMarks));
    }

    /// <summary>Notes bottles that a stop kept out of the buffer, or left in it.</summary>
    public void Blame(StopCause cause, long amount) =>
        _ledger[cause] = _ledger.GetValueOrDefault(cause) + amount;

    /// <summary>The buffer is at rest again: what happened before explains nothing that comes.</summary>
    public void Forgive() => _ledger.Clear();

    /// <summary>The stop that moved most bottles since the buffer was last at rest.</summary>
    public StopCause? Culprit
    {
        get
        {
            StopCause? culprit = null;
            long most = 0;
            foreach ((StopCause cause, long amount) in _ledger)
            {
                if (amount > most)
                {
                    (culprit, most) = (cause, amount);
                }
            }

            return culprit;
        }
    }

    private static long Crossing(long now, long level, long slope, long[] marks)
    {
        long next = long.MaxValue;
        if (slope == 0)
        {
            return next;
        }

        foreach (long mark in marks)
        {
            long distance = slope > 0 ? mark - level : level - mark;
            if (distance > 0)
            {
                next = Math.Min(next, now + Rates.Until(distance, Math.Abs(slope)));
            }
        }

        return next;
    }

    private readonly record struct Transit(long At, long Rate, long Removed);
}

/// <summary>A conveyor of the line as designed.</summary>
/// <param name="Capacity">Accumulation at the critical machine's speed: how long a stop it hides.</param>
/// <param name="Transport">Time a bottle needs when nothing is in its way.</param>
internal sealed record ConveyorModel(TimeSpan Capacity, TimeSpan Transport);
