using Linewatch.Analytics.Anomalies.Training;

namespace Linewatch.Jobs.Training;

/// <summary>A trained model of a machine's detectors, without what it learned. Immutable.</summary>
public sealed record DetectorModel
{
    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>1 for the machine's first, then one more each time.</summary>
    public required long Version { get; init; }

    /// <summary>When it was trained, UTC.</summary>
    public required DateTime TrainedAt { get; init; }

    /// <summary>Event time of the first reading used, UTC.</summary>
    public required DateTime DataFrom { get; init; }

    /// <summary>End of the readings used, UTC; the newest of them were held back.</summary>
    public required DateTime DataTo { get; init; }

    /// <summary><c>first</c>, <c>schedule</c>, <c>work</c> (maintenance was done), <c>drift</c> or <c>person</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>The detectors' and the training's parameters, JSON.</summary>
    public required string Parameters { get; init; }

    /// <summary>How it did on the data held back.</summary>
    public required TrainingMetrics Metrics { get; init; }

    /// <summary>How the model in use did on the same data, or when it was trained where nothing new has come since; null where there was none.</summary>
    public TrainingMetrics? MetricsInUse { get; init; }

    /// <summary>Why it was promoted or not, for people.</summary>
    public required string Decision { get; init; }
}

/// <summary>A model was put into use.</summary>
public sealed record ModelUse
{
    /// <summary>Line id.</summary>
    public required string Line { get; init; }

    /// <summary>Machine id.</summary>
    public required string Machine { get; init; }

    /// <summary>1 for the machine's first, then one more each time.</summary>
    public required long Number { get; init; }

    /// <summary>The model's version.</summary>
    public required long Version { get; init; }

    /// <summary>From when on, UTC.</summary>
    public required DateTime Since { get; init; }

    /// <summary>Who did it; the name of the job for a promotion.</summary>
    public required string Author { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>The version that a roll-back puts into use; null = none that is kept was in use before this one.</summary>
    public long? Previous { get; init; }
}
