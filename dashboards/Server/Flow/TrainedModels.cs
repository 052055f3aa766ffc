using System.Data.Common;
using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.Training;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Flow;

/// <summary>
/// Brings the trained models that are in use to the watches of their machines, and tells when the scores of a signal are no longer
/// distributed as they were in training. Looks into the database every few seconds, so that it does not matter on which node
/// a model was trained or rolled back.
/// </summary>
internal sealed partial class TrainedModels(
    RunningLines running,
    ModelBook models,
    AlertBook alerts,
    MonitorSettings settings,
    IOptions<TrainDetectorsOptions> options,
    TimeProvider clock,
    ILogger<TrainedModels> logger) : BackgroundService
{
    /// <summary>An alert of drift is over below this share of the limit.</summary>
    private const double Over = 0.8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Scores drift over hours.</summary>
    private static readonly TimeSpan DriftInterval = TimeSpan.FromMinutes(5);

    private readonly HashSet<(string Line, string Machine, long Use)> _unreadable = [];
    private HashSet<AlertSource>? _drifting;
    private DateTime _driftSeen;

    /// <summary>How far the scores of each signal of the running lines have drifted from training; signals without a training left out.</summary>
    public IReadOnlyList<SignalDrift> Drifts()
    {
        List<SignalDrift> drifts = [];
        foreach (LineAnalysis line in running() ?? [])
        {
            lock (line.Gate)
            {
                drifts.AddRange(line.Watches
                    .Where(watch => watch.Monitor.Errors.CanCompare)
                    .Select(watch => new SignalDrift(
                        watch.Signal.Path.Line,
                        watch.Signal.Path.Machine,
                        watch.Signal.Path.Signal,
                        watch.Signal.Name,
                        watch.Monitor.Errors.Drift!.Value,
                        watch.Monitor.Errors.Distance!.Value,
                        watch.Monitor.Errors.Drift > options.Value.MostDrift)));
            }
        }

        return drifts;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer interval = new(Interval, clock);
        while (await interval.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AdoptAsync(stoppingToken);
                DateTime now = clock.GetUtcNow().UtcDateTime;
                if (now - _driftSeen >= DriftInterval)
                {
                    _driftSeen = now;
                    await TellDriftAsync(now, stoppingToken);
                }
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

    /// <summary>Raises an advisory for each signal whose scores have drifted, and clears those that are over.</summary>
    internal async Task TellDriftAsync(DateTime now, CancellationToken cancellationToken)
    {
        if (running() is null)
        {
            return;
        }

        _drifting ??=
        [
            .. (await alerts.ListAsync(new AlertFilter { OpenOnly = true, Rule = DetectorRules.Drift, Limit = 10_000 }, cancellationToken))
                .Where(alert => alert.IsActive).Select(alert => alert.Source),
        ];
        double limit = options.Value.MostDrift;
        HashSet<AlertSource> still = [];
        foreach (SignalDrift drift in Drifts())
        {
            AlertSource source = new(drift.Line, drift.Machine, drift.Signal);
            if (drift.IsDrifting && !_drifting.Contains(source))
            {
                await alerts.RaiseAsync(
                    new AlertCondition
                    {
                        Rule = DetectorRules.Drift,
                        Source = source,
                        Severity = AlertSeverity.Advisory,
                        EventTime = now,
                        Message = string.Create(CultureInfo.InvariantCulture, $"{drift.Name}: its readings differ from what is expected otherwise than when the detector was trained (stability index {drift.Drift:0.00}, above {limit:0.00}); a training is due"),
                        Value = drift.Drift,
                        ExpectedUpper = limit,
                        Unit = "1",
                    },
                    cancellationToken);
            }

            if (drift.IsDrifting || (_drifting.Contains(source) && drift.Drift > Over * limit))
            {
                still.Add(source);
            }
        }

        foreach (AlertSource source in _drifting.Except(still))
        {
            await alerts.ClearAsync(DetectorRules.Drift, source, now, cancellationToken);
        }

        _drifting = still;
    }

    [LoggerMessage(7112, LogLevel.Information, "{Line}/{Machine} is watched by version {Version} of its trained model: {Reason}")]
    private static partial void LogAdopted(ILogger logger, string line, string machine, long version, string reason);

    [LoggerMessage(7113, LogLevel.Warning, "Version {Version} of the model of {Line}/{Machine} cannot be read ({Reason}); what learned by itself goes on")]
    private static partial void LogUnreadable(ILogger logger, long version, string line, string machine, string reason);

    [LoggerMessage(7114, LogLevel.Warning, "Trained models are looked for later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}

/// <summary>How the scores of a signal are distributed beside its training.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Signal">Signal id.</param>
/// <param name="Name">The signal's name.</param>
/// <param name="Drift">Population stability index of the errors of late against those of training.</param>
/// <param name="Distance">Largest distance of the p-values from uniform, 0 to 1.</param>
/// <param name="IsDrifting">Whether the index is above the limit.</param>
internal sealed record SignalDrift(string Line, string Machine, string Signal, string Name, double Drift, double Distance, bool IsDrifting);
