namespace Linewatch.Analytics.Anomalies;

/// <summary>What the machine is doing, as far as a baseline is concerned. Only <see cref="Producing"/> is watched and learned.</summary>
public enum Activity : byte
{
    /// <summary>Making product at a steady speed.</summary>
    Producing,

    /// <summary>Coming up to speed after a stop, or from one waiting state to another.</summary>
    StartingUp,

    /// <summary>Running empty at the end of an order, or on the way from running to a stop.</summary>
    RunningDown,

    /// <summary>Standing still, for whatever reason of its own.</summary>
    Stopped,

    /// <summary>Waiting for material from upstream or for room downstream.</summary>
    Starved,

    /// <summary>Being changed to another product.</summary>
    Changeover,

    /// <summary>Cleaning or sterilising.</summary>
    Cleaning,

    /// <summary>Not known: the machine is silent or its state code is not mapped.</summary>
    Unknown,
}
