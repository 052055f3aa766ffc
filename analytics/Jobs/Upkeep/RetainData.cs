using Dapper;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.Database;
using Linewatch.Storage;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Upkeep;

/// <summary>Deletes what is older than its retention: raw readings, job runs, ended notifications. Alerts and work orders stay for ever.</summary>
internal sealed class RetainData(
    IReadingStore store, OperationsDatabase database, IOptions<StorageOptions> storage, IOptions<UpkeepOptions> options, TimeProvider clock) : IScheduledJob
{
    /// <inheritdoc/>
    public string Name => "retain";

    /// <inheritdoc/>
    public string Description => "Deletes raw readings, job runs and notifications that are older than their retention";

    /// <inheritdoc/>
    public string DefaultCron => "0 30 2 * * ?";

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        if (storage.Value.RetentionDays > 0)
        {
            long? deleted = await store.DeleteBeforeAsync(now.AddDays(-storage.Value.RetentionDays), cancellationToken);
            await run.LogAsync(deleted is { } count ? $"{count} raw readings deleted" : "the store deletes raw readings by itself", cancellationToken);
        }

        int runs = await DeleteAsync("job_run WHERE ended_at < @before", now - options.Value.KeepRuns, cancellationToken);
        int notifications = await DeleteAsync("notification WHERE ended_at < @before", now - options.Value.KeepNotifications, cancellationToken);
        await run.LogAsync($"{runs} runs and {notifications} notifications deleted", cancellationToken);
    }

    private Task<int> DeleteAsync(string what, DateTime before, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync($"DELETE FROM {what}", new { before }, transaction), cancellationToken);
}
