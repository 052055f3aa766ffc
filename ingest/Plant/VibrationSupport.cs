namespace Linewatch.Plants;

/// <summary>How stiffly a machine stands, as ISO 20816-3 tells: flexible if the support's lowest frequency is below 1.25 times the main excitation.</summary>
public enum VibrationSupport
{
    /// <summary>Rigid.</summary>
    Rigid,

    /// <summary>Flexible.</summary>
    Flexible,
}
