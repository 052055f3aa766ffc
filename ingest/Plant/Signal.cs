namespace Linewatch.Plants;

/// <summary>One measured or reported quantity of a machine. Immutable; safe to share between threads.</summary>
public sealed class Signal
{
    /// <summary>Identity in the plant; two plants loaded one after the other name the same signal by the same path.</summary>
    public required SignalPath Path { get; init; }

    /// <summary>What an engineer calls it, for instance "Bowl pressure".</summary>
    public required string Name { get; init; }

    /// <summary>What the signal means to the engines.</summary>
    public SignalRole Role { get; init; } = SignalRole.Process;

    /// <summary>UCUM unit of every stored value (<c>bar</c>, <c>Cel</c>, <c>mm/s</c>, <c>1</c>); empty for text and state signals.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The name the machine publishes it under; compared ordinally. The signal's id unless the plant file says otherwise.</summary>
    public string SourceName { get => field ?? Path.Signal; init; }

    /// <summary>Stored value = published value × Scale + <see cref="Offset"/>; converts the machine's unit to <see cref="Unit"/>.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>See <see cref="Scale"/>.</summary>
    public double Offset { get; init; }

    /// <summary>Whether values are texts rather than numbers.</summary>
    public bool IsText { get; init; }

    /// <summary>Smallest plausible value in <see cref="Unit"/>; a reading below is quarantined. Null = no bound.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest plausible value in <see cref="Unit"/>; a reading above is quarantined. Null = no bound.</summary>
    public double? Maximum { get; init; }

    /// <summary>For counters: the value after which the counter continues at 0 (2,147,483,647 for PackTags). Null = unknown.</summary>
    public double? CounterMaximum { get; init; }

    /// <summary>Changes smaller than this, in <see cref="Unit"/>, are not stored. 0 = every change is stored.</summary>
    public double Deadband { get; init; }

    /// <summary>Longest time without a reading while the machine is connected; longer means silent. Null = plant default.</summary>
    public TimeSpan? SilentAfter { get; init; }

    /// <summary>
    /// For the temperature of a pasteuriser's zone: how long a bottle is in that zone while the machine runs. Signals of one machine
    /// that have it are its zones, in file order; null = not a zone.
    /// </summary>
    public TimeSpan? PasteuriserResidence { get; init; }

    /// <summary>Longest time with exactly the same value while readings arrive; longer means a stuck sensor. Null = not watched for it.</summary>
    public TimeSpan? StuckAfter { get; init; }

    /// <summary>Whether the streaming detectors watch it. Only meaningful for <see cref="SignalRole.Process"/>.</summary>
    public bool Watched { get; init; } = true;

    /// <summary>The detectors that watch it, instead of those that suit its machine; empty = those.</summary>
    public IReadOnlyList<SignalDetector> Detectors { get; init; } = [];

    /// <summary>Id of another signal of the machine whose sensor measures the same quantity; null = there is none.</summary>
    public string? RedundantTo { get; init; }

    /// <summary>The level at which wear demands maintenance; null where the signal does not show wear.</summary>
    public WearLimit? Wear { get; init; }

    /// <summary>Dense number of the signal within its plant, 0 … Signals.Count − 1; an index for arrays, not an identity.</summary>
    public int Index { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Path.ToString();
}

/// <summary>The value of a wear signal at which its component must be replaced, and what that replacement is.</summary>
/// <param name="Limit">Value in the signal's unit.</param>
/// <param name="Rising">True when wear raises the value towards the limit, false when it lowers it.</param>
/// <param name="Component">What wears, for instance "main bearing".</param>
public sealed record WearLimit(double Limit, bool Rising, string Component)
{
    /// <summary>
    /// Whether the limit is a distance from the median of the signal's siblings, those of the same machine that differ by a number
    /// only, because the level itself moves with the product: the fill volume of one of a hundred valves.
    /// </summary>
    public bool AgainstSiblings { get; init; }
}
