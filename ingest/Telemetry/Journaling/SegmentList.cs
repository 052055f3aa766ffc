using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Linewatch.Telemetry.Journaling;

/// <summary>
/// The segments of a journal, oldest first. Only the writer appends; readers look segments up and may do so at any time;
/// whoever frees segments holds the journal's gate.
/// </summary>
internal sealed partial class SegmentList : IDisposable
{
    private readonly string _folder;
    private volatile JournalSegment[] _segments;

    private SegmentList(string folder, JournalSegment[] segments)
    {
        _folder = folder;
        _segments = segments;
        Salt = segments[0].Salt;
    }

    public uint Salt { get; }

    public JournalSegment First => _segments[0];

    public JournalSegment Last => _segments[^1];

    public IReadOnlyList<JournalSegment> All => _segments;

    public long BytesOnDisk
    {
        get
        {
            JournalSegment[] segments = _segments;
            return segments[^1].EndPosition - segments[0].BasePosition + ((long)segments.Length * (JournalFormat.HeaderLength + JournalFormat.FooterLength));
        }
    }

    public static SegmentList Open(string folder, ILogger logger)
    {
        List<JournalSegment> segments = [];
        foreach (string path in Directory.EnumerateFiles(folder, "*" + JournalSegment.Extension).Order(StringComparer.Ordinal))
        {
            if (JournalSegment.Open(path, writable: true) is { } segment)
            {
                segments.Add(segment);
            }
            else
            {
                // A segment's header is synced before its first record; without one it holds nothing that can be read.
                LogBadHeader(logger, path);
                File.Move(path, path + ".damaged", overwrite: true);
            }
        }

        if (segments.Count == 0)
        {
            segments.Add(JournalSegment.Create(folder, 0, 0, NewSalt()));
            return new SegmentList(folder, [.. segments]);
        }

        JournalSegment last = segments[^1];
        if (!last.IsSealed)
        {
            CutTornTail(last, logger);
        }
        else
        {
            segments.Add(JournalSegment.Create(folder, last.EndPosition, last.NextOrdinal, last.Salt));
        }

        return new SegmentList(folder, [.. segments]);
    }

    /// <summary>Writes at the end of the last segment and syncs; begins a new segment first when the last is full.</summary>
    public void Append(in RecordGroup group, long segmentBytes)
    {
        ReadOnlySpan<byte> bytes = group.Bytes.Span;
        JournalSegment last = Last;
        if (last.DataLength >= segmentBytes)
        {
            if (!last.IsSealed)
            {
                last.Seal();
            }

            last = JournalSegment.Create(_folder, last.EndPosition, last.NextOrdinal, last.Salt);
            Replace(segments => [.. segments, last]);
        }

        RandomAccess.Write(last.File, bytes, last.Offset(group.End - bytes.Length));
        RandomAccess.FlushToDisk(last.File);
        if (last.FirstReceiveTicks == 0)
        {
            last.FirstReceiveTicks = JournalFormat.ReceiveTicks(bytes);
        }

        last.LastReceiveTicks = group.LastReceiveTicks;
        last.NextOrdinal = group.NextOrdinal;
        last.EndPosition = group.End;
    }

    /// <summary>The segment that holds a position, or the one behind it where none does; null behind the end.</summary>
    public JournalSegment? Find(long position)
    {
        JournalSegment[] segments = _segments;
        int low = 0;
        int high = segments.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (segments[middle].EndPosition > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return segments[low].EndPosition > position ? segments[low] : null;
    }

    /// <summary>Deletes the sealed segments that end at or before a position.</summary>
    public void FreeThrough(long position)
    {
        JournalSegment[] segments = _segments;
        int freed = 0;
        while (freed < segments.Length - 1 && segments[freed].EndPosition <= position)
        {
            freed++;
        }

        if (freed == 0)
        {
            return;
        }

        Replace(now => now[freed..]);
        foreach (JournalSegment segment in segments[..freed])
        {
            segment.Dispose();
            File.Delete(segment.Path);
        }
    }

    public TimeSpan OldestAge(DateTime now)
    {
        long first = First.FirstReceiveTicks;
        return first == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(now.Ticks - first);
    }

    public void Dispose()
    {
        foreach (JournalSegment segment in _segments)
        {
            segment.Dispose();
        }
    }

    /// <summary>The writer adds while others free: neither may undo what the other did meanwhile.</summary>
    private void Replace(Func<JournalSegment[], JournalSegment[]> change)
    {
        JournalSegment[] now = _segments;
        while (Interlocked.CompareExchange(ref _segments!, change(now), now) != now)
        {
            now = _segments;
        }
    }

    private static void CutTornTail(JournalSegment last, ILogger logger)
    {
        SegmentContent content = SegmentScan.Read(last);
        long torn = last.EndPosition - content.EndPosition;
        last.NextOrdinal = content.NextOrdinal;
        last.FirstReceiveTicks = content.FirstReceiveTicks;
        last.LastReceiveTicks = content.LastReceiveTicks;
        if (torn > 0)
        {
            LogTornTail(logger, torn, last.Path);
            last.Truncate(content.EndPosition);
            RandomAccess.FlushToDisk(last.File);
        }
    }

    private static uint NewSalt() => (uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);

    [LoggerMessage(2010, LogLevel.Warning, "Cut {Bytes} bytes of a record that was not whole, and so never acknowledged, from the end of {Path}")]
    private static partial void LogTornTail(ILogger logger, long bytes, string path);

    [LoggerMessage(2011, LogLevel.Error, "The journal segment {Path} has no valid header; it is set aside with the ending .damaged")]
    private static partial void LogBadHeader(ILogger logger, string path);
}
