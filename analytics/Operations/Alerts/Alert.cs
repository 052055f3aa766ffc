namespace Linewatch.Operations.Alerts;

/// <summary>One alert as it stands now. Immutable; every change has a new <see cref="Version"/>.</summary>
public sealed record Alert
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the rule or detector.</summary>
    public required string Rule { get; init; }

    /// <summary>Kind and version of the detector that found it at the last occurrence, such as <c>duty 2</c>; null where the rule looked itself.</summary>
    public string? FoundBy { get; init; }

    /// <summary>Line id; empty for the whole plant.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id; empty for the line as a whole.</summary>
    public required string Machine { get; init; }

    /// <summary>Signal id, or null.</summary>
    public string? Signal { get; init; }

    /// <summary>What kind of thing it tells of.</summary>
    public required AlertCause Cause { get; init; }

    /// <summary>The incident it is part of; null while it is silenced.</summary>
    public string? IncidentId { get; init; }

    /// <summary>How soon somebody must act.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Its own ISA-18.2 state A–F, whether or not it is silenced now.</summary>
    public required AlertState State { get; init; }

    /// <summary>Stays after the condition is gone until somebody resets it.</summary>
    public bool Latched { get; init; }

    /// <summary>Event time of the first occurrence, UTC.</summary>
    public required DateTime RaisedAt { get; init; }

    /// <summary>Event time of the last occurrence, UTC; later than <see cref="RaisedAt"/> when it came back before it was closed.</summary>
    public required DateTime LastRaisedAt { get; init; }

    /// <summary>How often it was raised while open, 1 or more.</summary>
    public required long Occurrences { get; init; }

    /// <summary>The value that broke the rule at the last occurrence.</summary>
    public double? Value { get; init; }

    /// <summary>Lower end of what was expected; null = no lower end.</summary>
    public double? ExpectedLower { get; init; }

    /// <summary>Upper end of what was expected; null = no upper end.</summary>
    public double? ExpectedUpper { get; init; }

    /// <summary>UCUM unit of the value and the band.</summary>
    public required string Unit { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>When somebody acknowledged the last occurrence, UTC.</summary>
    public DateTime? AcknowledgedAt { get; init; }

    /// <summary>Who.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Event time at which the condition went away; null while it stands.</summary>
    public DateTime? ClearedAt { get; init; }

    /// <summary>Who looks after it; null = nobody yet.</summary>
    public string? Assignee { get; init; }

    /// <summary>Journal position of the message it came from; 0 where it came from none.</summary>
    public required long JournalPosition { get; init; }

    /// <summary>Grows by one with every change of this alert.</summary>
    public required long Version { get; init; }

    /// <summary>How it is silenced now (G, H or I), or null when it is annunciated.</summary>
    public AlertState? Silenced { get; init; }

    /// <summary>When the silence ends by itself, UTC; null when it is not silenced.</summary>
    public DateTime? SilencedUntil { get; init; }

    /// <summary>The state shown to people: the silence while it lasts, else the alert's own state.</summary>
    public AlertState ShownState => Silenced ?? State;

    /// <summary>Whether anybody still has to do something about it.</summary>
    public bool IsOpen => State != AlertState.Normal;

    /// <summary>Whether the condition stands.</summary>
    public bool IsActive => State is AlertState.Unacknowledged or AlertState.Acknowledged;

    /// <summary>Where it comes from.</summary>
    public AlertSource Source => new(Line, Machine, Signal);
}
