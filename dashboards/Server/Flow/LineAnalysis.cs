using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Flow;

/// <summary>
/// Everything stateful about one line: its OEE engine and the watches of its signals. One thread at a time; the caller
/// holds <see cref="Gate"/>.
/// </summary>
internal sealed class LineAnalysis
{
    private readonly List<SignalWatch> _watches = [];
    private readonly List<RowWatch> _rowWatches = [];
    private readonly Dictionary<string, MachineActivity> _machines = new(StringComparer.Ordinal);
    private readonly Place[] _places;
    private readonly List<(string Machine, PastCases Cases)> _cases = [];
    private readonly Dictionary<string, long> _modelUses = new(StringComparer.Ordinal);
    private DateTime _heardEventTime;
    private DateTime _heardReceiveTime;

    /// <summary>What the last plain reading told; another such reading tells the same.</summary>
    private (MachineActivity? Machine, DateTime EventTime) _plainLast;

    /// <param name="plant">The plant.</param>
    /// <param name="line">One of its lines.</param>
    /// <param name="kept">What the monitors had learned before.</param>
    /// <param name="clock">Times how long figures take.</param>
    public LineAnalysis(Plant plant, Line line, KeptMonitors kept, TimeProvider clock)
    {
        Line = line;
        Pace = new FigurePace(clock);
        Engine = new LineEngine(plant, line);
        _places = new Place[line.Signals.Count];
        foreach (Machine machine in line.Machines)
        {
            MachineActivity activity = new(machine, kept.DutyOf(line, machine));
            _machines.Add(machine.Id, activity);
            PastCases cases = kept.CasesOf(line, machine);
            _cases.Add((machine.Id, cases));
            _modelUses.Add(machine.Id, kept.ModelUseOf(line, machine));
            RowWatch rows = new(line, machine, kept.RowsOf(line, machine), cases) { ModelUse = _modelUses[machine.Id] };
            _rowWatches.Add(rows);
            List<SignalWatch> watches = [];
            foreach (Signal signal in machine.Signals)
            {
                SignalWatch? watch = null;
                if (signal is { Role: SignalRole.Process, IsText: false } && kept.MonitorOf(signal, activity.Duty is not null) is { } monitor)
                {
                    watch = new(machine, signal, monitor, watches, cases) { ModelUse = _modelUses[machine.Id] };
                    watches.Add(watch);
                    _watches.Add(watch);
                }

                _places[line.Signals.IndexOf(signal)] = new Place(activity, watch, rows, IsPlain: watch is null && !LineEngine.Needs(signal));
            }

            foreach (SignalWatch watch in watches.Where(watch => watch.Signal.RedundantTo is not null))
            {
                watches.Find(other => other.Signal.Path.Signal == watch.Signal.RedundantTo)?.PairWith(watch, kept);
            }
        }
    }

    public Lock Gate { get; } = new();

    public Line Line { get; }

    public LineEngine Engine { get; }

    /// <summary>When the line's figures are due to be shown anew.</summary>
    public FigurePace Pace { get; }

    public IEnumerable<SignalWatch> Watches => _watches;

    /// <summary>The watches of the signals of each machine together.</summary>
    public IReadOnlyList<RowWatch> RowWatches => _rowWatches;

    /// <summary>The machines that tell what they do, with what they have been doing.</summary>
    public IEnumerable<(string Machine, MachineDuty Duty)> Duties =>
        _machines.Where(machine => machine.Value.Duty is not null).Select(machine => (machine.Key, machine.Value.Duty!));

    /// <summary>The anomalies of each machine so far.</summary>
    public IEnumerable<(string Machine, PastCases Cases)> Cases => _cases;

    /// <summary>The use of a trained model that each machine's monitors come from; 0 = they learned by themselves.</summary>
    public IReadOnlyDictionary<string, long> ModelUses => _modelUses;

    /// <summary>Event time of the newest reading; null before the first.</summary>
    public DateTime? HeardEventTime => _heardEventTime == default ? null : _heardEventTime;

    /// <summary>
    /// The line's clock in event time: the newest event time, moved on by how long ago its message was received. It stands
    /// at now for a line that sends live, in the past for one whose history is being fed in, and goes on when the line is silent.
    /// </summary>
    public DateTime? Clock(DateTime now) => _heardEventTime == default ? null
        : now > _heardReceiveTime ? _heardEventTime + (now - _heardReceiveTime) : _heardEventTime;

    /// <summary>Lets the watches of a machine go on with a trained model; a signal that the model does not know learns anew.</summary>
    /// <param name="machine">Machine id.</param>
    /// <param name="model">What was learned; this line's from now on.</param>
    /// <param name="settings">How signals are watched.</param>
    /// <param name="use">Number of the use of the model.</param>
    public void Adopt(string machine, MachineModel model, MonitorSettings settings, long use)
    {
        MachineActivity activity = _machines[machine];
        if (model.Duty is { } duty)
        {
            activity.Adopt(duty);
        }

        foreach (SignalWatch watch in _watches.Where(watch => watch.Signal.Path.Machine == machine))
        {
            if (settings.MonitorOf(watch.Signal, activity.Duty is not null, model.MonitorOf(watch.Signal.Path.Signal)) is { } monitor)
            {
                watch.Adopt(monitor);
                watch.ModelUse = use;
            }
        }

        RowWatch rows = _rowWatches.Find(watch => watch.Source.Machine == machine)!;
        rows.Adopt(model.Rows);
        rows.ModelUse = use;
        _modelUses[machine] = use;
    }

    /// <summary>Takes a reading that was kept by an earlier run: figures only, no alerts.</summary>
    public void Recall(in Reading reading)
    {
        Engine.Accept(reading);
        Follow(reading, PlaceOf(reading.Signal).Machine);
        Hear(reading.EventTime, reading.EventTime);
    }

    /// <summary>Takes a reading; adds what follows from it.</summary>
    public void Accept(in Reading reading, DateTime receiveTime, long journalPosition, List<AlertFinding> findings, List<DerivedPoint> points)
    {
        ref readonly Place place = ref PlaceOf(reading.Signal);
        if (place.IsPlain)
        {
            if (_plainLast == (place.Machine, reading.EventTime))
            {
                return;
            }

            _plainLast = (place.Machine, reading.EventTime);
        }

        Engine.Accept(reading);
        Hear(reading.EventTime, receiveTime);
        if (LineEngine.Needs(reading.Signal))
        {
            Pace.Changed();
        }

        if (place.Watch is { } watch)
        {
            VerdictKind kind = watch.Observe(reading, place.Machine.Context(reading.EventTime), journalPosition, findings, points);
            place.Rows.Observe(reading, kind, watch.Monitor.Deviation, journalPosition, findings, points);
        }
        else if (Follow(reading, place.Machine))
        {
            points.Add(DerivedPoints.State(reading, place.Machine.Bucket));
        }
    }

    /// <summary>Hours with readings that only the store can still put into their shifts; each is handed out once.</summary>
    public IReadOnlyList<DateTime> TakeBeyondMemory()
    {
        lock (Gate)
        {
            return Engine.TakeBeyondMemory();
        }
    }

    private static bool Follow(in Reading reading, MachineActivity machine) => machine.Accept(reading) && !double.IsNaN(reading.Value);

    private ref readonly Place PlaceOf(Signal signal) => ref _places[Line.Signals.IndexOf(signal)];

    private void Hear(DateTime eventTime, DateTime receiveTime)
    {
        if (eventTime > _heardEventTime)
        {
            _heardEventTime = eventTime;
            _heardReceiveTime = receiveTime;
        }
    }

    /// <summary>Where a signal's readings go; side by side in memory, since every reading touches one.</summary>
    /// <param name="Machine">What its machine does.</param>
    /// <param name="Watch">What watches it; null = nothing does.</param>
    /// <param name="Rows">What watches it together with the machine's others.</param>
    /// <param name="IsPlain">Whether its readings tell no more than that the machine was heard of, once for each event time.</param>
    private readonly record struct Place(MachineActivity Machine, SignalWatch? Watch, RowWatch Rows, bool IsPlain);
}
