using System.Data.Common;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.Training;

namespace Linewatch.Server.Flow;

/// <summary>
/// Brings the trained models that are in use to the watches of their machines. Looks into the database every few seconds, so that
/// it does not matter on which node a model was trained or rolled back.
/// </summary>
internal sealed partial class TrainedModels(
    RunningLines running, ModelBook models, MonitorSettings settings, TimeProvider clock, ILogger<TrainedModels> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly HashSet<(string Line, string Machine, long Use)> _unreadable = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer interval = new(Interval, clock);
        while (await interval.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AdoptAsync(stoppingToken);
            }
            catch (DbException away)
            {
                LogLater(logger, away.Message);
            }
        }
    }

    /// <summary>Takes the models that were put into use since the last look.</summary>
    internal async Task AdoptAsync(CancellationToken cancellationToken)
    {
        if (running() is not { } lines)
        {
            return;
        }

        foreach (ModelUse use in await models.InUseAsync(cancellationToken))
        {
            if (lines.FirstOrDefault(line => line.Line.Id == use.Line) is not { } line
                || !line.ModelUses.TryGetValue(use.Machine, out long adopted)
                || adopted == use.Number
                || _unreadable.Contains((use.Line, use.Machine, use.Number))
                || await models.StateAsync(use.Line, use.Machine, use.Version, cancellationToken) is not { } state)
            {
                continue;
            }

            try
            {
                MachineModel model = MachineModel.Read(state, settings);
                lock (line.Gate)
                {
                    line.Adopt(use.Machine, model, settings, use.Number);
                }

                LogAdopted(logger, use.Line, use.Machine, use.Version, use.Reason);
            }
            catch (InvalidDataException fault)
            {
                _unreadable.Add((use.Line, use.Machine, use.Number));
                LogUnreadable(logger, use.Version, use.Line, use.Machine, fault.Message);
            }
        }
    }

    [LoggerMessage(7112, LogLevel.Information, "{Line}/{Machine} is watched by version {Version} of its trained model: {Reason}")]
    private static partial void LogAdopted(ILogger logger, string line, string machine, long version, string reason);

    [LoggerMessage(7113, LogLevel.Warning, "Version {Version} of the model of {Line}/{Machine} cannot be read ({Reason}); what learned by itself goes on")]
    private static partial void LogUnreadable(ILogger logger, long version, string line, string machine, string reason);

    [LoggerMessage(7114, LogLevel.Warning, "Trained models are looked for later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
