using Linewatch.Analytics.Planning;

namespace Linewatch.Jobs.Planning;

/// <summary>A maintenance plan as it was made. Times are UTC, money is in the plant's currency.</summary>
public sealed record PlanRevision
{
    /// <summary>The plan before any plan was made.</summary>
    public static PlanRevision None { get; } = new() { Revision = 0, MadeAt = DateTime.UnixEpoch, CheckedAt = DateTime.UnixEpoch, From = DateTime.UnixEpoch, To = DateTime.UnixEpoch };

    /// <summary>Number of the revision, from 1; 0 = no plan was made yet. A new one when a job moved, appeared or went.</summary>
    public required long Revision { get; init; }

    /// <summary>When a job last moved, appeared or went.</summary>
    public required DateTime MadeAt { get; init; }

    /// <summary>When the figures were last brought up to date.</summary>
    public required DateTime CheckedAt { get; init; }

    /// <summary>Beginning of the plan.</summary>
    public required DateTime From { get; init; }

    /// <summary>End of the plan.</summary>
    public required DateTime To { get; init; }

    /// <summary>Every open job, by start; those not planned last.</summary>
    public IReadOnlyList<PlannedJob> Jobs { get; init; } = [];

    /// <summary>Expected cost of the jobs that the planner places.</summary>
    public double Cost { get; init; }

    /// <summary>No plan of them costs less that books its jobs one after the other, each at its earliest.</summary>
    public double LowerBound { get; init; }

    /// <summary>Their expected cost when none is done within the horizon.</summary>
    public double DoNothing { get; init; }

    /// <summary>What changed against the revision before, a sentence each.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}

/// <summary>One job of a plan.</summary>
public sealed record PlannedJob
{
    /// <summary>Identifier of its work order.</summary>
    public required string Order { get; init; }

    /// <summary>What is to be done.</summary>
    public required string Title { get; init; }

    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>What is replaced.</summary>
    public required string Component { get; init; }

    /// <summary>Somebody scheduled or began it: the planner leaves it where it is.</summary>
    public required bool IsPinned { get; init; }

    /// <summary>Why the line stands then; null = pinned, or not planned.</summary>
    public OpportunityKind? Stop { get; init; }

    /// <summary>Planned start; null = not planned within the horizon.</summary>
    public DateTime? Start { get; init; }

    /// <summary>Planned end; null = not planned.</summary>
    public DateTime? End { get; init; }

    /// <summary>Skill of who does it.</summary>
    public required string Skill { get; init; }

    /// <summary>Which of the skill's people, from 1; null = not planned, or pinned.</summary>
    public int? Person { get; init; }

    /// <summary>Probability of a failure until the start (or the end of the horizon), 0 – 1; null = pinned.</summary>
    public double? FailureProbability { get; init; }

    /// <summary>Expected cost of the choice; null = pinned.</summary>
    public double? Cost { get; init; }

    /// <summary>Start of the next opportunity; null = pinned, or none.</summary>
    public DateTime? NextStart { get; init; }

    /// <summary>Expected cost of waiting for it.</summary>
    public double? NextCost { get; init; }

    /// <summary>Why there, for people.</summary>
    public required string Why { get; init; }
}
