namespace Linewatch.Server.Flow;

/// <summary>The lines as they run now; null before the first reading and while they are read back. A new plant has new lines.</summary>
internal delegate IReadOnlyList<LineAnalysis>? RunningLines();
