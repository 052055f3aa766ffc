namespace Linewatch.Operations.WorkOrders;

/// <summary>A calendar feed of scheduled work that somebody subscribed to. The secret in its address is told once and kept only as a hash.</summary>
public sealed record CalendarFeed
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Who or what reads it, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Line id; null = every line.</summary>
    public string? Line { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was revoked, UTC; null while it can be read.</summary>
    public DateTime? RevokedAt { get; init; }

    /// <summary>Who revoked it.</summary>
    public string? RevokedBy { get; init; }

    /// <summary>When it was last read, to the hour, UTC; null = never.</summary>
    public DateTime? ReadAt { get; init; }
}
