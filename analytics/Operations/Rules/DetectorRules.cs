namespace Linewatch.Operations.Rules;

/// <summary>Rule names of what the detectors find.</summary>
public static class DetectorRules
{
    /// <summary>An odd process value.</summary>
    public const string Anomaly = "anomaly";

    /// <summary>A sensor that cannot be trusted.</summary>
    public const string SensorFault = "sensor-fault";

    /// <summary>A detector whose scores are no longer distributed as when it was trained.</summary>
    public const string Drift = "detector-drift";
}
