using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>A line at one event time: its running shift so far and what its machines do. Immutable.</summary>
/// <param name="Line">Line id.</param>
/// <param name="At">Event time up to which everything is computed, UTC.</param>
/// <param name="Shift">The running shift; null = none is planned now, and OEE is undefined.</param>
/// <param name="Record">
/// The shift so far, [shift start, <paramref name="At"/>). Without a shift, what happened since the last one ended or
/// the local day began; units are counted there too.
/// </param>
/// <param name="Machines">Machines in flow order, as they are now.</param>
/// <param name="Product">Product now made; null = unknown.</param>
/// <param name="Order">Order now made; null = none or unknown.</param>
/// <param name="UnitsLost">Good units missing so far to what planned busy time allows at the ideal rate; null = undefined.</param>
/// <param name="CurrentStop">The critical machine's stop now; null = it runs, or need not.</param>
/// <param name="LastHeard">Event time of the newest reading of the line; null = never heard.</param>
public sealed record LineSnapshot(
    string Line,
    DateTime At,
    ShiftInstance? Shift,
    ShiftRecord Record,
    IReadOnlyList<MachineNow> Machines,
    string? Product,
    string? Order,
    double? UnitsLost,
    Stop? CurrentStop,
    DateTime? LastHeard)
{
    /// <summary>Ratios of the shift so far.</summary>
    public OeeFigures Figures => Record.Figures;

    /// <summary>Losses of the shift so far.</summary>
    public LossTree Losses => Record.Losses;

    /// <summary>Times and counts of the shift so far.</summary>
    public Quantities Quantities => Record.Quantities;
}

/// <summary>What a machine does now.</summary>
/// <param name="Machine">Machine id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Bucket">Where its time goes now.</param>
/// <param name="StateCode">State code as published; null = none, or its source is stale.</param>
/// <param name="StateName">The code's name in the machine's standard; null = unknown code.</param>
/// <param name="Since">When the bucket began, UTC; no earlier than two hours before the window.</param>
/// <param name="FaultCode">First fault of the stop; 0 = none.</param>
/// <param name="SpeedPerHour">Speed as reported, units per hour; null = unknown.</param>
/// <param name="LastHeard">Event time of the last reading of the machine; null = never heard.</param>
public sealed record MachineNow(
    string Machine,
    string Name,
    Bucket Bucket,
    int? StateCode,
    string? StateName,
    DateTime Since,
    int FaultCode,
    double? SpeedPerHour,
    DateTime? LastHeard);
