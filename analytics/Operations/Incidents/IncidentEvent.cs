namespace Linewatch.Operations.Incidents;

/// <summary>One entry of an incident's history.</summary>
public sealed record IncidentEvent
{
    /// <summary>Version of the incident that this change made.</summary>
    public required long Sequence { get; init; }

    /// <summary>What happened.</summary>
    public required IncidentEventKind Kind { get; init; }

    /// <summary>When: event time for what machines did, the clock's for what people did. UTC.</summary>
    public required DateTime HappenedAt { get; init; }

    /// <summary>Who; null for machines and rules.</summary>
    public string? Author { get; init; }

    /// <summary>The alert, comment or assignee.</summary>
    public required string Text { get; init; }
}

/// <summary>What can happen to an incident.</summary>
public enum IncidentEventKind
{
    /// <summary>Its first alert.</summary>
    Opened,

    /// <summary>One more alert folded into it; a closed one opens again by it.</summary>
    Joined,

    /// <summary>It turned out to be part of another.</summary>
    Merged,

    /// <summary>Its last condition went away.</summary>
    Closed,

    /// <summary>Somebody has taken it on.</summary>
    Acknowledged,

    /// <summary>Given to somebody, or taken back.</summary>
    Assigned,

    /// <summary>Somebody wrote something.</summary>
    Commented,
}
