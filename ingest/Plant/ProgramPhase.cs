namespace Linewatch.Plants;

/// <summary>A part of an order in which a machine runs, but not steadily.</summary>
public enum ProgramPhase
{
    /// <summary>Filling up and coming up to speed.</summary>
    StartUp,

    /// <summary>Running empty.</summary>
    RunDown,
}
