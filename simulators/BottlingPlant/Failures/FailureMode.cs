namespace Linewatch.BottlingPlant.Failures;

/// <summary>A way a machine gets worse over time, with what can be seen of it.</summary>
internal sealed record FailureMode
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What the signals show, first the one that shows it best.</summary>
    public required IReadOnlyList<SignalEffect> Effects { get; init; }

    /// <summary>Mean time between the end of one and the onset of the next.</summary>
    public required TimeSpan MeanBetween { get; init; }

    /// <summary>Shortest and longest time from onset to functional failure.</summary>
    public required (TimeSpan Shortest, TimeSpan Longest) Course { get; init; }

    /// <summary>How progress 0 … 1 follows time 0 … 1.</summary>
    public Progress Progress { get; init; } = Progress.Linear;

    /// <summary>Fault code of the stop at functional failure.</summary>
    public required int FaultCode { get; init; }

    /// <summary>Median length of the repair in minutes; 0 = put right without a stop.</summary>
    public double RepairMinutes { get; init; } = 30;

    /// <summary>Share of bottles that the machine rejects in addition at full progress.</summary>
    public double Rejects { get; init; }

    /// <summary>How many like components there are (valves, heads, zones); 0 = one.</summary>
    public int Components { get; init; }

    /// <summary>Nothing is wrong with the machine: a confounder.</summary>
    public bool Benign { get; init; }

    /// <summary>Whether it is there from the start, about this far from its functional failure.</summary>
    public TimeSpan? LeftAtStart { get; init; }

    /// <summary>Progress at a share of the course.</summary>
    public double At(double share) => Progress switch
    {
        Progress.Cubic => share * share * share,
        Progress.Step => share > 0 ? 1 : 0,
        Progress.Saturating => 1 - Math.Exp(-4 * share),
        _ => share,
    };

    /// <summary>Share of the course at which a progress is reached.</summary>
    public double ShareAt(double progress) => Progress switch
    {
        Progress.Cubic => Math.Cbrt(progress),
        Progress.Step => 0,
        Progress.Saturating => -Math.Log(1 - Math.Min(progress, 0.98)) / 4,
        _ => progress,
    };
}

/// <summary>How progress follows time.</summary>
internal enum Progress
{
    Linear,
    Cubic,
    Step,
    Saturating,
}

/// <summary>What a failure does to a signal at full progress.</summary>
/// <param name="Signal">Signal id.</param>
/// <param name="Offset">Shift in the signal's unit.</param>
/// <param name="NoiseFactor">Factor on the noise.</param>
/// <param name="Swing">Amplitude of an oscillation in the signal's unit.</param>
/// <param name="SwingSeconds">Its period.</param>
/// <param name="Kind">Whether the signal moves, falls silent or freezes.</param>
internal sealed record SignalEffect(
    string Signal, double Offset, double NoiseFactor = 1, double Swing = 0, double SwingSeconds = 40, EffectKind Kind = EffectKind.Moves);

/// <summary>What becomes of a signal.</summary>
internal enum EffectKind
{
    /// <summary>It moves, gets noisier or oscillates.</summary>
    Moves,

    /// <summary>It isn't published.</summary>
    Dropout,

    /// <summary>It stays at the value it had.</summary>
    Stuck,
}
