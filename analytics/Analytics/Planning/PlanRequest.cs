using Linewatch.Plants;

namespace Linewatch.Analytics.Planning;

/// <summary>What is to be planned, and with what.</summary>
public sealed record PlanRequest
{
    /// <summary>Beginning of the plan, UTC: now and a notice.</summary>
    public required DateTime From { get; init; }

    /// <summary>End of the plan, UTC.</summary>
    public required DateTime To { get; init; }

    /// <summary>The plant: shifts, crews, components.</summary>
    public required Plant Plant { get; init; }

    /// <summary>Jobs that the planner may place.</summary>
    public required IReadOnlyList<PlanJob> Jobs { get; init; }

    /// <summary>Jobs that stay where people put them.</summary>
    public IReadOnlyList<PinnedJob> Pinned { get; init; } = [];

    /// <summary>What moving a job from where the last plan put it costs, as share of its planned cost: it stays unless more is saved. Default 20 %.</summary>
    public double MoveCostShare { get; init; } = 0.2;
}

/// <summary>A job that may be placed.</summary>
/// <param name="Id">Identifier of the order.</param>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Component">What is replaced.</param>
/// <param name="Life">When it will fail.</param>
/// <param name="CreatedAt">UTC; parts come their lead after it.</param>
/// <param name="PlacedAt">Start that the last plan gave it, UTC; null = none.</param>
public sealed record PlanJob(string Id, string Line, string Machine, string Component, LifeBand Life, DateTime CreatedAt, DateTime? PlacedAt);

/// <summary>A job that somebody scheduled or began.</summary>
/// <param name="Id">Identifier of the order.</param>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Component">What is replaced.</param>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC.</param>
public sealed record PinnedJob(string Id, string Line, string Machine, string Component, DateTime Start, DateTime End);
