namespace Linewatch.Plants;

/// <summary>A detector that a plant file can choose for a signal; what each does is described where it is built.</summary>
public enum SignalDetector
{
    /// <summary>Distance from the half hour of the day's usual value.</summary>
    Residual,

    /// <summary>The same, as the mean of 24 readings.</summary>
    ResidualMean,

    /// <summary>How far the residual lies beyond everything seen.</summary>
    ResidualRange,

    /// <summary>How far the value lies beyond everything seen.</summary>
    Range,

    /// <summary>How far a step from reading to reading lies beyond everything seen.</summary>
    StepRange,

    /// <summary>Readings that move less than they use to.</summary>
    Quietness,

    /// <summary>Distance from a robust level, in usual spreads.</summary>
    Level,

    /// <summary>Two-sided cumulative sum: small lasting shifts.</summary>
    Cusum,

    /// <summary>Exponentially weighted moving average: shifts over some ten readings.</summary>
    Ewma,

    /// <summary>What stands out of the spectrum of 64 readings.</summary>
    SpectralResidual,

    /// <summary>Singular-spectrum analysis: what the usual patterns of 24 readings cannot express.</summary>
    SingularSpectrum,

    /// <summary>Singular-spectrum analysis for changes: what the patterns of before cannot express of the last 24 windows together.</summary>
    SingularSpectrumChange,

    /// <summary>Distance of the last 32 readings to the most similar stretch of the past.</summary>
    NearestNeighbour,
}
