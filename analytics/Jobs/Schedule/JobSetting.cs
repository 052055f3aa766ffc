using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Jobs.Schedule;

/// <summary>What people changed about a job.</summary>
internal sealed record JobSetting
{
    public string Job { get; init; } = "";

    public string? Cron { get; init; }

    public DateTime? PausedUntil { get; init; }

    public string? PausedBy { get; init; }

    public string? PausedReason { get; init; }

    public bool IsPausedAt(DateTime now) => PausedUntil > now;

    public static async Task<JobSetting> ReadAsync(OperationsDatabase database, string job, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<JobSetting>("SELECT * FROM job_setting WHERE job = @job", new { job })
            ?? new JobSetting { Job = job };
    }

    public Task SaveAsync(OperationsDatabase database, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO job_setting (job, cron, paused_until, paused_by, paused_reason)
            VALUES (@Job, @Cron, @PausedUntil, @PausedBy, @PausedReason)
            ON CONFLICT (job) DO UPDATE SET cron = @Cron, paused_until = @PausedUntil, paused_by = @PausedBy, paused_reason = @PausedReason
            """,
            this, transaction),
        cancellationToken);
}
