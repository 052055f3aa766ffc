namespace Linewatch.Operations.WorkOrders;

/// <summary>How far a work order has come.</summary>
public enum WorkOrderState
{
    /// <summary>Suggested by a forecast, a meter or a calendar; nobody has decided.</summary>
    Proposed,

    /// <summary>To be done; no time fixed.</summary>
    Approved,

    /// <summary>Has a start and an end.</summary>
    Scheduled,

    /// <summary>Being worked on.</summary>
    InProgress,

    /// <summary>Finished.</summary>
    Done,

    /// <summary>Will not be done.</summary>
    Cancelled,
}
