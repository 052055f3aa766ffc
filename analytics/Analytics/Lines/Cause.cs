using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>A machine's stop for a reason of its own, by its start in UTC ticks.</summary>
internal readonly record struct OwnStop(int Machine, long Start);

/// <summary>What is at the root of a stop.</summary>
/// <param name="Stop">The stop at the root.</param>
/// <param name="FaultCode">Its first fault; 0 = none.</param>
/// <param name="Bucket">What the stop it explains is, now that its side is known (a Suspended machine starved or blocked).</param>
internal sealed record Cause(OwnStop Stop, int FaultCode, Bucket Bucket);
