using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Upkeep;

/// <summary>How the installation looks after itself; section <c>Jobs:Upkeep</c>.</summary>
public sealed class UpkeepOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Jobs:Upkeep";

    /// <summary>How far back each downsampling run computes anew, for readings that came late. Default 6 h; 15 min – 31 days.</summary>
    [Range(typeof(TimeSpan), "00:15:00", "31.00:00:00")]
    public TimeSpan DownsampleAgain { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long runs of jobs and their log lines are kept. Default 90 days; 1–3650 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepRuns { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long notifications that have ended are kept. Default 90 days; 1–3650 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepNotifications { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Folder of the backups of the embedded operations database. Default <c>backups</c> beside the database file.</summary>
    public string BackupFolder { get; set; } = "";

    /// <summary>How many backups are kept, the newest. Default 7; 1–1000.</summary>
    [Range(1, 1000)]
    public int Backups { get; set; } = 7;
}

/// <summary>Checks <see cref="UpkeepOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class UpkeepOptionsValidator : IValidateOptions<UpkeepOptions>;
