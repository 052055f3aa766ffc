using System.ComponentModel.DataAnnotations;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Rules;

/// <summary>The rules that raise alerts; section <c>Operations:Alerts</c>.</summary>
public sealed class AlertRulesOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Operations:Alerts";

    /// <summary>The rules. Default: <see cref="BuiltIn"/>.</summary>
    public IList<AlertRule> Rules { get; } = [];

    /// <summary>Whether the built-in rules apply besides the configured ones. A configured rule of the same name replaces a built-in one. Default true.</summary>
    public bool UseBuiltIn { get; set; } = true;

    /// <summary>A condition that comes and goes more often than this within <see cref="FlapWindow"/> is held. Default 5 (ISA-18.2 reading: more than 5 transitions in 5 min chatters); 1–1000.</summary>
    [Range(1, 1000)]
    public int FlapTransitions { get; set; } = 5;

    /// <summary>See <see cref="FlapTransitions"/>. Default 5 min; 10 s – 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan FlapWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A held alert clears only after the condition was gone this long. Default 10 min; 0 – 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan FlapHold { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What every plant wants: a machine's own or an external failure, a branch line without material, a machine starved or
    /// blocked for long, silence while a shift runs, the findings of the other engines, and what is wrong with the ingest itself.
    /// Starved and blocked fold into the incident of their cause, and are no alert while the machine they wait for is in a planned stop.
    /// </summary>
    public static IReadOnlyList<AlertRule> BuiltIn { get; } =
    [
        State("own-failure", TimeSpan.FromMinutes(2), AlertSeverity.Medium, Bucket.OwnFailure),
        State("external-failure", TimeSpan.FromSeconds(30), AlertSeverity.High, Bucket.ExternalFailure),
        State("material", TimeSpan.FromMinutes(3), AlertSeverity.Low, Bucket.LackBranchLine, Bucket.TailbackBranchLine),
        State("starved", TimeSpan.FromMinutes(5), AlertSeverity.Low, Bucket.Lack),
        State("blocked", TimeSpan.FromMinutes(5), AlertSeverity.Low, Bucket.Tailback),
        new() { Name = "silent", Kind = AlertRuleKind.Silence, OnDelay = TimeSpan.FromMinutes(5), Severity = AlertSeverity.Medium },
        Finding(DetectorRules.Anomaly, AlertSeverity.Advisory),
        Finding(DetectorRules.SensorFault, AlertSeverity.Low),
        Finding(DetectorRules.Drift, AlertSeverity.Advisory),
        Finding("spc", AlertSeverity.Low),
        Finding("health", AlertSeverity.Low),
        Finding("balance", AlertSeverity.High, isLatched: true),
        Finding("broker-drops", AlertSeverity.High, isLatched: true),
        Finding("journal-failure", AlertSeverity.High),
        Finding("journal-full", AlertSeverity.High, TimeSpan.FromSeconds(30)),
        Finding("consumer-failing", AlertSeverity.Medium, TimeSpan.FromSeconds(30)),
        Finding("silent-signal", AlertSeverity.Low),
        Finding("stuck-signal", AlertSeverity.Low),
        Finding("clock-drift", AlertSeverity.Low),
        Finding("plant-file", AlertSeverity.Low),
    ];

    /// <summary>The rules in force.</summary>
    public IReadOnlyList<AlertRule> InForce() =>
    [
        .. Rules,
        .. UseBuiltIn ? BuiltIn.Where(rule => Rules.All(own => own.Name != rule.Name)) : [],
    ];

    /// <summary>Names of the rules in force that pass on what one detector finds.</summary>
    public IReadOnlySet<string> Over(string detector) =>
        InForce().Where(rule => rule.Kind == AlertRuleKind.Finding && rule.Detector == detector).Select(rule => rule.Name).ToHashSet(StringComparer.Ordinal);

    private static AlertRule State(string name, TimeSpan onDelay, AlertSeverity severity, params ReadOnlySpan<Bucket> buckets)
    {
        AlertRule rule = new() { Name = name, Kind = AlertRuleKind.State, OnDelay = onDelay, OffDelay = TimeSpan.FromSeconds(15), Severity = severity };
        foreach (Bucket bucket in buckets)
        {
            rule.Buckets.Add(bucket);
        }

        return rule;
    }

    private static AlertRule Finding(string detector, AlertSeverity severity, TimeSpan onDelay = default, bool isLatched = false) =>
        new() { Name = detector, Kind = AlertRuleKind.Finding, Detector = detector, Severity = severity, OnDelay = onDelay, Latched = isLatched };
}

/// <summary>Checks <see cref="AlertRulesOptions"/> at start; every fault is reported.</summary>
internal sealed class AlertRulesOptionsValidator : IValidateOptions<AlertRulesOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertRulesOptions options)
    {
        List<string> faults = [];
        CheckAttributes(options, AlertRulesOptions.Section, faults);
        for (int i = 0; i < options.Rules.Count; i++)
        {
            Check(options.Rules[i], $"{AlertRulesOptions.Section}:Rules:{i}", faults);
        }

        foreach (string twice in options.Rules.GroupBy(rule => rule.Name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            faults.Add($"{AlertRulesOptions.Section}:Rules: the name \"{twice}\" is used twice");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check(AlertRule rule, string where, List<string> faults)
    {
        CheckAttributes(rule, where, faults);
        string? fault = rule.Kind switch
        {
            AlertRuleKind.Threshold or AlertRuleKind.Rate when rule.Signals.Count == 0 => "Signals is empty; name at least one signal",
            AlertRuleKind.Threshold when rule.Above is null && rule.Below is null => "neither Above nor Below is given",
            AlertRuleKind.Threshold when rule.Above <= rule.Below => $"Above ({rule.Above}) is not greater than Below ({rule.Below})",
            AlertRuleKind.Rate when rule.RatePerMinute is null or 0 => "RatePerMinute is missing or 0",
            AlertRuleKind.State when rule.Buckets.Count == 0 => $"Buckets is empty; allowed: {string.Join(", ", Enum.GetNames<Bucket>())}",
            AlertRuleKind.Silence when rule.OnDelay <= TimeSpan.Zero => "OnDelay is 0; silence needs a time",
            AlertRuleKind.Finding when rule.Detector.Length == 0 => "Detector is empty; for instance anomaly, spc, health, balance",
            _ => null,
        };
        if (fault is not null)
        {
            faults.Add($"{where}: {fault}");
        }
    }

    private static void CheckAttributes(object value, string where, List<string> faults)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        faults.AddRange(results.Select(result => $"{where}: {result.ErrorMessage}"));
    }
}
