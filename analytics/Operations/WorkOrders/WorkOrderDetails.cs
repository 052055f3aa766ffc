namespace Linewatch.Operations.WorkOrders;

/// <summary>What belongs to an order besides its state.</summary>
/// <param name="Checklist">Points to check off, in order.</param>
/// <param name="Parts">Parts used.</param>
/// <param name="Labour">Work done.</param>
/// <param name="Attachments">Files, without their content.</param>
public sealed record WorkOrderDetails(
    IReadOnlyList<WorkOrderCheck> Checklist,
    IReadOnlyList<WorkOrderPart> Parts,
    IReadOnlyList<WorkOrderLabour> Labour,
    IReadOnlyList<WorkOrderAttachment> Attachments)
{
    /// <summary>Parts and labour, in the plant's currency.</summary>
    public decimal Cost => Parts.Sum(part => part.Cost) + Labour.Sum(labour => labour.Cost);
}

/// <summary>A point to check off.</summary>
public sealed record WorkOrderCheck
{
    /// <summary>Position in the list, from 1.</summary>
    public required long Position { get; init; }

    /// <summary>What to check or do.</summary>
    public required string Text { get; init; }

    /// <summary>When it was done, UTC; null while open.</summary>
    public DateTime? DoneAt { get; init; }

    /// <summary>Who did it.</summary>
    public string? DoneBy { get; init; }
}

/// <summary>A part used.</summary>
public sealed record WorkOrderPart
{
    /// <summary>Number or name.</summary>
    public required string Part { get; init; }

    /// <summary>How many, above 0.</summary>
    public required double Quantity { get; init; }

    /// <summary>Cost of one, in hundredths of the plant's currency.</summary>
    public required long UnitCost { get; init; }

    /// <summary>Cost of all, in the plant's currency.</summary>
    public decimal Cost => Math.Round((decimal)Quantity * UnitCost) / 100;
}

/// <summary>Work done by one person.</summary>
public sealed record WorkOrderLabour
{
    /// <summary>Who.</summary>
    public required string Person { get; init; }

    /// <summary>How long, in minutes, above 0.</summary>
    public required long Minutes { get; init; }

    /// <summary>Cost of an hour, in hundredths of the plant's currency.</summary>
    public required long HourlyCost { get; init; }

    /// <summary>Cost, in the plant's currency.</summary>
    public decimal Cost => Math.Round(Minutes * HourlyCost / 60m) / 100;
}

/// <summary>A photo or file.</summary>
public sealed record WorkOrderAttachment
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>File name.</summary>
    public required string Name { get; init; }

    /// <summary>Media type.</summary>
    public required string ContentType { get; init; }

    /// <summary>When it was added, UTC.</summary>
    public required DateTime AddedAt { get; init; }

    /// <summary>Who added it.</summary>
    public required string AddedBy { get; init; }
}
