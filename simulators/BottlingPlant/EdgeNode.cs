namespace Linewatch.BottlingPlant;

/// <summary>A line that speaks Sparkplug: an edge node needs a connection of its own, with its NDEATH as will.</summary>
/// <param name="Line">Line id, which is the edge node's.</param>
/// <param name="DeathTopic">Topic of its NDEATH.</param>
/// <param name="DeathPayload">Payload of its NDEATH.</param>
/// <param name="CommandFilter">Topic on which it takes commands.</param>
public sealed record EdgeNode(string Line, string DeathTopic, ReadOnlyMemory<byte> DeathPayload, string CommandFilter);
