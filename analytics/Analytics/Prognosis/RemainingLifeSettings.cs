namespace Linewatch.Analytics.Prognosis;

/// <summary>How a remaining life is learned. Everything that is counted in cycles follows from the ceiling.</summary>
public sealed record RemainingLifeSettings
{
    /// <summary>Lives longer than this, in cycles, are told as this: wear does not show earlier. Default 125, as is usual for C-MAPSS; from 10.</summary>
    public int Ceiling { get; init; } = 125;

    /// <summary>Fewest runs to failure to learn from. Default 10; from the number of folds.</summary>
    public int FewestRuns { get; init; } = 10;

    /// <summary>Shortest run that is judged, in cycles. Default 20; from 2.</summary>
    public int ShortestRun { get; init; } = 20;

    /// <summary>Parts into which the runs are divided to see errors on machines not learned from. Default 5; from 2.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Every how many cycles a run is cut to learn from. Default 3; from 1.</summary>
    public int Stride { get; init; } = 3;

    /// <summary>Number of boosted models, each with its own sampling, whose answers are averaged. Default 3; from 1.</summary>
    public int Ensemble { get; init; } = 3;

    /// <summary>How the trees grow.</summary>
    public BoostingSettings Trees { get; init; } =
        new() { Trees = 300, LearningRate = 0.05, Leaves = 12, FeatureShare = 0.25, RowShare = 0.4 };
}
