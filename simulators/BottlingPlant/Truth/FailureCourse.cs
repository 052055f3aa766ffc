namespace Linewatch.BottlingPlant;

/// <summary>One course of a failure mode, as the simulation knows it. Times are UTC.</summary>
public sealed record FailureCourse
{
    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>What goes wrong.</summary>
    public required string Mode { get; init; }

    /// <summary>Ids of the signals that show it.</summary>
    public required IReadOnlyList<string> Signals { get; init; }

    /// <summary>Whether nothing is wrong with the machine.</summary>
    public required bool IsBenign { get; init; }

    /// <summary>When it begins.</summary>
    public required DateTime Onset { get; init; }

    /// <summary>When the first of its signals has moved by three of its own standard deviations.</summary>
    public required DateTime Detectable { get; init; }

    /// <summary>When it stops the machine, if that runs then and nobody has put it right before; else at the next start.</summary>
    public required DateTime Due { get; init; }

    /// <summary>When it stopped the machine; null = not yet, or put right before.</summary>
    public required DateTime? FunctionalFailure { get; init; }

    /// <summary>When it was put right; null = not yet.</summary>
    public required DateTime? Repaired { get; init; }
}
