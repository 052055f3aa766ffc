using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Linewatch.Telemetry.Journaling;

/// <summary>
/// The bytes of a journal segment, all little-endian. A segment is a header, records, and, once sealed, a footer.
/// <code>
/// header  0 magic "LWJ1"   4 crc32c of 8..32   8 base position   16 first ordinal   24 salt   28 reserved
/// record  0 length (whole) 4 crc32c of 8..end, seeded by the salt   8 ordinal   16 receive time (UTC ticks)
///        24 flags (QoS 0–1, retain 4, duplicate 8)   25 reserved   26 topic length   28 properties length
///        32 topic, properties, payload
/// footer  0 zero           4 crc32c of 8..40   8 end position   16 next ordinal   24 first receive time   32 last receive time
/// </code>
/// A position is a byte's place in the whole journal: the segment's base position plus the offset after its header.
/// The salt is random, so that bytes which a publisher put into a payload never pass for a record.
/// </summary>
internal static class JournalFormat
{
    public const int HeaderLength = 32;
    public const int RecordHeaderLength = 32;
    public const int FooterLength = 40;

    /// <summary>Largest record that is believed; MQTT allows payloads of 256 MiB.</summary>
    public const int MaximumRecordLength = 0x1100_0000;

    private const uint Magic = 0x314A_574C;

    public static void WriteHeader(Span<byte> header, long basePosition, long firstOrdinal, uint salt)
    {
        header[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], basePosition);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], firstOrdinal);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Checksum(0, header[8..HeaderLength]));
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> header, out long basePosition, out long firstOrdinal, out uint salt)
    {
        basePosition = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        firstOrdinal = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        salt = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == Checksum(0, header[8..HeaderLength]);
    }

    public static void WriteFooter(Span<byte> footer, long endPosition, long nextOrdinal, long firstReceiveTicks, long lastReceiveTicks)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(footer, 0);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], endPosition);
        BinaryPrimitives.WriteInt64LittleEndian(footer[16..], nextOrdinal);
        BinaryPrimitives.WriteInt64LittleEndian(footer[24..], firstReceiveTicks);
        BinaryPrimitives.WriteInt64LittleEndian(footer[32..], lastReceiveTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[4..], Checksum(0, footer[8..FooterLength]));
    }

    public static bool TryReadFooter(ReadOnlySpan<byte> footer, out long endPosition, out long nextOrdinal, out long firstReceiveTicks, out long lastReceiveTicks)
    {
        endPosition = BinaryPrimitives.ReadInt64LittleEndian(footer[8..]);
        nextOrdinal = BinaryPrimitives.ReadInt64LittleEndian(footer[16..]);
        firstReceiveTicks = BinaryPrimitives.ReadInt64LittleEndian(footer[24..]);
        lastReceiveTicks = BinaryPrimitives.ReadInt64LittleEndian(footer[32..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(footer) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) == Checksum(0, footer[8..FooterLength])
            && endPosition > 0;
    }

    /// <summary>Fills in a record's header and checksum; the variable parts already lie behind the header.</summary>
    public static void WriteRecordHeader(Span<byte> record, uint salt, long ordinal, long receiveTicks, byte flags, int topicLength, int propertiesLength)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], receiveTicks);
        record[24] = flags;
        record[25] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(record[26..], (ushort)topicLength);
        BinaryPrimitives.WriteInt32LittleEndian(record[28..], propertiesLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(salt ^ (uint)record.Length, record[8..]));
    }

    /// <summary>Whether a whole, undamaged record begins here; its length when it does or seems to.</summary>
    public static RecordState Check(ReadOnlySpan<byte> bytes, uint salt, out int length)
    {
        length = 0;
        if (bytes.Length < 4)
        {
            return RecordState.Incomplete;
        }

        length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length == 0)
        {
            return RecordState.End;
        }

        if (length is < RecordHeaderLength or > MaximumRecordLength)
        {
            return RecordState.Damaged;
        }

        if (bytes.Length < length)
        {
            return RecordState.Incomplete;
        }

        ReadOnlySpan<byte> record = bytes[..length];
        int topic = BinaryPrimitives.ReadUInt16LittleEndian(record[26..]);
        int properties = BinaryPrimitives.ReadInt32LittleEndian(record[28..]);
        return properties >= 0 && (long)RecordHeaderLength + topic + properties <= length
            && BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == Checksum(salt ^ (uint)length, record[8..])
            ? RecordState.Whole
            : RecordState.Damaged;
    }

    public static long Ordinal(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[8..]);

    public static long ReceiveTicks(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[16..]);

    /// <summary>CRC32C, by the processor's own instruction where it has one.</summary>
    public static uint Checksum(uint seed, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~seed;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}

/// <summary>What lies at a place of a segment.</summary>
internal enum RecordState
{
    /// <summary>A whole record with the right checksum.</summary>
    Whole,

    /// <summary>Too few bytes to tell.</summary>
    Incomplete,

    /// <summary>No record.</summary>
    Damaged,

    /// <summary>Zeroes: nothing was written here yet, or a footer.</summary>
    End,
}
