namespace Linewatch.Operations.WorkOrders;

/// <summary>One entry of a work order's history.</summary>
public sealed record WorkOrderEvent
{
    /// <summary>Version of the order that this change made.</summary>
    public required long Sequence { get; init; }

    /// <summary>The state it moved to, or what else happened (<c>Proposed</c>, <c>Revised</c>, <c>Commented</c> …).</summary>
    public required string Kind { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime HappenedAt { get; init; }

    /// <summary>Who, a person or a job.</summary>
    public required string Author { get; init; }

    /// <summary>Comment, or what changed.</summary>
    public required string Text { get; init; }
}
