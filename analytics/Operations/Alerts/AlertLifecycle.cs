namespace Linewatch.Operations.Alerts;

/// <summary>
/// The ISA-18.2 transitions between A–F (domain.md §6; B→F letters of the standard). Silence (G–I) lies over them:
/// the condition and its acknowledgement go on underneath.
/// </summary>
internal static class AlertLifecycle
{
    /// <summary>The condition is found: from any state to B, unless it already stands (B, C).</summary>
    public static AlertState OnRaise(AlertState state) => state switch
    {
        AlertState.Unacknowledged or AlertState.Acknowledged => state,
        _ => AlertState.Unacknowledged,
    };

    /// <summary>The condition is gone: B→D, C→A; a latched alert goes B→E, C→F.</summary>
    public static AlertState OnClear(AlertState state, bool latched) => (state, latched) switch
    {
        (AlertState.Unacknowledged, false) => AlertState.ReturnedUnacknowledged,
        (AlertState.Unacknowledged, true) => AlertState.LatchedUnacknowledged,
        (AlertState.Acknowledged, false) => AlertState.Normal,
        (AlertState.Acknowledged, true) => AlertState.LatchedAcknowledged,
        _ => state,
    };

    /// <summary>Somebody has seen it: B→C, D→A, E→F. Null where there is nothing to acknowledge.</summary>
    public static AlertState? OnAcknowledge(AlertState state) => state switch
    {
        AlertState.Unacknowledged => AlertState.Acknowledged,
        AlertState.ReturnedUnacknowledged => AlertState.Normal,
        AlertState.LatchedUnacknowledged => AlertState.LatchedAcknowledged,
        _ => null,
    };

    /// <summary>Somebody lets go of a latched alert: F→A. Null where there is nothing to reset.</summary>
    public static AlertState? OnReset(AlertState state) =>
        state == AlertState.LatchedAcknowledged ? AlertState.Normal : null;
}
