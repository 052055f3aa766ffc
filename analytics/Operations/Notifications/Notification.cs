namespace Linewatch.Operations.Notifications;

/// <summary>One thing to tell one channel.</summary>
public sealed record Notification
{
    /// <summary>Identifier; the receiver knows a repetition by it (Message-ID, Idempotency-Key).</summary>
    public required string Id { get; init; }

    /// <summary>The incident it tells of, or null.</summary>
    public string? IncidentId { get; init; }

    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Step of the route, from 0; later ones are escalation.</summary>
    public required long Step { get; init; }

    /// <summary>One line for people.</summary>
    public required string Subject { get; init; }

    /// <summary>Text for people.</summary>
    public required string Body { get; init; }

    /// <summary>JSON for machines.</summary>
    public required string Payload { get; init; }

    /// <summary>When it was decided, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Not before, UTC; moves on with each failed attempt.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>How far it is.</summary>
    public required NotificationState State { get; init; }

    /// <summary>Failed attempts so far.</summary>
    public required long Attempts { get; init; }

    /// <summary>When it was sent, given up or cancelled, UTC.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Why the last attempt failed; empty when none did.</summary>
    public required string LastError { get; init; }

    /// <summary>What goes along where the channel can carry it; empty in lists.</summary>
    public IReadOnlyList<NotificationFile> Files { get; init; } = [];
}

/// <summary>How far a notification is.</summary>
public enum NotificationState
{
    /// <summary>To be sent.</summary>
    Pending,

    /// <summary>The channel took it.</summary>
    Sent,

    /// <summary>No longer needed: acknowledged, over, or part of another incident.</summary>
    Cancelled,

    /// <summary>Given up: refused for good, or not deliverable for too long.</summary>
    Failed,

    /// <summary>Never sent: what it tells of was long past when it could have gone out.</summary>
    Stale,
}
