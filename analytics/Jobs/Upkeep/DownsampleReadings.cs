using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Storage;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Upkeep;

/// <summary>Computes the downsampled series anew over the last hours. Idempotent: the store replaces what was there.</summary>
internal sealed class DownsampleReadings(IReadingStore store, IOptions<UpkeepOptions> options, TimeProvider clock) : IScheduledJob
{
    /// <summary>The newest quarter of an hour is left to the next run: its readings are still coming in.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public string Name => "downsample";

    /// <inheritdoc/>
    public string Description => "Computes the 1-minute and 15-minute series that long queries read";

    /// <inheritdoc/>
    public string DefaultCron => "0 6/15 * * * ?";

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        DateTime to = clock.GetUtcNow().UtcDateTime - Settling;
        DateTime from = to - options.Value.DownsampleAgain;
        await store.DownsampleAsync(from, to, cancellationToken);
        await run.ReportAsync(100, $"{from:u} to {to:u}", cancellationToken);
    }
}
