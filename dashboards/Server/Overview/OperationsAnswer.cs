using Linewatch.Analytics.Lines;
using Linewatch.Analytics.Oee;

namespace Linewatch.Server.Overview;

/// <summary>A week or month of the site and its lines.</summary>
/// <param name="Period">Which.</param>
/// <param name="Site">All lines together, from base quantities; no average of ratios.</param>
/// <param name="Lines">Each line.</param>
public sealed record OperationsAnswer(OperationsPeriod Period, PeriodFigures Site, IReadOnlyList<LinePeriod> Lines);

/// <summary>What a period came to. Hours, units; ratios 1 = 100 %, null = undefined.</summary>
/// <param name="Shifts">Closed shifts in it.</param>
/// <param name="Figures">Ratios; TEEP and utilisation relate to the time of the shifts, not to the calendar.</param>
/// <param name="PlannedBusyHours">Time in which the lines had to produce.</param>
/// <param name="CapacityLeftHours">Calendar time of the period so far that was not planned busy.</param>
/// <param name="Total">Units through the critical machines; null = not counted.</param>
/// <param name="Good">Good units; null = not counted.</param>
/// <param name="Reject">Rejects; null = not counted.</param>
/// <param name="Losses">Every loss, the largest first.</param>
/// <param name="Trend">Day by day.</param>
public sealed record PeriodFigures(
    int Shifts, OeeFigures Figures, double PlannedBusyHours, double CapacityLeftHours, long? Total, long? Good, long? Reject,
    IReadOnlyList<LossCost> Losses, IReadOnlyList<DayFigure> Trend);

/// <summary>A line's period.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Figures">What it came to.</param>
/// <param name="Unattributed">Share of lost time without a known cause; null when nothing was lost.</param>
/// <param name="Causes">Lost hours by the machine at their root, the largest first; a null machine is unattributed.</param>
/// <param name="Changeovers">From product to product.</param>
/// <param name="Consumption">What its meters counted.</param>
/// <param name="Bottleneck">Which machine sets the pace, by two methods.</param>
/// <param name="Buffers">What another minute of accumulation would save.</param>
public sealed record LinePeriod(
    string Line, string Name, PeriodFigures Figures, double? Unattributed, IReadOnlyList<CauseHours> Causes,
    IReadOnlyList<ChangeoverAnswer> Changeovers, IReadOnlyList<Consumption> Consumption, Bottleneck Bottleneck, IReadOnlyList<BufferHint> Buffers);

/// <summary>One day.</summary>
public sealed record DayFigure(DateOnly Day, double? Oee, long? Good, double PlannedBusyHours);

/// <summary>What a machine cost the line, in hours of the critical machine.</summary>
public sealed record CauseHours(string? Machine, string Name, double Hours);

/// <summary>Going from one product to another, in minutes.</summary>
public sealed record ChangeoverAnswer(string From, string To, int Count, double MedianMinutes, double BestMinutes);

/// <summary>What all meters of a kind on a line counted, in their unit (UCUM), and that by thousand good units; null where no good unit was made.</summary>
public sealed record Consumption(string Meter, string Name, string Unit, double Total, double? PerThousandGood);
