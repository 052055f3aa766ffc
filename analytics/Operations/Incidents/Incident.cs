using Linewatch.Operations.Alerts;

namespace Linewatch.Operations.Incidents;

/// <summary>One cause and every alert it brought about. Immutable; every change has a new <see cref="Version"/>.</summary>
public sealed record Incident
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of trouble it is.</summary>
    public required IncidentKind Kind { get; init; }

    /// <summary>What the alert at its root tells of.</summary>
    public required AlertCause Cause { get; init; }

    /// <summary>Line of the root; empty where several lines are hit.</summary>
    public required string Line { get; init; }

    /// <summary>Machine of the root; empty where several machines are hit.</summary>
    public required string Machine { get; init; }

    /// <summary>One sentence for people: what the root alert says.</summary>
    public required string Title { get; init; }

    /// <summary>The highest severity among its alerts.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Whether it goes on.</summary>
    public required IncidentState State { get; init; }

    /// <summary>Event time of its first alert, UTC.</summary>
    public required DateTime OpenedAt { get; init; }

    /// <summary>Event time at which its last condition was gone; null while one stands.</summary>
    public DateTime? ClosedAt { get; init; }

    /// <summary>The incident it turned out to be part of.</summary>
    public string? MergedInto { get; init; }

    /// <summary>When somebody acknowledged it, UTC.</summary>
    public DateTime? AcknowledgedAt { get; init; }

    /// <summary>Who.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Who looks after it; null = nobody yet.</summary>
    public string? Assignee { get; init; }

    /// <summary>Grows by one with every change.</summary>
    public required long Version { get; init; }
}

/// <summary>What kind of trouble an incident is.</summary>
public enum IncidentKind
{
    /// <summary>One machine, and the neighbours it starves or blocks.</summary>
    Machine,

    /// <summary>Something that several machines share: air, power, steam, cooling.</summary>
    Utility,

    /// <summary>Nothing is heard from several machines: the network, the broker or the way in.</summary>
    IngestSilence,
}

/// <summary>Whether an incident goes on.</summary>
public enum IncidentState
{
    /// <summary>At least one of its conditions stands.</summary>
    Open,

    /// <summary>All conditions are gone.</summary>
    Closed,

    /// <summary>It turned out to be part of another.</summary>
    Merged,
}
