using Linewatch.Plants;

namespace Linewatch.Analytics.Lines;

/// <summary>What is at the root of a stop: one machine's stop for a reason of its own, or its running too slowly.</summary>
/// <param name="Machine">Index of the machine in flow order.</param>
/// <param name="Start">When that stop began, UTC ticks.</param>
/// <param name="Bucket">What it stood for; <see cref="Bucket.Run"/> = it ran, but too slowly.</param>
internal readonly record struct Root(int Machine, long Start, Bucket Bucket);

/// <summary>How one interval of a machine is explained.</summary>
/// <param name="Root">The root; null = unattributed, or nothing to explain.</param>
/// <param name="Bucket">What the interval is, now that its side is known (a Suspended machine starves or is blocked).</param>
internal readonly record struct Explanation(Root? Root, Bucket Bucket);
