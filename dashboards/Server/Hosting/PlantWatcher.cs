using Linewatch.Plants;

namespace Linewatch.Server.Hosting;

/// <summary>Applies an edited plant.yaml while running when it is right, and says all that is wrong with it when it is not.</summary>
internal sealed partial class PlantWatcher(string path, CurrentPlant plant, TimeProvider clock, ILogger<PlantWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Asked for instead of watched: that works on every file system, also for a mounted volume and a file replaced by a rename.
        DateTime applied = File.GetLastWriteTimeUtc(path);
        using PeriodicTimer timer = new(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            DateTime written = File.GetLastWriteTimeUtc(path);
            if (written == applied || !File.Exists(path))
            {
                continue;
            }

            applied = written;
            PlantFile file = PlantFile.Read(path);
            if (file.Plant is { } changed)
            {
                plant.Replace(changed);
                LogApplied(logger, path, changed.Lines.Count, changed.Signals.Count);
            }
            else
            {
                LogRefused(logger, path, string.Join('\n', file.Faults));
            }
        }
    }

    [LoggerMessage(7210, LogLevel.Information, "{Path} was changed and holds from now on: {Lines} lines, {Signals} signals")]
    private static partial void LogApplied(ILogger logger, string path, int lines, int signals);

    [LoggerMessage(7211, LogLevel.Error, "{Path} was changed but is refused; the plant stays as it was:\n{Faults}")]
    private static partial void LogRefused(ILogger logger, string path, string faults);
}
