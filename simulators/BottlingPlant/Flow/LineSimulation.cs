using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Truth;

namespace Linewatch.BottlingPlant.Flow;

/// <summary>
/// One line, event by event. Between two events every rate is constant, so buffers and counters are exact at any
/// millisecond. The same seed and start give the same line. Not thread-safe; lines are independent of each other.
/// </summary>
internal sealed class LineSimulation
{
    /// <summary>Heartbeat of states and counters, ms; aligned to the wall clock so that one falls on every shift boundary.</summary>
    public const long Heartbeat = 10_000;

    private readonly DateTime _start;
    private readonly Station[] _stations;
    private readonly Conveyor[] _conveyors;
    private readonly Machine[] _machines;
    private readonly Machine _critical;
    private readonly Machine _counting;
    private readonly Machine[] _rejecting;
    private readonly OrderPlan _orders;
    private readonly Disturbances _disturbances;
    private readonly FailureSchedule _failures;
    private readonly TruthRecorder _recorder;
    private readonly IEnumerator<Segment> _plan;
    private readonly RandomStream _operators;
    private readonly long _designRate;
    private long _planStart;
    private long _planEnd;
    private long _nextBeat;
    private Programme _programme = Programme.Off;
    private Order _order;
    private long _rate;

    public LineSimulation(LineModel model, ShiftCalendar calendar, DateTime start, ulong seed, LineScript script)
    {
        Model = model;
        _start = start;
        ulong lineSeed = RandomStream.Seed(seed, model.Id);
        _designRate = Rates.FromPerHour(model.DesignRate);
        int critical = model.Stations.ToList().FindIndex(station => station.Any(machine => machine.Id == model.CriticalMachine));
        _stations = [.. model.Stations.Select((station, index) => new Station(station, index - critical, lineSeed))];
        _conveyors = [.. model.Conveyors.Select(conveyor => new Conveyor(conveyor, _designRate))];
        for (int index = 0; index < _conveyors.Length; index++)
        {
            _stations[index].Downstream = _conveyors[index];
            _stations[index + 1].Upstream = _conveyors[index];
        }

        _machines = [.. _stations.SelectMany(station => station.Machines)];
        _critical = _machines.Single(machine => machine.Model.Id == model.CriticalMachine);
        _counting = _machines.Single(machine => machine.Model.Id == model.CountingMachine);
        _rejecting = [.. _machines.SkipWhile(machine => machine != _critical).TakeWhile(machine => machine != _counting), _counting];
        Truth = new GroundTruth();
        _recorder = new TruthRecorder(Truth, _machines, _critical, _counting, _rejecting);
        _operators = new RandomStream(RandomStream.Seed(lineSeed, "operators"));
        _orders = new OrderPlan(model, new RandomStream(RandomStream.Seed(lineSeed, "orders")), script);
        _disturbances = new Disturbances(_machines, new RandomStream(RandomStream.Seed(lineSeed, "disturbances")), script);
        _failures = new FailureSchedule(_machines, lineSeed, script.RandomStops, Truth);
        _order = _orders.Next();
        _stations[0].Remaining = _order.Quantity * Rates.Bottle;
        _rate = Rates.FromPerHour(_order.Rate);
        foreach (Machine machine in _machines)
        {
            machine.Product = _order.Product;
            machine.Order = _order.Id;
        }

        _recorder.ProductChanged(_order.Product);
        RandomStopsEnabled = script.RandomStops;
        _plan = calendar.From(start).GetEnumerator();
        _nextBeat = 0;
        _planEnd = 0;
    }

    /// <summary>What a machine publishes at an instant, in the order of time.</summary>
    public Action<Machine, long, bool>? Observer { get; set; }

    public LineModel Model { get; }

    public GroundTruth Truth { get; }

    public IReadOnlyList<Machine> Machines => _machines;

    public IReadOnlyList<Conveyor> Conveyors => _conveyors;

    public IReadOnlyList<Station> Stations => _stations;

    /// <summary>From when on the observer is called every <see cref="FineInterval"/> besides; changes nothing else.</summary>
    public long FineFrom { get; set; } = long.MaxValue;

    /// <summary>Milliseconds between two calls of the observer from <see cref="FineFrom"/> on.</summary>
    public long FineInterval { get; set; } = Heartbeat;

    /// <summary>Milliseconds since the start.</summary>
    public long Now { get; private set; }

    private bool RandomStopsEnabled { get; }

    /// <summary>Puts right what a signal of a machine shows the wear of.</summary>
    public void Replace(string machine, string signal) => _failures.Replace(machine, signal, Now);

    /// <summary>Simulates up to an instant, that instant included.</summary>
    public void AdvanceTo(long until)
    {
        while (until >= Now)
        {
            long next = Math.Max(Now, NextEvent());
            if (next > until)
            {
                Flow(until - Now);
                Now = until;
                return;
            }

            Flow(next - Now);
            Now = next;
            Step();
        }
    }

    /// <summary>Closes what is open, so that the truth covers everything up to now.</summary>
    public void Finish() => _recorder.Close(Now);

    private long NextEvent()
    {
        long next = Math.Min(_nextBeat, Math.Min(_planEnd, _disturbances.Next));
        for (int index = 0; index < _stations.Length; index++)
        {
            Station station = _stations[index];
            next = Math.Min(next, station.NextEvent(Now));
            if (station.Changeover is { } changeover && changeover.Earliest > Now)
            {
                next = Math.Min(next, changeover.Earliest);
            }

            foreach (Machine machine in station.Machines)
            {
                next = Math.Min(next, machine.NextEvent(Now));
            }

            if (index < _conveyors.Length)
            {
                next = Math.Min(next, _conveyors[index].NextEvent(Now, station.Rate, _stations[index + 1].Rate));
            }
        }

        return next;
    }

    private void Flow(long milliseconds)
    {
        if (milliseconds == 0)
        {
            return;
        }

        for (int index = 0; index < _conveyors.Length; index++)
        {
            Station before = _stations[index];
            Station after = _stations[index + 1];
            Conveyor conveyor = _conveyors[index];
            Blame(conveyor, before, after, milliseconds);
            conveyor.Advance(milliseconds, before.Rate, after.Rate);
        }

        foreach (Station station in _stations)
        {
            station.Advance(milliseconds);
        }
    }

    /// <summary>Keeps for each buffer which stop emptied it (before the critical machine) or filled it (behind it).</summary>
    private void Blame(Conveyor conveyor, Station before, Station after, long milliseconds)
    {
        if (_programme != Programme.Production)
        {
            return;
        }

        bool upstream = after.Place <= 0;
        Station standing = upstream ? before : after;
        Station going = upstream ? after : before;
        if (standing.Rate == 0 && going.Rate > 0 && standing.Cause is { } cause)
        {
            conveyor.Blame(cause, going.Rate * milliseconds);
        }
        else if (upstream ? conveyor.Level >= conveyor.Refilled : conveyor.Level <= conveyor.Mid)
        {
            conveyor.Forgive();
        }
    }

    private void Step()
    {
        foreach (Conveyor conveyor in _conveyors)
        {
            conveyor.Arrive(Now);
        }

        bool beat = Now >= _nextBeat;
        if (beat)
        {
            _nextBeat = After(Now, Heartbeat);
            if (_nextBeat > FineFrom)
            {
                _nextBeat = Math.Min(_nextBeat, After(Math.Max(Now, FineFrom - 1), FineInterval));
            }
        }

        foreach (Machine machine in _machines)
        {
            RejectBottles(machine);
        }

        FollowPlan();
        foreach (Machine machine in _machines)
        {
            machine.Resume(Now);
            if (RandomStopsEnabled && machine.Station.Rate > 0)
            {
                machine.Fail(Now);
            }
        }

        _disturbances.Apply(Now);
        if (beat && Now % Heartbeat == 0)
        {
            _failures.Apply(Now);
        }

        FollowOrders();
        Settle();
        Publish(beat);
    }

    private static long After(long now, long interval) => ((now / interval) + 1) * interval;

    private void RejectBottles(Machine machine)
    {
        while (machine.TryReject(Now))
        {
            machine.Station.Downstream?.Reject(Now, machine.Station.Rate);
        }
    }

    private void FollowPlan()
    {
        while (Now >= _planEnd)
        {
            _plan.MoveNext();
            Segment segment = _plan.Current;
            _planStart = Now;
            _planEnd = (long)(segment.End - _start).TotalMilliseconds;
            _recorder.PlanReached(Now, segment.Shift, _start);
            if (_programme != Programme.Production && segment.Programme == Programme.Production && RandomStopsEnabled && _operators.Uniform() < 0.6)
            {
                // The crew is not always back in time.
                _critical.Halt(Condition.Waiting, 0, Now + (long)(_operators.LogNormal(90, 0.7) * 1000));
            }

            _programme = segment.Programme;
        }
    }

    private void FollowOrders()
    {
        if (_programme != Programme.Production)
        {
            return;
        }

        Station critical = _critical.Station;
        for (int index = 0; index < _stations.Length; index++)
        {
            Station station = _stations[index];
            if (station.Changeover is null && station.IsDry(index == 0 ? null : _stations[index - 1]))
            {
                station.Changeover = new Changeover(Now + _orders.ChangeoverTime(station), new StopCause(station.Machines[0], 0));
            }
        }

        // The critical machine ends last, so that nothing of the old product is left anywhere when the new one comes.
        for (int index = _stations.Length - 1; index >= 0; index--)
        {
            Station station = _stations[index];
            if (station.Changeover is { } changeover && Now >= changeover.Earliest && MayStart(station, critical))
            {
                StartOrder(station);
            }
        }
    }

    private bool MayStart(Station station, Station critical) => station.Place switch
    {
        < 0 => critical.IsDoneWith(station.OrderNumber),
        0 => _stations.All(other => other.Place <= 0 || other.OrderNumber > station.OrderNumber),
        _ => true,
    };

    private void StartOrder(Station station)
    {
        station.Changeover = null;
        station.OrderNumber++;
        Order next = _orders.Number(station.OrderNumber);
        if (station == _stations[0])
        {
            station.Remaining = next.Quantity * Rates.Bottle;
        }

        foreach (Machine machine in station.Machines)
        {
            machine.Product = next.Product;
            machine.Order = next.Id;
            if (machine.Model.CountersResetWithOrder)
            {
                machine.ResetCounters();
            }
        }

        if (station == _critical.Station)
        {
            _order = next;
            _rate = Rates.FromPerHour(next.Rate);
            _recorder.ProductChanged(next.Product);
            foreach (Conveyor conveyor in _conveyors)
            {
                conveyor.Forgive();
            }
        }
    }

    private void Settle()
    {
        // A station's rate may depend on its neighbours'; a few passes reach the fixed point.
        bool changed = true;
        for (int pass = 0; changed && pass < 8; pass++)
        {
            changed = false;
            for (int index = 0; index < _stations.Length; index++)
            {
                bool runningOut = index > 0 && _stations[index - 1].IsDoneWith(_stations[index].OrderNumber);
                changed |= _stations[index].Settle(Now, _programme, _rate, runningOut);
            }

            foreach (Conveyor conveyor in _conveyors)
            {
                conveyor.Arrive(Now);
            }
        }
    }

    /// <summary>The stop at the end of the chain of standing machines that holds the critical one; null = none any more.</summary>
    private StopCause? Holding(Condition condition)
    {
        Station critical = _critical.Station;
        int step = condition == Condition.Lack ? -1 : 1;
        for (int index = Array.IndexOf(_stations, critical); index >= 0 && index < _stations.Length; index += step)
        {
            Station station = _stations[index];
            if (station.OwnCause is { } cause)
            {
                return cause;
            }

            if (station.Rate > 0)
            {
                return null;
            }
        }

        return null;
    }

    private void Publish(bool beat)
    {
        double? cleaned = _programme == Programme.Clean ? (double)(Now - _planStart) / (_planEnd - _planStart) : null;
        foreach (Machine machine in _machines)
        {
            (Condition condition, Programme programme) = machine.Station.Describe(machine, _programme);
            bool changed = machine.Become(condition, programme, machine.Station.Cause);
            changed |= _recorder.Observe(machine, Now);
            if (machine == _critical && condition is (Condition.Lack or Condition.Tailback))
            {
                _recorder.HeldBy(Holding(condition), Now);
            }

            machine.FollowSignals(Now, _designRate, _order.Product.Number, cleaned);
            if (changed || beat)
            {
                Observer?.Invoke(machine, Now, changed);
            }
        }
    }
}
