namespace Linewatch.Operations.Alerts;

/// <summary>ISA-18.2 alarm states; the letters are the standard's.</summary>
public enum AlertState
{
    /// <summary>A: the condition is gone and has been acknowledged.</summary>
    Normal,

    /// <summary>B: the condition stands and nobody has acknowledged it.</summary>
    Unacknowledged,

    /// <summary>C: the condition stands and somebody has acknowledged it.</summary>
    Acknowledged,

    /// <summary>D: the condition went away before anybody acknowledged it.</summary>
    ReturnedUnacknowledged,

    /// <summary>E: latched; the condition is gone, nobody has acknowledged it.</summary>
    LatchedUnacknowledged,

    /// <summary>F: latched; acknowledged, and kept until somebody resets it.</summary>
    LatchedAcknowledged,

    /// <summary>G: silenced by an operator until a time.</summary>
    Shelved,

    /// <summary>H: silenced by plant logic, for instance while a line is being cleaned.</summary>
    SuppressedByDesign,

    /// <summary>I: switched off for maintenance.</summary>
    OutOfService,
}
