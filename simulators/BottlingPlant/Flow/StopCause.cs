namespace Linewatch.BottlingPlant.Flow;

/// <summary>One stop of one machine for a reason of its own: the root of every lack and tailback that follows from it.</summary>
internal sealed class StopCause(Machine machine, int faultCode)
{
    public Machine Machine { get; } = machine;

    public int FaultCode { get; } = faultCode;

    /// <summary>Milliseconds the critical machine lost to it by lack or tailback.</summary>
    public long LostAtCritical { get; set; }
}
