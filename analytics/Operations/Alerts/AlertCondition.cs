namespace Linewatch.Operations.Alerts;

/// <summary>A condition that a rule or detector found at one event time: what <see cref="AlertBook.RaiseAsync"/> takes.</summary>
public sealed record AlertCondition
{
    /// <summary>Name of the rule or detector.</summary>
    public required string Rule { get; init; }

    /// <summary>Kind and version of the detector that found it, such as <c>duty 2</c>; null where the rule looked itself.</summary>
    public string? FoundBy { get; init; }

    /// <summary>Where it was found.</summary>
    public required AlertSource Source { get; init; }

    /// <summary>What kind of thing it tells of; decides how it folds into incidents. Default: a value or finding.</summary>
    public AlertCause Cause { get; init; } = AlertCause.Process;

    /// <summary>How soon somebody must act.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it began at the machine, UTC. With rule and source it identifies the event: raising it again does nothing.</summary>
    public required DateTime EventTime { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>The value that broke the rule, in <see cref="Unit"/>; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>Lower end of what was expected; null = no lower end.</summary>
    public double? ExpectedLower { get; init; }

    /// <summary>Upper end of what was expected; null = no upper end.</summary>
    public double? ExpectedUpper { get; init; }

    /// <summary>UCUM unit of the value and the expected band.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Stays after the condition is gone until somebody resets it.</summary>
    public bool Latched { get; init; }

    /// <summary>Journal position of the message it came from; 0 where it came from none.</summary>
    public long JournalPosition { get; init; }

    /// <summary>Rule and source: at most one alert of the same key is open.</summary>
    internal string OpenKey => AlertBook.OpenKey(Rule, Source);

    internal string EventKey(string kind) => $"{OpenKey}|{kind}|{EventTime:O}";
}
