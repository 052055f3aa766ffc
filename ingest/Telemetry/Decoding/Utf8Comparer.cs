using System.Runtime.InteropServices;

namespace Linewatch.Telemetry.Decoding;

/// <summary>Compares byte strings; the hash is seeded per process, so that topics cannot be chosen to collide.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private static readonly ulong Seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)) | 1;

    public static Utf8Comparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = Hash(Seed, alternate);
        return (int)(hash ^ (hash >> 32));
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    /// <summary>A 64-bit hash, eight bytes a step.</summary>
    public static ulong Hash(ulong seed, ReadOnlySpan<byte> bytes)
    {
        ulong hash = seed ^ ((ulong)bytes.Length * 0x9E37_79B9_7F4A_7C15);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            hash = Mix(hash ^ word, Seed ^ 0xA076_1D64_78BD_642F);
        }

        ulong rest = 0;
        foreach (byte b in bytes[(words.Length * 8)..])
        {
            rest = (rest << 8) | b;
        }

        return Mix(hash ^ rest, Seed ^ 0xE703_7ED1_A0B4_28DB);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
