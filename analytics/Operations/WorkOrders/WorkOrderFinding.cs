namespace Linewatch.Operations.WorkOrders;

/// <summary>What was found when the component was opened; the prognosis learns from it.</summary>
public enum WorkOrderFinding
{
    /// <summary>It had failed.</summary>
    Failed,

    /// <summary>It was worn and would have failed soon.</summary>
    Worn,

    /// <summary>It was sound: the order came too early or for nothing.</summary>
    Sound,

    /// <summary>Something else was wrong.</summary>
    Other,
}
