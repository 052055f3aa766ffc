using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// What checking a value needs of its signal, side by side in memory: with tens of thousands of signals the cost of a message is
/// the cache lines it touches.
/// </summary>
internal readonly struct SignalSlot(Signal signal)
{
    public Signal Signal { get; } = signal;

    public double Scale { get; } = signal.Scale;

    public double Offset { get; } = signal.Offset;

    public double Minimum { get; } = signal.Minimum ?? double.NegativeInfinity;

    public double Maximum { get; } = signal.Maximum ?? double.PositiveInfinity;

    public bool IsText { get; } = signal.IsText;

    /// <summary>Whether values are whole numbers from 0.</summary>
    public bool IsCode { get; } = signal.Role is SignalRole.State or SignalRole.Mode or SignalRole.Program or SignalRole.FaultCode;
}
