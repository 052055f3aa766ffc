using System.Data.Common;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Decoding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Linewatch.Operations.Rules;

/// <summary>
/// Runs the rules of every line over the journal, as a consumer with a cursor of its own: what a batch means is in the
/// database, with the rules' timers, before the cursor moves. While the journal is read to its end the clock runs along,
/// so that delays end and machines fall silent without a reading. What belongs to no line (the journal, the plant file) has
/// rules of its own, on the clock's time. Thread-safe.
/// </summary>
public sealed partial class RuleFlow(
    LineAlertsFactory factory, AlertBook alerts, CurrentPlant plant, IServiceProvider services, TimeProvider clock, ILogger<RuleFlow> logger) : BackgroundService
{
    /// <summary>Name of this consumer and of its cursor.</summary>
    public const string Consumer = "rules";

    /// <summary>Key of what belongs to no line.</summary>
    private const string NoLine = "";

    private const int MostAlerts = 10_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private Plant? _plant;
    private Dictionary<string, RuleLine> _lines = [];
    private RuleLine[] _bySignal = [];

    /// <summary>Takes a batch of readings.</summary>
    /// <exception cref="DbException">The database cannot be reached; the same batch is to come again.</exception>
    public async ValueTask HandleAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        // What comes back out of quarantine is about the past: it mends figures, it calls nobody.
        if (batch.Through < 0)
        {
            return;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            await FollowAsync(batch.Plant, cancellationToken);
            Take(batch);
            foreach (RuleLine line in _lines.Values.Where(line => line.IsTouched))
            {
                await line.Alerts.FlushAsync(batch.Through, cancellationToken);
                line.IsTouched = false;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Takes what other engines found, in any order of lines, and keeps what the rules make of it. The same finding again
    /// changes nothing.
    /// </summary>
    /// <exception cref="DbException">The database cannot be reached; the same findings are to come again.</exception>
    public async Task TakeAsync(IReadOnlyCollection<AlertFinding> findings, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await FollowAsync(_plant ?? plant.Value, cancellationToken);
            foreach (AlertFinding finding in findings)
            {
                // A line that the plant no longer has calls nobody.
                if (_lines.TryGetValue(finding.Source.Line, out RuleLine? line))
                {
                    line.Alerts.Take(finding);
                }
            }

            foreach (RuleLine line in _lines.Values.Where(line => line.Alerts.HasNews))
            {
                await line.Alerts.FlushAsync(line.Alerts.Position, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What these detectors found and have not said to be over, in this run or an earlier one; a finding that several rules watch comes once.</summary>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<AlertFinding>> StandingAsync(IReadOnlyCollection<string> detectors, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await FollowAsync(_plant ?? plant.Value, cancellationToken);
            return
            [
                .. _lines.Values.SelectMany(line => line.Alerts.Standing).Where(finding => detectors.Contains(finding.Detector))
                    .DistinctBy(finding => (finding.Detector, finding.Source)),
            ];
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets time pass, on a line as its machines see it.</summary>
    /// <param name="handledThrough">
    /// Time up to which everything received was taken, UTC. Null while a backlog is read: a replay has its own time, and the
    /// clock's would make every machine of the past silent. Only what belongs to no line grows older then.
    /// </param>
    /// <param name="cancellationToken">Gives up; the next call catches up.</param>
    /// <exception cref="DbException">The database cannot be reached; call again.</exception>
    public async Task AdvanceAsync(DateTime? handledThrough, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await FollowAsync(plant.Value, cancellationToken);
            foreach ((string id, RuleLine line) in _lines)
            {
                DateTime? through = id == NoLine ? clock.GetUtcNow().UtcDateTime : handledThrough;
                if (through is { } until && line.EventTime > DateTime.UnixEpoch)
                {
                    // A batch may have been taken since the caller looked.
                    line.Alerts.Advance(until > line.ReceiveTime ? line.EventTime + (until - line.ReceiveTime) : line.EventTime);
                    if (line.Alerts.HasNews)
                    {
                        await line.Alerts.FlushAsync(line.Alerts.Position, cancellationToken);
                    }
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _gate.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        JournalConsumer consumer = services.GetRequiredKeyedService<JournalConsumer>(Consumer);
        using PeriodicTimer second = new(TimeSpan.FromSeconds(1), clock);
        while (await second.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                DateTime now = clock.GetUtcNow().UtcDateTime;
                await AdvanceAsync(consumer.Status.LiveThrough(now), stoppingToken);
            }
            catch (DbException unreachable)
            {
                LogWaiting(unreachable);
            }
        }
    }

    private void Take(ReadingBatch batch)
    {
        ReadOnlySpan<Reading> readings = batch.Readings.Span;
        for (int i = 0; i < readings.Length; i++)
        {
            RuleLine line = _bySignal[readings[i].Signal.Index];
            line.Alerts.Take(readings[i], batch.Through);
            line.IsTouched = true;
            if (readings[i].EventTime > line.EventTime)
            {
                line.EventTime = readings[i].EventTime;
                line.ReceiveTime = batch.LastReceiveTime;
            }
        }
    }

    /// <summary>A new plant gets new rules, which take up what the old ones kept.</summary>
    private async Task FollowAsync(Plant current, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(current, _plant))
        {
            return;
        }

        DateTime now = clock.GetUtcNow().UtcDateTime;
        Dictionary<string, RuleLine> lines = [];
        foreach (Line? line in current.Lines.Append(null))
        {
            RuleLine fresh = new(factory.Create(line));
            await fresh.Alerts.RestoreAsync(cancellationToken);
            if (line is null)
            {
                (fresh.EventTime, fresh.ReceiveTime) = (now, now);
            }
            else if (_lines.TryGetValue(line.Id, out RuleLine? before))
            {
                (fresh.EventTime, fresh.ReceiveTime) = (before.EventTime, before.ReceiveTime);
            }

            lines[line?.Id ?? NoLine] = fresh;
        }

        await ClearGoneAsync(current, now, cancellationToken);
        (_lines, _plant) = (lines, current);
        _bySignal = [.. current.Signals.Select(signal => lines[signal.Path.Line])];
    }

    /// <summary>What the plant no longer has is watched by nobody: its alerts would stand for ever.</summary>
    private async Task ClearGoneAsync(Plant current, DateTime now, CancellationToken cancellationToken)
    {
        foreach (Alert alert in await alerts.ListAsync(new AlertFilter { OpenOnly = true, Limit = MostAlerts }, cancellationToken))
        {
            if (alert.IsActive && !Has(current, alert.Source))
            {
                await alerts.ClearAsync(alert.Rule, alert.Source, now, cancellationToken);
            }
        }
    }

    private static bool Has(Plant current, AlertSource source) => source.Line.Length == 0
        || (current.TryGetLine(source.Line, out Line? line)
            && (source.Machine.Length == 0
                || (line.Machines.FirstOrDefault(machine => machine.Id == source.Machine) is { } machine
                    && (source.Signal is null || machine.Signals.Any(signal => signal.Path.Signal == source.Signal)))));

    [LoggerMessage(5020, LogLevel.Error, "The operations database cannot be reached; the rules wait")]
    private partial void LogWaiting(Exception unreachable);

    private sealed class RuleLine(LineAlerts alerts)
    {
        public LineAlerts Alerts { get; } = alerts;

        public bool IsTouched { get; set; }

        /// <summary>Newest event time, and when its message was received: together the line's clock.</summary>
        public DateTime EventTime { get; set; } = DateTime.UnixEpoch;

        public DateTime ReceiveTime { get; set; } = DateTime.UnixEpoch;
    }
}
