using System.ComponentModel.DataAnnotations;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>Settings of the quarantine, section <c>Quarantine</c>.</summary>
public sealed class QuarantineOptions
{
    /// <summary>Folder of the quarantine; created where missing. Default <c>data/quarantine</c>.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Folder { get; set; } = "data/quarantine";

    /// <summary>Bytes kept; beyond, the oldest eighth is dropped and counted. Default 256 MiB, 64 KiB to 1 TiB.</summary>
    [Range(64L << 10, 1L << 40)]
    public long MaxBytes { get; set; } = 256L << 20;

    /// <summary>Days a message is kept. Default 90, 1 to 3650.</summary>
    [Range(1, 3650)]
    public int MaxAgeDays { get; set; } = 90;
}
