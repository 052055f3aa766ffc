using Linewatch.Operations.Alerts;
using Linewatch.Plants;

namespace Linewatch.Operations.Rules;

/// <summary>What the rules of a line remember across a restart.</summary>
internal sealed record RuleSnapshot
{
    /// <summary>Newest event time.</summary>
    public required DateTime EventTime { get; init; }

    /// <summary>Timers by rule and source.</summary>
    public required Dictionary<string, RuleWatchState> Watches { get; init; }

    /// <summary>Machines by id.</summary>
    public required Dictionary<string, MachineState> Machines { get; init; }
}

/// <summary>One rule's memory of one source.</summary>
internal sealed record RuleWatchState
{
    public required string Rule { get; init; }

    public required AlertSource Source { get; init; }

    public required ConditionTimerState Timer { get; init; }

    public double? Value { get; init; }

    public AlertFinding? Finding { get; init; }

    public bool IsSuppressed { get; init; }

    /// <summary>The bucket that made a state rule's condition.</summary>
    public Bucket Bucket { get; init; } = Bucket.NoData;
}

/// <summary>A machine's codes and the bucket of its state code.</summary>
internal sealed record MachineState(int? State, int? Mode, int? Program, Bucket Bucket);
