namespace Linewatch.BottlingPlant.Flow;

/// <summary>What is left to chance and what is laid down; tests lay down everything.</summary>
internal sealed record LineScript
{
    /// <summary>Everything by chance.</summary>
    public static LineScript Random { get; } = new();

    /// <summary>Whether machines stop, reject, wear and wait for their crews at random.</summary>
    public bool RandomStops { get; init; } = true;

    /// <summary>Bottles of every order; null = by chance.</summary>
    public long? OrderQuantity { get; init; }

    /// <summary>Stops laid down.</summary>
    public IReadOnlyList<ScriptedStop> Stops { get; init; } = [];
}

/// <summary>A stop laid down, in time since the start.</summary>
internal sealed record ScriptedStop(string Machine, TimeSpan Start, TimeSpan Length, int FaultCode = 9999);
