using System.Globalization;
using System.Runtime.CompilerServices;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;

namespace Linewatch.Operations.Rules;

/// <summary>One rule watching one source: the condition, its timer and its suppression; every change of one is counted in <c>changes</c>.</summary>
internal sealed class RuleWatch(AlertRule rule, AlertSource source, AlertCause cause, Machine? machine, Signal? signal, ConditionTimer timer, ShiftPlan? shifts, StrongBox<long> changes)
{
    /// <summary>A rate is taken over at most this many readings; more are thinned, so memory stays bounded.</summary>
    private const int MostRateReadings = 240;

    private readonly Queue<(DateTime EventTime, double Value)> _recent = new();
    private DateTime _lastKept = DateTime.UnixEpoch;
    private AlertFinding? _finding;
    private double _value = double.NaN;
    private bool _isSuppressed;
    private Bucket _bucket = Bucket.NoData;

    public AlertRule Rule => rule;

    public AlertSource Source => source;

    public string Key => AlertBook.OpenKey(rule.Name, source);

    public bool IsActive => timer.IsActive;

    /// <summary>Whether it watches the machine wait for a neighbour.</summary>
    public bool IsWaiting => cause is AlertCause.Starved or AlertCause.Blocked;

    /// <summary>What kind of thing its alerts tell of.</summary>
    public AlertCause Cause => cause;

    public ConditionTimer Timer => timer;

    public double Value
    {
        get => _value;
        set => _value = value;
    }

    /// <summary>The last finding, for its words; null for rules that look themselves.</summary>
    public AlertFinding? Finding
    {
        get => _finding;
        set => _finding = value;
    }

    /// <summary>The bucket that made the condition, for its words.</summary>
    public Bucket Bucket
    {
        get => _bucket;
        set => _bucket = value;
    }

    public bool IsSuppressed
    {
        get => _isSuppressed;
        set => _isSuppressed = value;
    }

    /// <summary>Takes a value of the watched signal.</summary>
    public void OnValue(double value, DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        _value = value;
        bool condition = rule.Kind == AlertRuleKind.Threshold ? IsOutside(value) : IsTooFast(value, eventTime);
        Update(condition, eventTime, position, outcomes);
    }

    /// <summary>Takes the bucket the machine is in.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="isExplained">A machine that this one waits for is in a planned stop: waiting for it is no condition.</param>
    /// <param name="eventTime">When.</param>
    /// <param name="position">Journal position of the message.</param>
    /// <param name="outcomes">What follows is added here.</param>
    public void OnBucket(Bucket bucket, bool isExplained, DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        Suppress(rule.SuppressedIn.Contains(bucket), eventTime, position, outcomes);
        if (rule.Kind == AlertRuleKind.State)
        {
            bool condition = rule.Buckets.Contains(bucket) && !(isExplained && IsWaiting);
            if (condition && !timer.Condition)
            {
                _bucket = bucket;
            }

            Update(condition, eventTime, position, outcomes);
        }
    }

    /// <summary>
    /// Something arrived from the machine: it is not silent. The condition "nothing since" begins anew; a gap that is seen only
    /// now, when it is over, calls nobody.
    /// </summary>
    public void OnAlive(DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        if (timer.Restart(eventTime))
        {
            Tell(ConditionChange.Cleared, eventTime, position, outcomes);
        }
    }

    /// <summary>Takes a finding of another engine.</summary>
    public void OnFinding(AlertFinding finding, List<RuleOutcome> outcomes)
    {
        _finding = finding;
        _value = finding.Value ?? double.NaN;
        Update(finding.IsActive, finding.EventTime, finding.JournalPosition, outcomes);
    }

    /// <summary>Lets event time pass.</summary>
    public void Advance(DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        // A machine that is switched off after the last shift is no trouble: silence counts anew until a shift runs.
        if (rule.Kind == AlertRuleKind.Silence && timer is { IsActive: false, Condition: true } && eventTime - timer.Since >= rule.OnDelay
            && shifts is { Shifts.Count: > 0 } && (shifts.At(timer.Since) is null || shifts.At(timer.Since + rule.OnDelay) is null))
        {
            timer.Restart(eventTime);
            return;
        }

        Tell(timer.Advance(eventTime), timer.Since, position, outcomes);
    }

    private void Update(bool condition, DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        Advance(eventTime, position, outcomes);
        changes.Value += condition == timer.Condition ? 0 : 1;
        Tell(timer.Update(condition, eventTime), timer.Since, position, outcomes);
    }

    private void Tell(ConditionChange change, DateTime since, long position, List<RuleOutcome> outcomes)
    {
        if (change != ConditionChange.None)
        {
            changes.Value++;
            RuleOutcomeKind kind = change == ConditionChange.Raised ? RuleOutcomeKind.Raise : RuleOutcomeKind.Clear;
            outcomes.Add(new RuleOutcome(kind, Condition(since, position)));
        }
    }

    private void Suppress(bool suppress, DateTime eventTime, long position, List<RuleOutcome> outcomes)
    {
        if (suppress != _isSuppressed)
        {
            _isSuppressed = suppress;
            changes.Value++;
            outcomes.Add(new RuleOutcome(suppress ? RuleOutcomeKind.Suppress : RuleOutcomeKind.Unsuppress, Condition(eventTime, position)));
        }
    }

    private bool IsOutside(double value)
    {
        double back = timer.Condition ? rule.Deadband : 0;
        return value > rule.Above - back || value < rule.Below + back;
    }

    private bool IsTooFast(double value, DateTime eventTime)
    {
        while (_recent.TryPeek(out (DateTime EventTime, double Value) oldest) && eventTime - oldest.EventTime > rule.Window)
        {
            _recent.Dequeue();
        }

        bool tooFast = _recent.TryPeek(out (DateTime EventTime, double Value) first)
            && eventTime - first.EventTime >= rule.Window / 2
            && Exceeds((value - first.Value) / (eventTime - first.EventTime).TotalMinutes, rule.RatePerMinute!.Value);
        if (eventTime - _lastKept >= rule.Window / MostRateReadings)
        {
            _recent.Enqueue((eventTime, value));
            _lastKept = eventTime;
        }

        return tooFast;
    }

    private static bool Exceeds(double rate, double limit) => limit > 0 ? rate > limit : rate < limit;

    private AlertCondition Condition(DateTime eventTime, long position) => new()
    {
        Rule = rule.Name,
        FoundBy = _finding?.FoundBy,
        Source = source,
        Cause = cause,
        Severity = rule.Severity,
        EventTime = eventTime,
        Message = Message(),
        Value = double.IsFinite(_value) ? _value : null,
        ExpectedLower = _finding is null ? rule.Below : _finding.ExpectedLower,
        ExpectedUpper = _finding is null ? rule.Above : _finding.ExpectedUpper,
        Unit = _finding?.Unit ?? signal?.Unit ?? "",
        Latched = rule.Latched,
        JournalPosition = position,
    };

    private static string Words(Bucket bucket) => bucket switch
    {
        Bucket.OwnFailure => "has stopped by a fault of its own",
        Bucket.ExternalFailure => "has stopped by an external failure",
        Bucket.Lack => "is starved",
        Bucket.Tailback => "is blocked",
        Bucket.LackBranchLine => "waits for material of a branch line",
        Bucket.TailbackBranchLine => "cannot hand over to a branch line",
        Bucket.SetUp => "is in set-up",
        Bucket.Waiting => "waits for an operator or an order",
        Bucket.UnplannedMaintenance => "is in unplanned maintenance",
        Bucket.PlannedDown => "is in a planned stop",
        Bucket.Run => "runs",
        _ => "is in an unknown state",
    };

    private string Message()
    {
        string where = machine?.Name ?? source.Line;
        string value = string.Create(CultureInfo.InvariantCulture, $"{_value:0.###} {signal?.Unit}");
        return rule.Kind switch
        {
            AlertRuleKind.Threshold when _value < rule.Below => string.Create(CultureInfo.InvariantCulture, $"{where}: {signal?.Name} is {value}, below {rule.Below:0.###} {signal?.Unit}"),
            AlertRuleKind.Threshold => string.Create(CultureInfo.InvariantCulture, $"{where}: {signal?.Name} is {value}, above {rule.Above:0.###} {signal?.Unit}"),
            AlertRuleKind.Rate => string.Create(CultureInfo.InvariantCulture, $"{where}: {signal?.Name} changes by more than {rule.RatePerMinute:0.###} {signal?.Unit} a minute, now {value}"),
            AlertRuleKind.State => $"{where} {Words(_bucket)}",
            AlertRuleKind.Silence => $"{where} is silent: nothing is received from it",
            _ => _finding?.Message ?? "",
        };
    }
}
