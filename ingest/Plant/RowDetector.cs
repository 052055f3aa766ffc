namespace Linewatch.Plants;

/// <summary>A detector that a plant file can choose to watch the signals of a machine together; what each does is described where it is built.</summary>
public enum RowDetector
{
    /// <summary>Principal component analysis: T² within and squared prediction error off the usual plane.</summary>
    PrincipalComponents,

    /// <summary>Auto-associative kernel regression (MSET): what remembered rows cannot rebuild.</summary>
    KernelRegression,

    /// <summary>Isolation forest: rows that few random cuts part from the others.</summary>
    IsolationForest,

    /// <summary>Canonical variate analysis: what the recent past leaves unexplained beside how it foretells the near future.</summary>
    CanonicalVariate,
}
