using System.Data.Common;
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
/// so that delays end and machines fall silent without a reading. Thread-safe.
/// </summary>
public sealed partial class RuleFlow(
    LineAlertsFactory factory, CurrentPlant plant, IServiceProvider services, TimeProvider clock, ILogger<RuleFlow> logger) : BackgroundService
{
    /// <summary>Name of this consumer and of its cursor.</summary>
    public const string Consumer = "rules";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private Plant? _plant;
    private Dictionary<string, RuleLine> _lines = [];

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
            if (_plant is null)
            {
                await FollowAsync(plant.Value, cancellationToken);
            }

            foreach (AlertFinding finding in findings)
            {
                // A line that the plant no longer has calls nobody.
                if (_lines.TryGetValue(finding.Source.Line, out RuleLine? line))
                {
                    line.Alerts.Take(finding);
                }
            }

            foreach (RuleLine line in _lines.Values.Where(line => line.Alerts.HasOutcomes))
            {
                await line.Alerts.FlushAsync(line.Alerts.Position, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets time pass on every line, up to the clock's now as the line's machines see it.</summary>
    public async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await FollowAsync(plant.Value, cancellationToken);
            DateTime now = clock.GetUtcNow().UtcDateTime;
            foreach (RuleLine line in _lines.Values.Where(line => line.EventTime > DateTime.UnixEpoch))
            {
                line.Alerts.Advance(line.EventTime + (now - line.ReceiveTime));
                if (line.Alerts.HasOutcomes)
                {
                    await line.Alerts.FlushAsync(line.Alerts.Position, cancellationToken);
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
                // A replay has its own time: the clock's would make every machine of the past silent.
                if (consumer.Status.PendingMessages == 0)
                {
                    await AdvanceAsync(stoppingToken);
                }
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
        RuleLine? line = null;
        string? known = null;
        for (int i = 0; i < readings.Length; i++)
        {
            // Readings of a line come in runs: only the first of a run is looked up.
            string id = readings[i].Signal.Path.Line;
            if (line is null || !ReferenceEquals(id, known))
            {
                known = id;
                line = _lines[id];
            }

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

        Dictionary<string, RuleLine> lines = [];
        foreach (Line line in current.Lines)
        {
            RuleLine fresh = new(factory.Create(line));
            await fresh.Alerts.RestoreAsync(cancellationToken);
            if (_lines.TryGetValue(line.Id, out RuleLine? before))
            {
                (fresh.EventTime, fresh.ReceiveTime) = (before.EventTime, before.ReceiveTime);
            }

            lines[line.Id] = fresh;
        }

        (_lines, _plant) = (lines, current);
    }

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
