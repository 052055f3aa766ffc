using System.Runtime.InteropServices;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// Remembers topic and payload of the last messages, by a 64-bit hash, so that one delivered a second time is recognised.
/// A message costs one cache line: rows of eight hashes, the oldest of a row is forgotten first. 4 MiB; of messages that
/// came at most 100,000 messages ago, one in 100,000 is not remembered. Not thread-safe.
/// </summary>
internal sealed class DuplicateFilter
{
    private const int Ways = 8;
    private const int Rows = 1 << 16;
    private const int CacheLine = Ways * sizeof(ulong);

    private readonly ulong[] _hashes;
    private readonly int _first;
    private ulong _touched;

    /// <summary>An empty filter. Its rows begin where cache lines do: pinned, the array stays where it is.</summary>
    public DuplicateFilter()
    {
        _hashes = GC.AllocateArray<ulong>((Rows + 1) * Ways, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_hashes, 0);
        _first = (int)(-address & (CacheLine - 1)) / sizeof(ulong);
    }

    /// <summary>What the message is remembered by.</summary>
    public static ulong PrintOf(in JournalRecord message) => Utf8Comparer.Hash(Utf8Comparer.Hash(1, message.Topic), message.Payload) | 1;

    /// <summary>Remembers a message by its print; true when it was already known.</summary>
    public bool Remember(ulong hash)
    {
        Span<ulong> row = _hashes.AsSpan(RowOf(hash), Ways);
        if (row.Contains(hash))
        {
            return true;
        }

        // Newest first.
        row[..^1].CopyTo(row[1..]);
        row[0] = hash;
        return false;
    }

    /// <summary>
    /// Fetches the rows of messages that come next into the processor's cache, all at once: one after the other each would be
    /// waited for, which was the dearest part of taking a message.
    /// </summary>
    public void Approach(ReadOnlySpan<DecodedMessage> messages)
    {
        ulong[] hashes = _hashes;
        ulong touched = 0;
        foreach (ref readonly DecodedMessage message in messages)
        {
            touched |= hashes[RowOf(message.Print)];
        }

        // Kept, so that the reads are not thought useless.
        _touched = touched;
    }

    private int RowOf(ulong hash) => _first + ((int)(hash >> 48) * Ways);
}
