namespace Linewatch.Telemetry.Journaling;

/// <summary>One segment file, as <see cref="JournalInspection"/> finds it.</summary>
/// <param name="Path">The file.</param>
/// <param name="From">Position of its first record.</param>
/// <param name="To">Position behind its last record.</param>
/// <param name="Messages">Messages it holds.</param>
/// <param name="FirstReceiveTime">Receive time of its first message, UTC; null when it is empty.</param>
/// <param name="LastReceiveTime">Receive time of its last message, UTC; null when it is empty.</param>
/// <param name="IsSealed">Whether it is complete and never changes.</param>
public sealed record SegmentInfo(string Path, long From, long To, long Messages, DateTime? FirstReceiveTime, DateTime? LastReceiveTime, bool IsSealed);

/// <summary>Where a consumer stands.</summary>
/// <param name="Name">Name of the cursor.</param>
/// <param name="Position">Everything before it is done.</param>
/// <param name="PendingBytes">Bytes behind it.</param>
public sealed record CursorInfo(string Name, long Position, long PendingBytes);

/// <summary>What a journal's folder holds.</summary>
/// <param name="Segments">Its segments, oldest first.</param>
/// <param name="Cursors">Its cursors, by name.</param>
public sealed record JournalInfo(IReadOnlyList<SegmentInfo> Segments, IReadOnlyList<CursorInfo> Cursors);

/// <summary>One fault that verifying found.</summary>
/// <param name="Path">The file.</param>
/// <param name="Position">Journal position at which it begins.</param>
/// <param name="Message">What is wrong.</param>
public sealed record JournalFault(string Path, long Position, string Message);

/// <summary>One message, copied out of the journal.</summary>
/// <param name="Position">Where its record begins.</param>
/// <param name="Ordinal">Its number.</param>
/// <param name="ReceiveTime">When it was received, UTC.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its payload.</param>
public sealed record JournalEntry(long Position, long Ordinal, DateTime ReceiveTime, string Topic, ReadOnlyMemory<byte> Payload);

/// <summary>Looks into a journal's folder without changing it, also while Linewatch runs.</summary>
public static class JournalInspection
{
    /// <summary>What the folder holds; quick, only headers and footers are read, and the records of the last segment.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static JournalInfo Info(string folder)
    {
        List<SegmentInfo> segments = [];
        foreach (string path in Segments(folder))
        {
            using JournalSegment? segment = JournalSegment.Open(path, writable: false);
            if (segment is null)
            {
                continue;
            }

            if (segment.IsSealed)
            {
                segments.Add(Describe(segment, segment.EndPosition, segment.NextOrdinal - segment.FirstOrdinal, segment.FirstReceiveTicks, segment.LastReceiveTicks));
            }
            else
            {
                SegmentContent content = SegmentScan.Read(segment);
                segments.Add(Describe(segment, content.EndPosition, content.Records, content.FirstReceiveTicks, content.LastReceiveTicks));
            }
        }

        long end = segments.Count > 0 ? segments[^1].To : 0;
        return new JournalInfo(segments, [.. Cursor.All(folder).Order(StringComparer.Ordinal)
            .Select(name => new CursorInfo(name, Cursor.ReadPosition(folder, name), end - Cursor.ReadPosition(folder, name)))]);
    }

    /// <summary>Reads every record and checks it; yields the faults found. A running journal's torn tail is not one.</summary>
    public static IEnumerable<JournalFault> Verify(string folder)
    {
        JournalSegment? previous = null;
        foreach (string path in Segments(folder))
        {
            using JournalSegment? segment = JournalSegment.Open(path, writable: false);
            if (segment is null)
            {
                yield return new JournalFault(path, 0, "the header is damaged: nothing in this file can be read");
                continue;
            }

            if (previous is not null && previous.EndPosition != segment.BasePosition)
            {
                yield return new JournalFault(path, segment.BasePosition, $"the segment before ends at position {previous.EndPosition}, this one begins at {segment.BasePosition}");
            }

            SegmentContent content = SegmentScan.Read(segment);
            if (content.DamagedBytes > 0)
            {
                yield return new JournalFault(path, segment.BasePosition, $"{content.DamagedBytes} bytes between whole records are damaged");
            }

            if (segment.IsSealed && content.EndPosition != segment.EndPosition)
            {
                yield return new JournalFault(path, content.EndPosition, $"{segment.EndPosition - content.EndPosition} bytes before the end are damaged");
            }

            if (segment.IsSealed && segment.NextOrdinal - segment.FirstOrdinal != content.Records)
            {
                yield return new JournalFault(path, segment.BasePosition, $"{content.Records} messages are readable of {segment.NextOrdinal - segment.FirstOrdinal}");
            }

            previous = segment;
        }
    }

    /// <summary>The messages from a position on, oldest first.</summary>
    public static IEnumerable<JournalEntry> Dump(string folder, long from)
    {
        foreach (string path in Segments(folder))
        {
            using JournalSegment? segment = JournalSegment.Open(path, writable: false);
            if (segment is null || segment.EndPosition <= from)
            {
                continue;
            }

            List<JournalEntry> entries = [];
            SegmentScan.Read(segment, (record, position) =>
            {
                if (position >= from)
                {
                    JournalRecord message = new(record, position);
                    entries.Add(new JournalEntry(position, message.Ordinal, message.ReceiveTime, System.Text.Encoding.UTF8.GetString(message.Topic), message.Payload.ToArray()));
                }
            });
            foreach (JournalEntry entry in entries)
            {
                yield return entry;
            }
        }
    }

    private static string[] Segments(string folder) => [.. Directory.EnumerateFiles(folder, "*" + JournalSegment.Extension).Order(StringComparer.Ordinal)];

    private static SegmentInfo Describe(JournalSegment segment, long end, long messages, long first, long last) => new(
        segment.Path,
        segment.BasePosition,
        end,
        messages,
        messages == 0 ? null : new DateTime(first, DateTimeKind.Utc),
        messages == 0 ? null : new DateTime(last, DateTimeKind.Utc),
        segment.IsSealed);
}
