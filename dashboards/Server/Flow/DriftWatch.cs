using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Jobs.Training;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Flow;

/// <summary>
/// Tells the alert rules every five minutes of which signals, or machines' rows, the scores are no longer distributed as they were in training
/// (findings of <c>detector-drift</c>), and of which they are again. One thread at a time, but for <see cref="Drifts"/>.
/// </summary>
internal sealed class DriftWatch(
    RunningLines running, RuleFlow rules, IOptions<TrainDetectorsOptions> options, TimeProvider clock, ILogger<DriftWatch> logger)
    : FindingWatch(rules, TimeSpan.FromMinutes(5), clock, logger)
{
    /// <summary>It is over below this share of the limit; between the two, what stands goes on.</summary>
    private const double Over = 0.8;

    /// <summary>How far the scores of each signal of the running lines, and of each machine's rows, have drifted from training; those without a training left out. Thread-safe.</summary>
    public IReadOnlyList<DetectorDrift> Drifts() => [.. (running() ?? []).SelectMany(Drifts)];

    /// <summary>What can no longer be compared (a new model watches, the plant has it no more) drifts no longer.</summary>
    protected override async Task<IReadOnlyCollection<AlertFinding>> FindAsync(CancellationToken cancellationToken)
    {
        if (running() is not { } lines)
        {
            return [];
        }

        DateTime now = Now;
        List<AlertFinding> findings = [];
        HashSet<AlertSource> staying = [];
        foreach (LineAnalysis line in lines)
        {
            foreach (DetectorDrift drift in Drifts(line))
            {
                if (drift.IsDrifting)
                {
                    findings.Add(Finding(drift, line.Clock(now) ?? now));
                }

                if (drift.Drift > Over * options.Value.MostDrift)
                {
                    staying.Add(SourceOf(drift));
                }
            }
        }

        IEnumerable<AlertFinding> over = (await Rules.StandingAsync([DetectorRules.Drift], cancellationToken))
            .Where(standing => !staying.Contains(standing.Source))
            .Select(standing => standing with { IsActive = false, EventTime = lines.FirstOrDefault(line => line.Line.Id == standing.Source.Line)?.Clock(now) ?? now });
        return [.. findings, .. over];
    }

    private IReadOnlyList<DetectorDrift> Drifts(LineAnalysis line)
    {
        lock (line.Gate)
        {
            IEnumerable<(AlertSource Source, string Name, ErrorShape? Errors)> all =
            [
                .. line.Watches.Select(watch => (AlertSource.Of(watch.Signal.Path), watch.Signal.Name, watch.Monitor.Errors)),
                .. line.RowWatches.Select(watch => (watch.Source, watch.MachineName, watch.Rows?.Errors)),
            ];
            return
            [
                .. all
                    .Where(one => one.Errors is { CanCompare: true })
                    .Select(one => new DetectorDrift(
                        one.Source.Line,
                        one.Source.Machine,
                        one.Source.Signal,
                        one.Name,
                        one.Errors!.Drift!.Value,
                        one.Errors.Distance!.Value,
                        one.Errors.Drift > options.Value.MostDrift)),
            ];
        }
    }

    private AlertFinding Finding(DetectorDrift drift, DateTime eventTime) => new()
    {
        Detector = DetectorRules.Drift,
        Source = SourceOf(drift),
        IsActive = true,
        EventTime = eventTime,
        Message = string.Create(CultureInfo.InvariantCulture, $"{drift.Name}: {(drift.Signal is null ? "its signals go together otherwise" : "its readings differ from what is expected otherwise")} than when the detector was trained (stability index {drift.Drift:0.00}, above {options.Value.MostDrift:0.00}); a training is due"),
        Value = drift.Drift,
        ExpectedUpper = options.Value.MostDrift,
        Unit = "1",
    };

    private static AlertSource SourceOf(DetectorDrift drift) => new(drift.Line, drift.Machine, drift.Signal);
}
