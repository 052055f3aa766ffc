using System.Runtime.CompilerServices;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Operations.Rules;

/// <summary>
/// Every rule of one line, or of what belongs to no line (the journal, the plant file). Fed one reading at a time in journal order; time is event time only, so a replay decides the
/// same. One thread at a time; a reading that no rule looks at costs an array access.
/// </summary>
internal sealed class RuleEngine
{
    private readonly AlertRulesOptions _options;
    private readonly Line? _line;
    private readonly SignalTrack[] _signals;
    private readonly List<RuleWatch> _watches = [];
    private readonly Dictionary<string, RuleWatch> _byKey = [];
    private readonly Dictionary<string, MachineWatches> _machines = [];
    private readonly AlertRule[] _findingRules;
    private readonly RuleWatch[] _waiting;
    private readonly StrongBox<long> _changes = new();
    private DateTime _advancedTo = DateTime.UnixEpoch;

    /// <summary>Rules over a line, or over what belongs to none (null), as configured now; a changed plant or configuration makes a new engine from the old one's snapshot.</summary>
    public RuleEngine(Line? line, AlertRulesOptions options)
    {
        _options = options;
        _line = line;
        IReadOnlyList<AlertRule> rules = options.InForce();
        _findingRules = [.. rules.Where(rule => rule.Kind == AlertRuleKind.Finding && (rule.Lines.Count == 0 || (line is not null && rule.Lines.Contains(line.Id))))];
        _signals = new SignalTrack[line?.Signals.Count ?? 0];
        foreach (Machine machine in line?.Machines ?? [])
        {
            AlertRule[] applying = [.. rules.Where(rule => rule.Kind != AlertRuleKind.Finding && rule.AppliesTo(line!, machine))];
            Build(line!, machine, applying);
        }

        _waiting = [.. _watches.Where(watch => watch.IsWaiting)];
    }

    /// <summary>The newest event time seen.</summary>
    public DateTime EventTime { get; private set; } = DateTime.UnixEpoch;

    /// <summary>Grows with every change that must survive a restart: of a machine's state, a condition, a finding. Times of silence do not count.</summary>
    public long Changes => _changes.Value;

    /// <summary>Alerts that stand, by this engine.</summary>
    public int Active => _watches.Count(watch => watch.IsActive);

    /// <summary>What other engines found and have not said to be over.</summary>
    public IEnumerable<AlertFinding> Standing => _watches.Where(watch => watch.Timer.Condition).Select(watch => watch.Finding).OfType<AlertFinding>();

    /// <summary>Takes a reading. Historical readings recompute figures elsewhere but raise no live alerts.</summary>
    public void Take(in Reading reading, long position, List<RuleOutcome> outcomes)
    {
        int index = _line?.Signals.IndexOf(reading.Signal) ?? -1;
        if (index < 0 || (reading.Flags & ReadingFlags.Historical) != 0)
        {
            return;
        }

        ref SignalTrack track = ref _signals[index];
        MachineWatches machine = track.Machine;
        if (track.IsLookedAt)
        {
            // Late readings are the figures' business; an alert is about now.
            if (reading.EventTime < track.EventTime)
            {
                return;
            }

            track.EventTime = reading.EventTime;
            Look(track, reading, position, outcomes);
        }

        // A message's signals have one event time: the first of them says that the machine is alive.
        EventTime = reading.EventTime > EventTime ? reading.EventTime : EventTime;
        if (reading.EventTime > machine.Alive && (reading.Flags & ReadingFlags.Stale) == 0)
        {
            machine.Alive = reading.EventTime;
            foreach (RuleWatch watch in machine.Silence)
            {
                watch.OnAlive(reading.EventTime, position, outcomes);
            }
        }
    }

    private void Look(in SignalTrack track, in Reading reading, long position, List<RuleOutcome> outcomes)
    {
        if (TellsState(reading.Signal))
        {
            TakeState(reading, track.Machine, position, outcomes);
        }

        if (track.Values.Length > 0 && double.IsFinite(reading.Value))
        {
            foreach (RuleWatch watch in track.Values)
            {
                watch.OnValue(reading.Value, reading.EventTime, position, outcomes);
            }
        }
    }

    private void TakeState(in Reading reading, MachineWatches machine, long position, List<RuleOutcome> outcomes)
    {
        MachineBucket bucket = machine.Bucket;
        ((int?, int?, int?) codes, bool wasPlanned) = (bucket.Codes, IsPlanned(bucket.Now));
        bucket.Update(reading.Signal.Role, reading.Value, reading.Flags);
        _changes.Value += codes == bucket.Codes ? 0 : 1;
        foreach (RuleWatch watch in machine.OfBucket)
        {
            watch.OnBucket(bucket.Now, IsExplained(watch), reading.EventTime, position, outcomes);
        }

        if (wasPlanned == IsPlanned(bucket.Now))
        {
            return;
        }

        foreach (RuleWatch watch in _waiting)
        {
            if (watch.Source.Machine != reading.Signal.Path.Machine)
            {
                watch.OnBucket(_machines[watch.Source.Machine].Bucket.Now, IsExplained(watch), reading.EventTime, position, outcomes);
            }
        }
    }

    /// <summary>Whether a machine that the watched one waits for stands as planned, or because somebody works on it.</summary>
    private bool IsExplained(RuleWatch watch)
    {
        if (!watch.IsWaiting || _line is null)
        {
            return false;
        }

        int here = _line.IndexOf(watch.Source.Machine);
        for (int i = 0; i < _line.Machines.Count; i++)
        {
            if (_line.CanWaitFor(here, i, watch.Cause) && IsPlanned(_machines[_line.Machines[i].Id].Bucket.Now))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TellsState(Signal signal) => signal.Role is SignalRole.State or SignalRole.Mode or SignalRole.Program;

    private static MachineState StateOf(MachineBucket bucket) => new(bucket.Codes.State, bucket.Codes.Mode, bucket.Codes.Program, bucket.OfState);

    private static bool IsPlanned(Bucket bucket) =>
        bucket is Bucket.PlannedDown or Bucket.SetUp or Bucket.Waiting or Bucket.UnplannedMaintenance or Bucket.NotScheduled;

    /// <summary>Takes what another engine found.</summary>
    public void Take(AlertFinding finding, List<RuleOutcome> outcomes)
    {
        Machine? machine = MachineOf(finding.Source);
        foreach (AlertRule rule in _findingRules)
        {
            if (rule.Detector == finding.Detector && (machine is null || rule.AppliesTo(_line!, machine)))
            {
                RuleWatch watch = Watch(rule, finding.Source, machine, signal: null);
                if (machine is not null)
                {
                    watch.OnBucket(_machines[machine.Id].Bucket.Now, isExplained: false, finding.EventTime, finding.JournalPosition, outcomes);
                }

                watch.OnFinding(finding, outcomes);
            }
        }
    }

    /// <summary>
    /// Lets event time pass while nothing arrives: delays run out, machines fall silent. Called with the clock's time
    /// as far as everything that came was taken, and not at all while a backlog is read.
    /// </summary>
    public void Advance(DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        // Readings of one machine bring the line up to their event time, but only here do the others get older.
        if (eventTime < EventTime || eventTime <= _advancedTo)
        {
            return;
        }

        EventTime = _advancedTo = eventTime;
        foreach (RuleWatch watch in _watches)
        {
            watch.Advance(eventTime, position, outcomes);
        }
    }

    /// <summary>Everything that must survive a restart.</summary>
    public RuleSnapshot Snapshot() => new()
    {
        EventTime = EventTime,
        Watches = _watches
            .Where(watch => watch.Timer.Since > DateTime.UnixEpoch || watch.IsSuppressed)
            .ToDictionary(
                watch => watch.Key,
                watch => new RuleWatchState
                {
                    Timer = watch.Timer.Snapshot(),
                    Value = double.IsFinite(watch.Value) ? watch.Value : null,
                    Finding = watch.Finding,
                    IsSuppressed = watch.IsSuppressed,
                    Bucket = watch.Bucket,
                    Rule = watch.Rule.Name,
                    Source = watch.Source,
                }),
        Machines = _machines.ToDictionary(machine => machine.Key, machine => StateOf(machine.Value.Bucket)),
    };

    /// <summary>Takes up where a snapshot left off; what is no longer configured is forgotten.</summary>
    public void Restore(RuleSnapshot snapshot)
    {
        EventTime = snapshot.EventTime;
        foreach (RuleWatchState state in snapshot.Watches.Values)
        {
            AlertRule? finding = _findingRules.FirstOrDefault(rule => rule.Name == state.Rule);
            RuleWatch? watch = finding is null
                ? _byKey.GetValueOrDefault(AlertBook.OpenKey(state.Rule, state.Source))
                : Watch(finding, state.Source, MachineOf(state.Source), signal: null);
            if (watch is not null)
            {
                watch.Timer.Restore(state.Timer);
                watch.Value = state.Value ?? double.NaN;
                watch.Finding = state.Finding;
                watch.IsSuppressed = state.IsSuppressed;
                watch.Bucket = state.Bucket;
            }
        }

        foreach ((string id, MachineState state) in snapshot.Machines)
        {
            _machines.GetValueOrDefault(id)?.Bucket.Restore((state.State, state.Mode, state.Program), state.Bucket);
        }
    }

    private void Build(Line line, Machine machine, AlertRule[] rules)
    {
        MachineWatches watches = _machines[machine.Id] = new MachineWatches(machine);
        AlertSource whole = new(line.Id, machine.Id);
        watches.Silence.AddRange(rules.Where(rule => rule.Kind == AlertRuleKind.Silence).Select(rule => Watch(rule, whole, machine, null)));
        foreach (AlertRule rule in rules.Where(rule => rule.Kind == AlertRuleKind.State))
        {
            _ = Watch(rule, whole, machine, signal: null);
        }

        foreach (Signal signal in machine.Signals)
        {
            RuleWatch[] values =
            [
                .. rules
                    .Where(rule => rule.Kind is AlertRuleKind.Threshold or AlertRuleKind.Rate && rule.Signals.Contains(signal.Path.Signal))
                    .Select(rule => Watch(rule, AlertSource.Of(signal.Path), machine, signal)),
            ];
            _signals[line.Signals.IndexOf(signal)] = new SignalTrack
            {
                EventTime = DateTime.UnixEpoch, Values = values, Machine = watches, IsLookedAt = values.Length > 0 || TellsState(signal),
            };
        }
    }

    private Machine? MachineOf(AlertSource source) => _line?.Machines.FirstOrDefault(machine => machine.Id == source.Machine);

    private RuleWatch Watch(AlertRule rule, AlertSource source, Machine? machine, Signal? signal)
    {
        string key = AlertBook.OpenKey(rule.Name, source);
        if (!_byKey.TryGetValue(key, out RuleWatch? watch))
        {
            ConditionTimer timer = new(rule.OnDelay, rule.OffDelay, _options.FlapTransitions, _options.FlapWindow, _options.FlapHold);
            watch = new RuleWatch(rule, source, Cause(rule), machine, signal, timer, _line?.Shifts, _changes);
            _byKey[key] = watch;
            _watches.Add(watch);
            if (machine is not null && (rule.Kind == AlertRuleKind.State || rule.SuppressedIn.Count > 0))
            {
                _machines[machine.Id].OfBucket.Add(watch);
            }
        }

        return watch;
    }

    private static AlertCause Cause(AlertRule rule) => rule.Kind switch
    {
        AlertRuleKind.Silence => AlertCause.Silence,
        AlertRuleKind.State when rule.Buckets.Contains(Bucket.ExternalFailure) => AlertCause.ExternalFailure,
        AlertRuleKind.State when rule.Buckets.Contains(Bucket.OwnFailure) => AlertCause.OwnFailure,
        AlertRuleKind.State when rule.Buckets.Contains(Bucket.Lack) => AlertCause.Starved,
        AlertRuleKind.State when rule.Buckets.Contains(Bucket.Tailback) => AlertCause.Blocked,
        AlertRuleKind.State when rule.Buckets.Contains(Bucket.LackBranchLine) || rule.Buckets.Contains(Bucket.TailbackBranchLine) => AlertCause.Material,
        _ => AlertCause.Process,
    };

    /// <summary>What looks at one signal; side by side in memory, since every reading touches one.</summary>
    private struct SignalTrack
    {
        /// <summary>Newest event time of the signal; not kept where nothing looks at it but at its machine.</summary>
        public required DateTime EventTime;

        public required bool IsLookedAt { get; init; }

        public required RuleWatch[] Values { get; init; }

        public required MachineWatches Machine { get; init; }
    }

    /// <summary>What a machine does, and what looks at it as a whole.</summary>
    private sealed class MachineWatches(Machine machine)
    {
        public MachineBucket Bucket { get; } = new(machine);

        public List<RuleWatch> OfBucket { get; } = [];

        public List<RuleWatch> Silence { get; } = [];

        /// <summary>Newest event time of the machine, over all its signals.</summary>
        public DateTime Alive { get; set; } = DateTime.UnixEpoch;
    }
}
