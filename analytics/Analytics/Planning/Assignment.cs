namespace Linewatch.Analytics.Planning;

/// <summary>What the optimiser found.</summary>
/// <param name="Stops">The stop of each job, or <see cref="AssignmentProblem.Unplanned"/>.</param>
/// <param name="Cost">Sum of the costs.</param>
/// <param name="LowerBound">No assignment costs less than this; equal to <paramref name="Cost"/> where the optimum is proved.</param>
public sealed record Assignment(IReadOnlyList<int> Stops, double Cost, double LowerBound)
{
    /// <summary>When and by whom each planned job is done; empty without a timetable.</summary>
    public IReadOnlyList<Booking> Bookings { get; init; } = [];

    /// <summary>Whether nothing better exists (to a part in 10⁹).</summary>
    public bool IsProvedOptimal => Cost - LowerBound <= AssignmentSearch.Tolerance(Cost);
}
