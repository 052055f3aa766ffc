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
        AlertVerdict[] judged =
        [
            .. (await verdicts.ListAsync(_known.Count > 0 ? _known[^1].JudgedAt : DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), cancellationToken))
                .Where(verdict => anomalies.Contains(verdict.Rule)),
        ];

        // Who changes their mind is heard once, in the place of the new word.
        _known.RemoveAll(known => judged.Any(verdict => verdict.AlertId == known.AlertId));
        _known.AddRange(judged);
        IEnumerable<AlertVerdict> heard = newLines ? _known : judged;
        HashSet<(string, string, string?)> signals = [.. heard.Select(KeyOf)];
        foreach (LineAnalysis line in lines)
        {
            lock (line.Gate)
            {
                foreach (SignalWatch watch in line.Watches.Where(watch => signals.Contains(Key(watch))))
                {
                    watch.Take(Of(watch).Select(verdict => verdict.Verdict));

                    // A verdict from before this run has been learned then.
                    if (_lines is not null && judged.LastOrDefault(verdict => IsOf(verdict, watch)) is { Verdict: not Judgement.True })
                    {
                        watch.Monitor.Accept();
                    }
                }

                foreach (RowWatch watch in line.RowWatches.Where(watch => signals.Contains(Key(watch))))
                {
                    watch.Take(_known.Where(verdict => KeyOf(verdict) == Key(watch)).Select(verdict => verdict.Verdict));
                }
            }
        }

        _lines = lines;
    }

    private IEnumerable<AlertVerdict> Of(SignalWatch watch) => _known.Where(verdict => IsOf(verdict, watch));

    private static bool IsOf(AlertVerdict verdict, SignalWatch watch) => KeyOf(verdict) == Key(watch);

    private static (string Line, string Machine, string? Signal) KeyOf(AlertVerdict verdict) => (verdict.Line, verdict.Machine, verdict.Signal);

    private static (string Line, string Machine, string? Signal) Key(RowWatch watch) => (watch.Source.Line, watch.Source.Machine, null);

    private static (string Line, string Machine, string? Signal) Key(SignalWatch watch) =>
        (watch.Signal.Path.Line, watch.Signal.Path.Machine, watch.Signal.Path.Signal);

    [LoggerMessage(7111, LogLevel.Warning, "Verdicts are taken later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
