using Linewatch.Jobs.History;

namespace Linewatch.Jobs.Schedule;

/// <summary>
/// Work that recurs. A run may be repeated after a failure or taken over by another node at any point, so its effects
/// are idempotent. A job never overlaps itself, on no node.
/// </summary>
public interface IScheduledJob
{
    /// <summary>Identifier in API and history, in kebab case.</summary>
    string Name { get; }

    /// <summary>What it does, for people.</summary>
    string Description { get; }

    /// <summary>Quartz cron expression (seconds first) in the plant's time zone, unless somebody changed it.</summary>
    string DefaultCron { get; }

    /// <summary>Does the work once. What it throws is recorded and retried.</summary>
    Task RunAsync(JobRun run, CancellationToken cancellationToken);
}
