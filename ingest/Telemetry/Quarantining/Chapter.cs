using System.Buffers.Binary;
using System.Text;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Microsoft.Win32.SafeHandles;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>
/// One file of the quarantine. Record, little-endian: 0 length, 4 crc32c of 8..end, 8 journal position, 16 receive time
/// (UTC ticks), 24 reason, 25 released (not under the checksum's protection: written as 0, set later), 26 source length,
/// 28 detail length, 32 topic length, 36 source, detail, topic, payload. Not thread-safe.
/// </summary>
internal sealed class Chapter : IDisposable
{
    private const int HeaderLength = 36;

    private readonly SafeFileHandle _file;
    private bool _dirty;

    private Chapter(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
    }

    public string Path { get; }

    public long Length { get; private set; }

    public DateTime LastReceiveTime { get; private set; }

    public static Chapter Open(string path)
    {
        Chapter chapter = new(path, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        chapter.Length = RandomAccess.GetLength(chapter._file);
        long end = 0;
        foreach ((long offset, byte[] record) in chapter.Records())
        {
            end = offset + record.Length;
            chapter.LastReceiveTime = new DateTime(BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(16)), DateTimeKind.Utc);
        }

        // A record torn by a crash belongs to a message whose cursor was not committed: it is decoded again.
        chapter.Length = end;
        RandomAccess.SetLength(chapter._file, end);
        return chapter;
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        RandomAccess.Write(_file, record, Length);
        Length += record.Length;
        LastReceiveTime = new DateTime(BinaryPrimitives.ReadInt64LittleEndian(record[16..]), DateTimeKind.Utc);
        _dirty = true;
    }

    public void Flush()
    {
        if (_dirty)
        {
            RandomAccess.FlushToDisk(_file);
            _dirty = false;
        }
    }

    /// <summary>The messages not released.</summary>
    public IEnumerable<QuarantinedMessage> Messages() => Records()
        .Where(entry => entry.Record[25] == 0)
        .Select(entry => Parse(entry.Record));

    public void Release(IReadOnlySet<long> ids)
    {
        foreach ((long offset, byte[] record) in Records())
        {
            if (record[25] == 0 && ids.Contains(BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(8))))
            {
                RandomAccess.Write(_file, [(byte)1], offset + 25);
                _dirty = true;
            }
        }

        Flush();
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<(long Offset, byte[] Record)> Records()
    {
        byte[] header = new byte[HeaderLength];
        long offset = 0;
        while (offset + HeaderLength <= Length && RandomAccess.Read(_file, header, offset) == HeaderLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length < HeaderLength || offset + length > Length)
            {
                yield break;
            }

            byte[] record = new byte[length];
            if (RandomAccess.Read(_file, record, offset) < length)
            {
                yield break;
            }

            byte released = record[25];
            record[25] = 0;
            if (BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4)) != JournalFormat.Checksum(0, record.AsSpan(8)))
            {
                yield break;
            }

            record[25] = released;
            yield return (offset, record);
            offset += length;
        }
    }

    private static QuarantinedMessage Parse(byte[] record)
    {
        int source = BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(26));
        int detail = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(28));
        int topic = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(32));
        return new QuarantinedMessage(
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(8)),
            new DateTime(BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(16)), DateTimeKind.Utc),
            Encoding.UTF8.GetString(record, HeaderLength, source),
            (QuarantineReason)record[24],
            Encoding.UTF8.GetString(record, HeaderLength + source, detail),
            Encoding.UTF8.GetString(record, HeaderLength + source + detail, topic),
            record.AsMemory(HeaderLength + source + detail + topic));
    }
}
