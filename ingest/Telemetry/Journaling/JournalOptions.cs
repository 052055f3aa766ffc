using System.ComponentModel.DataAnnotations;

namespace Linewatch.Telemetry.Journaling;

/// <summary>Settings of the journal, section <c>Journal</c>.</summary>
public sealed class JournalOptions
{
    /// <summary>Folder of the journal; created where missing. Default <c>data/journal</c>, relative to the working directory.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Folder { get; set; } = "data/journal";

    /// <summary>Bytes on disk at which the journal is full and no more is read from the broker. Default 8 GiB, 1 MiB to 16 TiB.</summary>
    [Range(1L << 20, 1L << 44)]
    public long MaxBytes { get; set; } = 8L << 30;

    /// <summary>Hours that the oldest message some consumer has not passed may wait before the journal counts as full. Default 0 = no limit, up to 8760.</summary>
    [Range(0, 8760)]
    public double MaxAgeHours { get; set; }

    /// <summary>Bytes after which a new segment begins. Default 64 MiB, 64 KiB to 1 GiB.</summary>
    [Range(64L << 10, 1L << 30)]
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>Unsynced bytes that start a sync at once. Default 1 MiB, 4 KiB to 64 MiB.</summary>
    [Range(4 << 10, 64 << 20)]
    public int SyncBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Milliseconds that a message nobody waits for may stay unsynced; one whose sender waits for its acknowledgement is
    /// synced as soon as the disk is free. Default 10, 1 to 1000.
    /// </summary>
    [Range(1, 1000)]
    public int SyncMilliseconds { get; set; } = 10;

    /// <summary>Bytes in memory not yet synced at which connections stop reading. Default 16 MiB, 64 KiB to 256 MiB.</summary>
    [Range(64 << 10, 256 << 20)]
    public int MaxPendingBytes { get; set; } = 16 << 20;
}
