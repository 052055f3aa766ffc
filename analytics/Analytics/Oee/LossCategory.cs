namespace Linewatch.Analytics.Oee;

/// <summary>What a stretch of the critical machine's time counts as; together the categories tile every window.</summary>
public enum LossCategory
{
    /// <summary>Producing, at whatever speed.</summary>
    Run,

    /// <summary>Own failure shorter than the line's micro-stop threshold: a performance loss, inside APT.</summary>
    MinorStop,

    /// <summary>Own failure at or above the threshold.</summary>
    Breakdown,

    /// <summary>Changeover, set-up and adjustment.</summary>
    SetUp,

    /// <summary>Nothing arrived, from the line or from a branch line.</summary>
    Lack,

    /// <summary>Nothing could leave, to the line or to a branch line.</summary>
    Tailback,

    /// <summary>A failure outside the machine: utilities, other systems.</summary>
    External,

    /// <summary>Stood within planned time, waiting for an operator or for an order.</summary>
    Waiting,

    /// <summary>Maintenance or cleaning outside a planned window, manual mode.</summary>
    UnplannedMaintenance,

    /// <summary>Nothing is known: comms lost, unknown code.</summary>
    NoData,

    /// <summary>Break, planned maintenance, planned cleaning: outside planned busy time.</summary>
    PlannedDown,

    /// <summary>No shift: outside planned operation time.</summary>
    NotScheduled,
}
