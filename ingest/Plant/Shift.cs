namespace Linewatch.Plants;

/// <summary>A planned shift that recurs on weekdays, in plant-local time.</summary>
/// <param name="Name">For instance "Early".</param>
/// <param name="Start">Local start time.</param>
/// <param name="End">Local end time; at or before <paramref name="Start"/> means the next day.</param>
/// <param name="Days">Days of the week on which the shift starts.</param>
/// <param name="Breaks">Planned breaks, local, inside the shift.</param>
public sealed record Shift(
    string Name,
    TimeOnly Start,
    TimeOnly End,
    IReadOnlySet<DayOfWeek> Days,
    IReadOnlyList<PlannedBreak> Breaks);

/// <summary>A break in plant-local time; it belongs to the shift that contains it.</summary>
public sealed record PlannedBreak(TimeOnly Start, TimeOnly End);

/// <summary>One shift as it happens on one day, in UTC.</summary>
/// <param name="Name">Name of the shift.</param>
/// <param name="Day">Local calendar day on which the shift starts; with the name, the shift's identity on a line.</param>
/// <param name="Start">UTC start, inclusive.</param>
/// <param name="End">UTC end, exclusive. The length differs from the plan on daylight-saving days.</param>
/// <param name="Breaks">Planned breaks as UTC intervals [start, end), in order.</param>
public sealed record ShiftInstance(
    string Name,
    DateOnly Day,
    DateTime Start,
    DateTime End,
    IReadOnlyList<(DateTime Start, DateTime End)> Breaks);
