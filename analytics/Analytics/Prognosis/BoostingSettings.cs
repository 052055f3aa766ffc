namespace Linewatch.Analytics.Prognosis;

/// <summary>How boosted trees grow.</summary>
public sealed record BoostingSettings
{
    /// <summary>Number of trees. Default 400.</summary>
    public int Trees { get; init; } = 400;

    /// <summary>Share of each tree's answer that is taken. Default 0.04.</summary>
    public double LearningRate { get; init; } = 0.04;

    /// <summary>Most leaves of a tree. Default 16.</summary>
    public int Leaves { get; init; } = 16;

    /// <summary>Fewest sampled rows in a leaf. Default 30.</summary>
    public int FewestInLeaf { get; init; } = 30;

    /// <summary>Pull of a leaf's answer towards 0, as a number of rows. Default 5.</summary>
    public double Shrinkage { get; init; } = 5;

    /// <summary>Share of the rows each tree sees. Default 0.5.</summary>
    public double RowShare { get; init; } = 0.5;

    /// <summary>Share of the features each tree sees. Default 0.3.</summary>
    public double FeatureShare { get; init; } = 0.3;

    /// <summary>Most thresholds, and one more, that a feature is tried at; 2–65,536. Default 64.</summary>
    public int Bins { get; init; } = 64;

    /// <summary>Seed of the sampling of rows and features.</summary>
    public int Seed { get; init; } = 20_261_122;
}
