namespace Linewatch.Operations.WorkOrders;

/// <summary>What a work order answers.</summary>
public sealed record WorkOrderLink
{
    /// <summary>What kind of thing.</summary>
    public required WorkOrderLinkKind Kind { get; init; }

    /// <summary>A stop as <c>line/stop id</c>, or the id of an incident.</summary>
    public required string Target { get; init; }

    /// <summary>When it was linked, UTC.</summary>
    public required DateTime LinkedAt { get; init; }

    /// <summary>Who linked it.</summary>
    public required string LinkedBy { get; init; }
}

/// <summary>What a work order can answer.</summary>
public enum WorkOrderLinkKind
{
    /// <summary>Downtime: a stop of a machine, as the shift records name it.</summary>
    Stop,

    /// <summary>An incident.</summary>
    Incident,
}

/// <summary>A stop that a work order answers, with what the closed shift says of it.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Stop">Id of the stop on its line.</param>
/// <param name="Machine">The machine that stood.</param>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC; null while its shift runs.</param>
/// <param name="Reason">Id in the plant's reason tree; null = unexplained, or its shift still runs.</param>
/// <param name="Lost">Time lost at the critical machine for it; null while its shift runs.</param>
public sealed record LinkedStop(string Line, string Stop, string Machine, DateTime Start, DateTime? End, string? Reason, TimeSpan? Lost);
