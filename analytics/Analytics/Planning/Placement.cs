namespace Linewatch.Analytics.Planning;

/// <summary>Where the plan puts a job, and why there. Money is in the plant's currency, times are UTC.</summary>
public sealed record Placement
{
    /// <summary>Identifier of the order.</summary>
    public required string Id { get; init; }

    /// <summary>The opportunity; null = not planned within the horizon.</summary>
    public MaintenanceOpportunity? Opportunity { get; init; }

    /// <summary>When it begins; null = not planned.</summary>
    public DateTime? Start { get; init; }

    /// <summary>When it ends; null = not planned.</summary>
    public DateTime? End { get; init; }

    /// <summary>Skill of who does it.</summary>
    public required string Skill { get; init; }

    /// <summary>Which of the skill's people, from 1; null = not planned.</summary>
    public int? Person { get; init; }

    /// <summary>The component fails before this with a probability of 5 %.</summary>
    public required DateTime LifeEarly { get; init; }

    /// <summary>The component fails before this with a probability of 50 %.</summary>
    public required DateTime LifeMiddle { get; init; }

    /// <summary>Probability that it fails before the planned start, or before the end of the horizon; 0 – 1.</summary>
    public required double FailureProbability { get; init; }

    /// <summary>Expected cost of this choice, beyond the price of the life used until then.</summary>
    public required double Cost { get; init; }

    /// <summary>The next opportunity that would be long enough; null = none in the horizon.</summary>
    public MaintenanceOpportunity? Next { get; init; }

    /// <summary>Expected cost of waiting for <see cref="Next"/>; null = none.</summary>
    public double? NextCost { get; init; }

    /// <summary>Expected cost of not planning it within the horizon.</summary>
    public required double UnplannedCost { get; init; }

    /// <summary>What of the last plan changed for this job; empty = nothing.</summary>
    public string Moved { get; init; } = "";
}

/// <summary>A plan.</summary>
/// <param name="Placements">Each job that may be placed, by start; those not planned last.</param>
/// <param name="Cost">Expected cost of all.</param>
/// <param name="LowerBound">What any plan costs at least that books its jobs one after the other, each at its earliest.</param>
/// <param name="DoNothing">Expected cost of planning nothing within the horizon.</param>
public sealed record MaintenancePlanProposal(IReadOnlyList<Placement> Placements, double Cost, double LowerBound, double DoNothing);
