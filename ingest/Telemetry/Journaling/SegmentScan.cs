using System.Buffers.Binary;

namespace Linewatch.Telemetry.Journaling;

/// <summary>Finds whole records among bytes that may be torn or damaged.</summary>
internal static class SegmentScan
{
    /// <summary>
    /// The offset of the next whole record behind a damaged place, or −1. A candidate must have a larger ordinal than
    /// <paramref name="lastOrdinal"/>, by no more than the bytes could hold records, before its checksum is computed.
    /// </summary>
    public static int FindRecord(ReadOnlySpan<byte> bytes, uint salt, long lastOrdinal)
    {
        for (int i = 0; i + JournalFormat.RecordHeaderLength <= bytes.Length; i++)
        {
            // Most places are ruled out by the two high bytes of the length; runs of zeroes are skipped at once.
            if (bytes[i + 3] > JournalFormat.MaximumRecordLength >> 24)
            {
                continue;
            }

            long ordinal = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i + 8)..]);
            if (ordinal <= lastOrdinal || ordinal - lastOrdinal > int.MaxValue)
            {
                if (ordinal == 0 && BinaryPrimitives.ReadInt64LittleEndian(bytes[i..]) == 0)
                {
                    int zeroes = bytes[i..].IndexOfAnyExcept((byte)0);
                    if (zeroes < 0)
                    {
                        return -1;
                    }

                    // A record may begin up to 16 zero bytes before the first other one (its high bytes can be zero).
                    i += Math.Max(0, zeroes - 16);
                }

                continue;
            }

            if (JournalFormat.Check(bytes[i..], salt, out _) == RecordState.Whole)
            {
                return i;
            }
        }

        return -1;
    }

    public delegate void Visit(ReadOnlySpan<byte> record, long position);

    /// <summary>What a pass over one segment's records finds; <paramref name="visit"/> sees each.</summary>
    public static SegmentContent Read(JournalSegment segment, Visit? visit = null)
    {
        byte[] bytes = new byte[segment.DataLength];
        int length = segment.Read(segment.BasePosition, bytes);
        SegmentContent content = new(segment);
        int offset = 0;
        while (offset < length)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(offset, length - offset);
            RecordState state = JournalFormat.Check(rest, segment.Salt, out int recordLength);
            if (state == RecordState.Whole)
            {
                content.Add(rest[..recordLength], segment.BasePosition + offset);
                visit?.Invoke(rest[..recordLength], segment.BasePosition + offset);
                offset += recordLength;
                continue;
            }

            int skipped = FindRecord(rest[1..], segment.Salt, content.NextOrdinal - 1);
            if (skipped < 0)
            {
                break;
            }

            content.DamagedBytes += skipped + 1;
            offset += skipped + 1;
        }

        return content;
    }
}

/// <summary>The records found in a segment.</summary>
internal sealed class SegmentContent(JournalSegment segment)
{
    /// <summary>Position behind the last whole record.</summary>
    public long EndPosition { get; private set; } = segment.BasePosition;

    public long NextOrdinal { get; private set; } = segment.FirstOrdinal;

    public long Records { get; private set; }

    public long DamagedBytes { get; set; }

    public long FirstReceiveTicks { get; private set; }

    public long LastReceiveTicks { get; private set; }

    public void Add(ReadOnlySpan<byte> record, long position)
    {
        EndPosition = position + record.Length;
        NextOrdinal = JournalFormat.Ordinal(record) + 1;
        LastReceiveTicks = JournalFormat.ReceiveTicks(record);
        if (Records++ == 0)
        {
            FirstReceiveTicks = LastReceiveTicks;
        }
    }
}
