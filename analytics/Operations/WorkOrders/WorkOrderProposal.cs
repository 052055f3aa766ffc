namespace Linewatch.Operations.WorkOrders;

/// <summary>What a forecast, a meter, a calendar or a person suggests to do.</summary>
public sealed record WorkOrderProposal
{
    /// <summary>What is to be done, for people.</summary>
    public required string Title { get; init; }

    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>What is repaired or replaced.</summary>
    public required string Component { get; init; }

    /// <summary>How much it matters.</summary>
    public WorkOrderPriority Priority { get; init; } = WorkOrderPriority.Medium;

    /// <summary>What it came from: <c>forecast</c>, <c>calendar</c>, <c>meter</c>, <c>alert</c> or <c>person</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The evidence, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Earlier would waste life, UTC.</summary>
    public required DateTime DueEarliest { get; init; }

    /// <summary>Later risks a failure, UTC; not before <see cref="DueEarliest"/>.</summary>
    public required DateTime DueLatest { get; init; }

    /// <summary>When the forecast expects the failure, UTC; null without a forecast.</summary>
    public DateTime? PredictedAt { get; init; }

    /// <summary>Points to check off; written when the order is opened.</summary>
    public IReadOnlyList<string> Checklist { get; init; } = [];

    /// <summary>Line, machine and component: at most one order of the same key is open.</summary>
    internal string OpenKey => WorkOrderBook.OpenKey(Line, Machine, Component);
}
