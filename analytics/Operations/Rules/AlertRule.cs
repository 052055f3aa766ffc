using System.ComponentModel.DataAnnotations;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;

namespace Linewatch.Operations.Rules;

/// <summary>What a rule looks at.</summary>
public enum AlertRuleKind
{
    /// <summary>A signal above <see cref="AlertRule.Above"/> or below <see cref="AlertRule.Below"/>.</summary>
    Threshold,

    /// <summary>A signal that changes faster than <see cref="AlertRule.RatePerMinute"/> over <see cref="AlertRule.Window"/>.</summary>
    Rate,

    /// <summary>A machine in one of <see cref="AlertRule.Buckets"/>.</summary>
    State,

    /// <summary>A machine of which nothing arrives for <see cref="AlertRule.OnDelay"/>.</summary>
    Silence,

    /// <summary>A finding of another engine: <see cref="AlertRule.Detector"/> names it (<c>anomaly</c>, <c>sensor-fault</c>, <c>spc</c>, <c>health</c>, <c>balance</c> and the others of <see cref="AlertRulesOptions.BuiltIn"/>).</summary>
    Finding,
}

/// <summary>One rule that raises alerts; an entry of section <c>Operations:Alerts:Rules</c>.</summary>
public sealed class AlertRule
{
    /// <summary>Identifier, unique among the rules; 1–100 characters.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; set; } = "";

    /// <summary>What it looks at.</summary>
    public AlertRuleKind Kind { get; set; }

    /// <summary>Line ids; empty = every line.</summary>
    public IList<string> Lines { get; } = [];

    /// <summary>Machine ids or kinds; empty = every machine.</summary>
    public IList<string> Machines { get; } = [];

    /// <summary>Signal ids (Threshold, Rate); empty = none.</summary>
    public IList<string> Signals { get; } = [];

    /// <summary>Threshold: alert above this, in the signal's unit; null = no upper limit.</summary>
    public double? Above { get; set; }

    /// <summary>Threshold: alert below this, in the signal's unit; null = no lower limit.</summary>
    public double? Below { get; set; }

    /// <summary>Threshold: how far the value must come back inside before the condition is gone. Default 0; 0 or more.</summary>
    [Range(0, double.MaxValue)]
    public double Deadband { get; set; }

    /// <summary>Rate: largest change a minute, in the signal's unit; a positive value watches rises, a negative one falls.</summary>
    public double? RatePerMinute { get; set; }

    /// <summary>Rate: the change is taken over this long. Default 5 min; 10 s – 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>State: the buckets that matter.</summary>
    public IList<Bucket> Buckets { get; } = [];

    /// <summary>Finding: name of the engine that reports.</summary>
    public string Detector { get; set; } = "";

    /// <summary>How long the condition must stand before it is an alert. Default 0; 0 – 7 days. Counted in event time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan OnDelay { get; set; }

    /// <summary>How long the condition must be gone before the alert clears. Default 0; 0 – 7 days. Counted in event time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan OffDelay { get; set; }

    /// <summary>How soon somebody must act. Default Low.</summary>
    public AlertSeverity Severity { get; set; } = AlertSeverity.Low;

    /// <summary>Stays until somebody resets it. Default false.</summary>
    public bool Latched { get; set; }

    /// <summary>Silenced by design while the machine is in one of these buckets, for instance PlannedDown. Whatever the kind of rule, as long as it is about a machine. Default none.</summary>
    public IList<Bucket> SuppressedIn { get; } = [];

    /// <summary>Whether the rule is about this machine.</summary>
    internal bool AppliesTo(Line line, Machine machine) =>
        (Lines.Count == 0 || Lines.Contains(line.Id))
        && (Machines.Count == 0 || Machines.Contains(machine.Id) || Machines.Contains(machine.Kind));
}
