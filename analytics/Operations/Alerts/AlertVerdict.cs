using Linewatch.Analytics.Anomalies;

namespace Linewatch.Operations.Alerts;

/// <summary>What a person said about an alert.</summary>
public sealed record AlertVerdict
{
    /// <summary>The alert.</summary>
    public required string AlertId { get; init; }

    /// <summary>The rule or detector that raised it.</summary>
    public required string Rule { get; init; }

    /// <summary>Kind and version of the detector that found it, such as <c>duty 2</c>; null where the rule looked itself.</summary>
    public string? FoundBy { get; init; }

    /// <summary>Line id; empty for the whole plant.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id; empty for the line as a whole.</summary>
    public required string Machine { get; init; }

    /// <summary>Signal id, or null.</summary>
    public string? Signal { get; init; }

    /// <summary>Where the alert comes from.</summary>
    public AlertSource Source => new(Line, Machine, Signal);

    /// <summary>What was said.</summary>
    public required Judgement Verdict { get; init; }

    /// <summary>Who said it.</summary>
    public required string Author { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime JudgedAt { get; init; }
}
