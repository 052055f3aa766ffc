using Linewatch.Jobs.History;

namespace Linewatch.Jobs.Schedule;

/// <summary>A job as it stands now.</summary>
/// <param name="Name">Identifier.</param>
/// <param name="Description">What it does.</param>
/// <param name="Cron">Quartz cron expression in force, seconds first, in the plant's time zone.</param>
/// <param name="TimeZone">IANA name of that zone.</param>
/// <param name="NextRun">Next planned run, UTC; null when there is none.</param>
/// <param name="PausedUntil">UTC; null when it is not paused.</param>
/// <param name="PausedBy">Who paused it.</param>
/// <param name="PausedReason">Why.</param>
/// <param name="LastRun">The newest run, running or ended; null when it never ran.</param>
public sealed record JobStatus(
    string Name,
    string Description,
    string Cron,
    string TimeZone,
    DateTime? NextRun,
    DateTime? PausedUntil,
    string? PausedBy,
    string? PausedReason,
    JobRunRecord? LastRun);
