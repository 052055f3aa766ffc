namespace Linewatch.Jobs.History;

/// <summary>One run of a job, as kept.</summary>
public sealed record JobRunRecord
{
    /// <summary>Identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Job name.</summary>
    public required string Job { get; init; }

    /// <summary>The node that ran it.</summary>
    public required string Node { get; init; }

    /// <summary><c>schedule</c>, <c>person</c>, <c>retry</c> or <c>recovery</c> (taken over from a node that died).</summary>
    public required string Cause { get; init; }

    /// <summary>When it was due, UTC.</summary>
    public required DateTime ScheduledFor { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When it ended, UTC; null while it runs.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>How it ended.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>Percent done, 0–100.</summary>
    public required long Progress { get; init; }

    /// <summary>What it is doing, or why it failed.</summary>
    public required string Message { get; init; }

    /// <summary>How long it took; null while it runs.</summary>
    public TimeSpan? Duration => EndedAt - StartedAt;
}

/// <summary>How a run ended.</summary>
public enum JobOutcome
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>Finished.</summary>
    Succeeded,

    /// <summary>Threw; it is retried while attempts remain.</summary>
    Failed,

    /// <summary>Somebody stopped it, or the program was shut down.</summary>
    Cancelled,

    /// <summary>Was due while the job was paused.</summary>
    Skipped,

    /// <summary>Its node died in the middle.</summary>
    Abandoned,
}

/// <summary>One log line of a run.</summary>
public sealed record JobRunLine
{
    /// <summary>Position in the run, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTime WrittenAt { get; init; }

    /// <summary>The line.</summary>
    public required string Text { get; init; }
}
