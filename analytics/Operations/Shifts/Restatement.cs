namespace Linewatch.Operations.Shifts;

/// <summary>A stretch [From, To) of a line's time whose closed shifts must be computed again from the store.</summary>
/// <param name="Line">Line id.</param>
/// <param name="From">UTC.</param>
/// <param name="To">UTC.</param>
/// <param name="Reason">Why, for the revision.</param>
public sealed record Restatement(string Line, DateTime From, DateTime To, string Reason);

/// <summary>A shift as kept: where it lies and what plan it was computed with.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC.</param>
/// <param name="Plan">Print of the plan; null = kept by a version that did not note it.</param>
public sealed record KeptShift(DateTime Start, DateTime End, string? Plan);
