using Linewatch.Plants;

namespace Linewatch.Telemetry.Watching;

/// <summary>What is odd about the readings of a signal.</summary>
public enum SignalFaultKind
{
    /// <summary>No reading has come for longer than the signal may be silent.</summary>
    Silent,

    /// <summary>Readings come, but with exactly the same value for longer than is plausible.</summary>
    Stuck,
}

/// <summary>A signal whose source seems broken.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Kind">What is odd.</param>
/// <param name="Since">Silent: receive time of the last reading. Stuck: receive time of the first reading with the value. UTC.</param>
/// <param name="WholeMachine">Silent only: nothing at all comes from its machine; one fault, not one a signal.</param>
public readonly record struct SignalFault(Signal Signal, SignalFaultKind Kind, DateTime Since, bool WholeMachine);
