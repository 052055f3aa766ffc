using Linewatch.Plants;

namespace Linewatch.Server.Hosting;

/// <summary>Applies an edited plant.yaml while running when it is right, and says all that is wrong with it when it is not.</summary>
internal sealed partial class PlantWatcher(string path, CurrentPlant plant, TimeProvider clock, ILogger<PlantWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private (DateTime WrittenAt, long Bytes) _applied = Stamp(path);

    private volatile IReadOnlyList<PlantFault> _faults = [];

    /// <summary>The plant file.</summary>
    public string Path => path;

    /// <summary>Why the file as it is now is not in force; empty while it is.</summary>
    public IReadOnlyList<PlantFault> Faults => _faults;

    /// <summary>Reads the file now and applies it when it is right; says what was read.</summary>
    public PlantFile Apply()
    {
        lock (_gate)
        {
            _applied = Stamp(path);
            PlantFile file = PlantFile.Read(path);
            _faults = file.Faults;
            if (file.Plant is { } changed)
            {
                plant.Replace(changed);
                LogApplied(logger, path, changed.Lines.Count, changed.Signals.Count);
            }
            else
            {
                LogRefused(logger, path, string.Join('\n', file.Faults));
            }

            return file;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Asked for instead of watched: that works on every file system, also for a mounted volume and a file replaced by a rename.
        using PeriodicTimer timer = new(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    /// <summary>Applies the file when it was written since the last look.</summary>
    internal void Look()
    {
        if (File.Exists(path) && IsChanged())
        {
            Apply();
        }
    }

    private bool IsChanged()
    {
        lock (_gate)
        {
            return Stamp(path) != _applied;
        }
    }

    /// <summary>A file that was read half written may end up with the time it had then, but not with the length.</summary>
    private static (DateTime WrittenAt, long Bytes) Stamp(string path) =>
        new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    [LoggerMessage(7210, LogLevel.Information, "{Path} was changed and holds from now on: {Lines} lines, {Signals} signals")]
    private static partial void LogApplied(ILogger logger, string path, int lines, int signals);

    [LoggerMessage(7211, LogLevel.Error, "{Path} was changed but is refused; the plant stays as it was:\n{Faults}")]
    private static partial void LogRefused(ILogger logger, string path, string faults);
}
