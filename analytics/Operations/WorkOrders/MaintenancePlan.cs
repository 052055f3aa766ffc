namespace Linewatch.Operations.WorkOrders;

/// <summary>Preventive maintenance that recurs by calendar or by meter.</summary>
public sealed record MaintenancePlan
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>What is to be done, for people.</summary>
    public required string Title { get; init; }

    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>What is looked after.</summary>
    public required string Component { get; init; }

    /// <summary>Points to check off, one a line; may be empty.</summary>
    public string Checklist { get; init; } = "";

    /// <summary>By calendar: Quartz cron expression of the due times, seconds first, in the plant's zone; null = by meter.</summary>
    public string? Cron { get; init; }

    /// <summary>By meter: path of the signal (running hours, cycles, bottles; cumulative); null = by calendar.</summary>
    public string? Meter { get; init; }

    /// <summary>By meter: due each time the meter has grown by this much, above 0.</summary>
    public double? MeterEvery { get; init; }

    /// <summary>How long before it is due the order is opened, in hours. Default 168; 1–8760. By meter: how long there is to do it.</summary>
    public long LeadHours { get; init; } = 168;

    /// <summary>By calendar: the due time that an order was last opened for; at first when the plan was made. UTC.</summary>
    public DateTime LastDue { get; init; }

    /// <summary>By meter: the reading that an order was last opened for; null before the first reading.</summary>
    public double? LastMeter { get; init; }
}
