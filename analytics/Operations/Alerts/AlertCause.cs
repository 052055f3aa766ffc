namespace Linewatch.Operations.Alerts;

/// <summary>What kind of thing an alert tells of; decides how it folds into incidents.</summary>
public enum AlertCause
{
    /// <summary>A value, a trend, a finding.</summary>
    Process,

    /// <summary>The machine stopped by its own fault.</summary>
    OwnFailure,

    /// <summary>The machine stopped by something outside it: air, power, steam.</summary>
    ExternalFailure,

    /// <summary>A branch line brings nothing (labels, caps, cartons, pallets) or takes nothing away.</summary>
    Material,

    /// <summary>Nothing arrives at the machine.</summary>
    Starved,

    /// <summary>Nothing can leave the machine.</summary>
    Blocked,

    /// <summary>Nothing is heard from the machine.</summary>
    Silence,
}
