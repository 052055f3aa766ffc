namespace Linewatch.Analytics.Prognosis;

/// <summary>How a classifier of failures is learned.</summary>
public sealed record FailureSettings
{
    /// <summary>Fewest failures to learn from. Default 10; from the number of folds.</summary>
    public int FewestFailures { get; init; } = 10;

    /// <summary>Parts into which the rows are divided to choose the threshold on rows not learned from. Default 5; from 2.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Number of boosted models, each with its own sampling, whose probabilities are averaged. Default 3; from 1.</summary>
    public int Ensemble { get; init; } = 3;

    /// <summary>How the trees grow: fine thresholds and small leaves, because failures are few and sit in corners.</summary>
    public BoostingSettings Trees { get; init; } = new()
    {
        Trees = 250, LearningRate = 0.05, Leaves = 12, FewestInLeaf = 3, Shrinkage = 0.3, FeatureShare = 0.5, RowShare = 0.8, Bins = 1024,
    };
}
