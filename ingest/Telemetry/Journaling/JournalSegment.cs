using Microsoft.Win32.SafeHandles;

namespace Linewatch.Telemetry.Journaling;

/// <summary>One file of the journal. The last one grows; the others are sealed and never change.</summary>
internal sealed class JournalSegment : IDisposable
{
    public const string Extension = ".segment";

    private JournalSegment(string path, SafeFileHandle file, long basePosition, long firstOrdinal, uint salt)
    {
        Path = path;
        File = file;
        BasePosition = basePosition;
        FirstOrdinal = firstOrdinal;
        Salt = salt;
        EndPosition = basePosition;
        NextOrdinal = firstOrdinal;
    }

    public string Path { get; }

    public SafeFileHandle File { get; }

    /// <summary>Position of the first record.</summary>
    public long BasePosition { get; }

    public long FirstOrdinal { get; }

    public uint Salt { get; }

    /// <summary>Position behind the last record; for the last segment the one behind the last synced record.</summary>
    public long EndPosition { get; set; }

    public long NextOrdinal { get; set; }

    public long FirstReceiveTicks { get; set; }

    public long LastReceiveTicks { get; set; }

    public bool IsSealed { get; private set; }

    public long DataLength => EndPosition - BasePosition;

    public static string FileName(long basePosition) => basePosition.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) + Extension;

    public static JournalSegment Create(string folder, long basePosition, long firstOrdinal, uint salt)
    {
        string path = System.IO.Path.Combine(folder, FileName(basePosition));
        SafeFileHandle file = System.IO.File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            Span<byte> header = stackalloc byte[JournalFormat.HeaderLength];
            JournalFormat.WriteHeader(header, basePosition, firstOrdinal, salt);
            RandomAccess.Write(file, header, 0);
            RandomAccess.FlushToDisk(file);
            return new JournalSegment(path, file, basePosition, firstOrdinal, salt);
        }
        catch
        {
            file.Dispose();
            System.IO.File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a segment by its header and, where sealed, its footer; null when the header is damaged.</summary>
    public static JournalSegment? Open(string path, bool writable)
    {
        SafeFileHandle file = System.IO.File.OpenHandle(
            path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> bytes = stackalloc byte[JournalFormat.FooterLength];
        if (RandomAccess.Read(file, bytes[..JournalFormat.HeaderLength], 0) < JournalFormat.HeaderLength
            || !JournalFormat.TryReadHeader(bytes, out long basePosition, out long firstOrdinal, out uint salt))
        {
            file.Dispose();
            return null;
        }

        JournalSegment segment = new(path, file, basePosition, firstOrdinal, salt);
        long length = RandomAccess.GetLength(file);
        if (length >= JournalFormat.HeaderLength + JournalFormat.FooterLength
            && RandomAccess.Read(file, bytes, length - JournalFormat.FooterLength) == JournalFormat.FooterLength
            && JournalFormat.TryReadFooter(bytes, out long end, out long next, out long first, out long last)
            && segment.Offset(end) == length - JournalFormat.FooterLength)
        {
            segment.EndPosition = end;
            segment.NextOrdinal = next;
            segment.FirstReceiveTicks = first;
            segment.LastReceiveTicks = last;
            segment.IsSealed = true;
        }
        else
        {
            segment.EndPosition = basePosition + length - JournalFormat.HeaderLength;
        }

        return segment;
    }

    /// <summary>Where a position lies in the file.</summary>
    public long Offset(long position) => position - BasePosition + JournalFormat.HeaderLength;

    /// <summary>Reads into the whole span from a position, as far as the segment's data go; returns the bytes read.</summary>
    public int Read(long position, Span<byte> destination)
    {
        int wanted = (int)Math.Min(destination.Length, EndPosition - position);
        int read = 0;
        while (read < wanted)
        {
            int count = RandomAccess.Read(File, destination[read..wanted], Offset(position) + read);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        return read;
    }

    /// <summary>Cuts everything behind a position.</summary>
    public void Truncate(long end)
    {
        RandomAccess.SetLength(File, Offset(end));
        EndPosition = end;
    }

    /// <summary>Writes the footer; from now on the segment never changes.</summary>
    public void Seal()
    {
        Span<byte> footer = stackalloc byte[JournalFormat.FooterLength];
        JournalFormat.WriteFooter(footer, EndPosition, NextOrdinal, FirstReceiveTicks, LastReceiveTicks);
        RandomAccess.Write(File, footer, Offset(EndPosition));
        RandomAccess.FlushToDisk(File);
        IsSealed = true;
    }

    public void Dispose() => File.Dispose();
}
