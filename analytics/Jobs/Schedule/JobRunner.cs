using Linewatch.Jobs.History;
using Linewatch.Operations.Database;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Linewatch.Jobs.Schedule;

/// <summary>What Quartz fires: runs our job of the fired name within a kept history. One Quartz job a name, so none overlaps itself.</summary>
[DisallowConcurrentExecution]
internal sealed partial class JobRunner(JobRegistry registry, JobHistory history, OperationsDatabase database, TimeProvider clock, ILogger<JobRunner> logger) : IJob
{
    /// <summary>Marks a run that a person asked for.</summary>
    public const string CauseKey = "cause";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        string name = context.JobDetail.Key.Name;
        string cause = Cause(context);
        DateTime scheduledFor = (context.ScheduledFireTimeUtc ?? context.FireTimeUtc).UtcDateTime;
        JobRun run = await history.BeginAsync(name, context.Scheduler.SchedulerInstanceId, cause, scheduledFor, cancellationToken);
        JobSetting setting = await JobSetting.ReadAsync(database, name, cancellationToken);
        if (cause != "person" && setting.IsPausedAt(clock.GetUtcNow().UtcDateTime))
        {
            await history.EndAsync(run.Id, JobOutcome.Skipped, $"paused by {setting.PausedBy} until {setting.PausedUntil:u}: {setting.PausedReason}", cancellationToken);
            return;
        }

        try
        {
            await registry.Find(name)!.RunAsync(run, cancellationToken);
            await history.EndAsync(run.Id, JobOutcome.Succeeded, run.Message, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await history.EndAsync(run.Id, JobOutcome.Cancelled, "cancelled", CancellationToken.None);
        }
#pragma warning disable CA1031 // whatever a job throws is recorded, then handed to Quartz, which retries
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(name, failure);
            await history.EndAsync(run.Id, JobOutcome.Failed, failure.Message, CancellationToken.None);
            throw new JobExecutionException(failure);
        }
    }

    private static string Cause(IJobExecutionContext context) =>
        context.Recovering ? "recovery"
        : context.RetryAttempt > 0 ? "retry"
        : context.MergedJobDataMap.TryGetValue(CauseKey, out object? cause) && cause is string text ? text
        : "schedule";

    [LoggerMessage(6000, LogLevel.Error, "Job {Job} failed")]
    private partial void LogFailed(string job, Exception failure);
}
