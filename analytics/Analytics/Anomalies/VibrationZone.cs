namespace Linewatch.Analytics.Anomalies;

/// <summary>Evaluation zones of broadband vibration.</summary>
public enum VibrationZone
{
    /// <summary>As of new machines.</summary>
    A,

    /// <summary>Unrestricted long-term running.</summary>
    B,

    /// <summary>Maintenance is to be planned.</summary>
    C,

    /// <summary>Damage is to be expected.</summary>
    D,
}
