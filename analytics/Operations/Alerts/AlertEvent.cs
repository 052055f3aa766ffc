namespace Linewatch.Operations.Alerts;

/// <summary>One entry of an alert's history.</summary>
public sealed record AlertEvent
{
    /// <summary>Position in the alert's history, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>What happened.</summary>
    public required AlertEventKind Kind { get; init; }

    /// <summary>When: event time for what machines did, the clock's for what people did. UTC.</summary>
    public required DateTime HappenedAt { get; init; }

    /// <summary>Who; null for machines and rules.</summary>
    public string? Author { get; init; }

    /// <summary>Message, comment or reason.</summary>
    public required string Text { get; init; }

    /// <summary>Whether people were called: raised while not silenced, and not merely following from an incident that stands.</summary>
    public bool Annunciated { get; init; }
}

/// <summary>What can happen to an alert.</summary>
public enum AlertEventKind
{
    /// <summary>The condition began.</summary>
    Raised,

    /// <summary>The condition came back before the alert was closed.</summary>
    RaisedAgain,

    /// <summary>The condition went away.</summary>
    Cleared,

    /// <summary>Somebody has seen it.</summary>
    Acknowledged,

    /// <summary>Somebody let go of a latched alert.</summary>
    Reset,

    /// <summary>Silenced.</summary>
    Silenced,

    /// <summary>No longer silenced.</summary>
    Unsilenced,

    /// <summary>Given to somebody.</summary>
    Assigned,

    /// <summary>Somebody wrote something.</summary>
    Commented,
}
