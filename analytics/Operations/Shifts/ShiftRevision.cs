using Linewatch.Analytics.Oee;

namespace Linewatch.Operations.Shifts;

/// <summary>One revision of a shift record.</summary>
/// <param name="Revision">1 = as it closed; each restatement adds one.</param>
/// <param name="MadeAt">When it was made, UTC.</param>
/// <param name="Author">Who made it: a person, or <c>engine</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="Record">The record as of this revision.</param>
public sealed record ShiftRevision(long Revision, DateTime MadeAt, string Author, string Reason, ShiftRecord Record);

/// <summary>What one revision changed.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="MadeAt">When it was made, UTC.</param>
/// <param name="Author">Who made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">Figures of the revision before; null for the first.</param>
/// <param name="After">Figures of this revision.</param>
public sealed record RevisionChange(long Revision, DateTime MadeAt, string Author, string Reason, RevisionFigures? Before, RevisionFigures After);

/// <summary>The figures of a revision, 1 = 100 %; null = undefined.</summary>
public sealed record RevisionFigures(double? Availability, double? Performance, double? Quality, double? Oee);
