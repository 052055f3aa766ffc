namespace Linewatch.Operations.WorkOrders;

/// <summary>One piece of maintenance, from proposal to closing. Immutable; every change has a new <see cref="Version"/>.</summary>
public sealed record WorkOrder
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>What is to be done, for people.</summary>
    public required string Title { get; init; }

    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>What is repaired or replaced, for instance "main bearing".</summary>
    public required string Component { get; init; }

    /// <summary>How far it has come.</summary>
    public required WorkOrderState State { get; init; }

    /// <summary>How much it matters against other orders.</summary>
    public required WorkOrderPriority Priority { get; init; }

    /// <summary>What it came from: <c>forecast</c>, <c>calendar</c>, <c>meter</c>, <c>alert</c> or <c>person</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The evidence, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Earlier than this would waste life of the component. UTC.</summary>
    public required DateTime DueEarliest { get; init; }

    /// <summary>Later than this risks a failure. UTC.</summary>
    public required DateTime DueLatest { get; init; }

    /// <summary>Planned start, UTC; null until scheduled.</summary>
    public DateTime? ScheduledStart { get; init; }

    /// <summary>Planned end, UTC; null until scheduled.</summary>
    public DateTime? ScheduledEnd { get; init; }

    /// <summary>Who does it; null = nobody yet.</summary>
    public string? Assignee { get; init; }

    /// <summary>When the forecast expects the failure, UTC; null without a forecast.</summary>
    public DateTime? PredictedAt { get; init; }

    /// <summary>When work began, UTC; null until then.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it was done or cancelled, UTC; null until then.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>What was found; null until somebody says.</summary>
    public WorkOrderFinding? Finding { get; init; }

    /// <summary>What was found, in words.</summary>
    public string? FindingText { get; init; }

    /// <summary>The wear signal before the work, in its unit.</summary>
    public double? MeasuredBefore { get; init; }

    /// <summary>The wear signal after the work, in its unit.</summary>
    public double? MeasuredAfter { get; init; }

    /// <summary>Its id in an outside CMMS; null where there is none.</summary>
    public string? ExternalId { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it last changed, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Grows by one with every change; the SEQUENCE of its calendar entry.</summary>
    public required long Version { get; init; }

    /// <summary>Whether anything remains to be done.</summary>
    public bool IsOpen => State is not (WorkOrderState.Done or WorkOrderState.Cancelled);
}

/// <summary>How much an order matters against others.</summary>
public enum WorkOrderPriority
{
    /// <summary>When convenient.</summary>
    Low,

    /// <summary>Within its due window.</summary>
    Medium,

    /// <summary>Before others.</summary>
    High,

    /// <summary>At once.</summary>
    Urgent,
}
