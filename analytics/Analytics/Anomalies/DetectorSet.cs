namespace Linewatch.Analytics.Anomalies;

/// <summary>Which detectors watch a signal.</summary>
public enum DetectorSet
{
    /// <summary>All: those of <see cref="Cheap"/>, the spectral residual and the nearest neighbour.</summary>
    Full,

    /// <summary>Residuals, ranges and quietness: a fraction of the time and memory.</summary>
    Cheap,
}
