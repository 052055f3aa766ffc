using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Flow;

/// <summary>
/// One or more coupled machines (filler and capper) that bottles pass at one rate. It is starved and blocked by its
/// conveyors, and steers its speed by how full they are.
/// </summary>
internal sealed class Station
{
    private readonly double _speedFactor;
    private bool _starved;
    private bool _blocked;
    private Pace _pace = Pace.Normal;

    public Station(IReadOnlyList<MachineModel> machines, int place, ulong seed)
    {
        Place = place;
        _speedFactor = machines.Min(machine => machine.SpeedFactor);
        Machines = [.. machines.Select(model => new Machine(model, this, seed))];
    }

    /// <summary>Relative to the critical station: negative = upstream, 0 = it, positive = downstream.</summary>
    public int Place { get; }

    public IReadOnlyList<Machine> Machines { get; }

    public Conveyor? Upstream { get; set; }

    public Conveyor? Downstream { get; set; }

    /// <summary>Micro-bottles a millisecond that pass now.</summary>
    public long Rate { get; private set; }

    /// <summary>Cumulative micro-bottles taken in.</summary>
    public long Consumed { get; private set; }

    /// <summary>Milliseconds it has run.</summary>
    public long RunTime { get; private set; }

    /// <summary>Changeover of this station; null while it produces.</summary>
    public Changeover? Changeover { get; set; }

    /// <summary>Number of the order it works on; a changeover ends with the next.</summary>
    public int OrderNumber { get; set; }

    /// <summary>Micro-bottles it may still take in for its order; only the first station has a limit.</summary>
    public long Remaining { get; set; } = long.MaxValue;

    /// <summary>What keeps it from running for a reason of its own.</summary>
    public StopCause? OwnCause => Changeover?.Cause ?? Machines.FirstOrDefault(machine => machine.Stop is not null)?.Stop?.Cause;

    /// <summary>Root of what keeps it from running.</summary>
    public StopCause? Cause { get; private set; }

    /// <summary>Whether it has passed on everything of the order that <paramref name="order"/> numbers.</summary>
    public bool IsDoneWith(int order) => OrderNumber > order || (OrderNumber == order && Changeover is not null);

    /// <summary>Whether nothing more comes for this order from the station before and nothing is left.</summary>
    public bool IsDry(Station? before) => before is null
        ? Remaining <= 0
        : before.IsDoneWith(OrderNumber) && Upstream is { IsSettled: true, Available: < Rates.Bottle };

    public void Advance(long milliseconds)
    {
        if (Rate > 0)
        {
            Consumed += Rate * milliseconds;
            RunTime += milliseconds;
            if (Remaining != long.MaxValue)
            {
                Remaining -= Rate * milliseconds;
            }
        }
    }

    public long NextEvent(long now) =>
        Remaining != long.MaxValue && Rate > 0 ? now + Rates.Until(Math.Max(1, Remaining), Rate) : long.MaxValue;

    /// <summary>Decides rate and conditions; true when the rate changed.</summary>
    public bool Settle(long now, Programme programme, long normalRate, bool runningOut)
    {
        bool planned = programme != Programme.Production;
        Machine? standing = Machines.FirstOrDefault(machine => machine.Stop is not null);
        bool free = !planned && Changeover is null && standing is null && Remaining > 0;
        long rate = 0;
        if (free)
        {
            long wanted = Speed(normalRate);
            UpdateStarved(wanted, runningOut);
            UpdateBlocked();
            rate = _starved || _blocked ? 0 : wanted;
            Cause = _starved ? Upstream?.Culprit : _blocked ? Downstream?.Culprit : null;
        }
        else
        {
            Cause = Changeover?.Cause ?? standing?.Stop?.Cause;
        }

        if (rate == Rate)
        {
            return false;
        }

        Rate = rate;
        Downstream?.EntryRateChanged(now, rate);
        return true;
    }

    /// <summary>What one of its machines does, given what the station does.</summary>
    public (Condition Condition, Programme Programme) Describe(Machine machine, Programme programme)
    {
        switch (programme)
        {
            case Programme.Off:
                return (Condition.NotScheduled, programme);
            case Programme.Break or Programme.Clean or Programme.Maintenance:
                return (Condition.PlannedDown, programme);
        }

        if (Changeover is not null)
        {
            return (Condition.SetUp, Programme.Changeover);
        }

        if (machine.Stop is { } stop)
        {
            return (stop.Condition, programme);
        }

        if (Rate > 0)
        {
            return (Condition.Run, programme);
        }

        bool seen = false;
        foreach (Machine other in Machines)
        {
            seen |= other == machine;
            if (other.Stop is not null)
            {
                // A coupled machine before the standing one can't get rid of its bottles, one behind it gets none.
                return (seen ? Condition.Tailback : Condition.Lack, programme);
            }
        }

        return (_blocked && !_starved ? Condition.Tailback : Condition.Lack, programme);
    }

    private void UpdateStarved(long wanted, bool runningOut)
    {
        if (Upstream is null)
        {
            return;
        }

        _starved = _starved
            ? !(Upstream.Available >= Upstream.Restart || (runningOut && Upstream.IsSettled && Upstream.Available >= Rates.Bottle))
            : Upstream.Available <= 0 && Upstream.ArrivalRate < wanted;
    }

    private void UpdateBlocked()
    {
        if (Downstream is not null)
        {
            _blocked = _blocked ? Downstream.Level > Downstream.Unblocked : Downstream.Level >= Downstream.Capacity;
        }
    }

    /// <summary>Upstream of the critical station the buffer behind is kept full, downstream of it the buffer before is kept empty.</summary>
    private long Speed(long normal)
    {
        if (Place == 0)
        {
            return normal;
        }

        if (Place < 0)
        {
            long level = Downstream!.Level;
            _pace = level <= Downstream.Sunk ? Pace.Fast : level >= Downstream.Refilled ? Pace.Normal : _pace;
        }
        else
        {
            long level = Upstream!.Level;
            _pace = _pace switch
            {
                _ when level >= Upstream.High => Pace.Fast,
                _ when level <= Upstream.Low => Pace.Slow,
                Pace.Fast when level <= Upstream.Mid => Pace.Normal,
                Pace.Slow when level >= Upstream.Mid => Pace.Normal,
                _ => _pace,
            };
        }

        return _pace switch
        {
            Pace.Fast => (long)(normal * _speedFactor),
            Pace.Slow => normal * 9 / 10,
            _ => normal,
        };
    }

    private enum Pace
    {
        Slow,
        Normal,
        Fast,
    }
}

/// <summary>The change of a station from one order to the next.</summary>
/// <param name="Earliest">When the work itself is done; the line may make it wait longer.</param>
internal sealed record Changeover(long Earliest, StopCause Cause);
