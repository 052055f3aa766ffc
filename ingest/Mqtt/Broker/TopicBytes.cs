using System.Runtime.InteropServices;

namespace Linewatch.Mqtt;

/// <summary>
/// Compares topics and levels as bytes, found by span without a copy. The hash is the runtime's randomised string hash,
/// so that no peer can choose colliding topics.
/// </summary>
internal sealed class TopicBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static TopicBytes Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(alternate));
        return (alternate.Length & 1) == 0 ? hash : (hash * 31) + alternate[^1];
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
