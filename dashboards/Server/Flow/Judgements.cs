using System.Data.Common;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Flow;

/// <summary>
/// Brings what people said about anomalies to the watches of their signals, or of the machine's rows: each verdict moves the
/// alarm score by <see cref="AlarmScoreRule"/>, and what was judged to be no fault is learned. Alerts of other rules say nothing
/// about these watches. Looks into the database every few seconds, so that it does not matter on which node somebody judged.
/// </summary>
internal sealed partial class Judgements(
    RunningLines running, VerdictBook verdicts, IOptionsMonitor<AlertRulesOptions> rules, TimeProvider clock, ILogger<Judgements> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly List<AlertVerdict> _known = [];
    private IReadOnlyList<LineAnalysis>? _lines;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer interval = new(Interval, clock);
        while (await interval.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (DbException away)
            {
                LogLater(logger, away.Message);
            }
        }
    }

    /// <summary>Takes what was judged since the last look.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (running() is not { } lines)
        {
            return;
        }

        bool newLines = !ReferenceEquals(lines, _lines);
        IReadOnlySet<string> anomalies = rules.CurrentValue.Over(DetectorRules.Anomaly);
        IReadOnlyList<AlertVerdict> judged = await verdicts.ListAsync(
            _known.Count > 0 ? _known[^1].JudgedAt : DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), cancellationToken);

        // Who changes their mind is heard once, in the place of the new word.
        _known.RemoveAll(known => judged.Any(verdict => verdict.AlertId == known.AlertId));
        _known.AddRange(judged);
        AlertVerdict[] said = [.. _known.Where(verdict => anomalies.Contains(verdict.Rule))];
        AlertVerdict[] fresh = [.. judged.Where(verdict => anomalies.Contains(verdict.Rule))];
        HashSet<AlertSource> sources = [.. (newLines ? said : fresh).Select(verdict => verdict.Source)];
        foreach (LineAnalysis line in lines)
        {
            lock (line.Gate)
            {
                foreach (SignalWatch watch in line.Watches.Where(watch => sources.Contains(AlertSource.Of(watch.Signal.Path))))
                {
                    AlertSource source = AlertSource.Of(watch.Signal.Path);
                    watch.Take(Of(source));

                    // A verdict from before this run has been learned then.
                    if (_lines is not null && fresh.LastOrDefault(verdict => verdict.Source == source) is { Verdict: not Judgement.True })
                    {
                        watch.Monitor.Accept();
                    }
                }

                foreach (RowWatch watch in line.RowWatches.Where(watch => sources.Contains(watch.Source)))
                {
                    watch.Take(Of(watch.Source));
                }
            }
        }

        _lines = lines;

        IEnumerable<Judgement> Of(AlertSource source) => said.Where(verdict => verdict.Source == source).Select(verdict => verdict.Verdict);
    }

    [LoggerMessage(7111, LogLevel.Warning, "Verdicts are taken later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
