namespace Linewatch.Operations.WorkOrders;

/// <summary>Which work orders to list; a null property does not restrict.</summary>
public sealed record WorkOrderFilter
{
    /// <summary>Only orders that are neither done nor cancelled.</summary>
    public bool OpenOnly { get; init; }

    /// <summary>State.</summary>
    public WorkOrderState? State { get; init; }

    /// <summary>Line id.</summary>
    public string? Line { get; init; }

    /// <summary>Machine id.</summary>
    public string? Machine { get; init; }

    /// <summary>At most this many, most pressing first. Default 500; 1–10,000.</summary>
    public int Limit { get; init; } = 500;
}
