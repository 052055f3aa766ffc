using System.Threading.Channels;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;

namespace Linewatch.Server.Flow;

/// <summary>
/// Writes derived points behind the analytics' back, so that a store that is away holds up the raw readings' cursor but
/// not the live figures. Bounded: while the store is away for long the oldest derived points go first, since raw readings
/// can give them again.
/// </summary>
internal sealed partial class DerivedPointWriter(
    IReadingStore store, MessageBalance balance, IServiceProvider services, CurrentPlant plant, TimeProvider clock, ILogger<DerivedPointWriter> logger) : BackgroundService
{
    private const int Waiting = 200_000;
    private const int BatchSize = 5_000;
    private static readonly TimeSpan LiveStep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HistoryStep = TimeSpan.FromMinutes(5);

    private readonly Channel<DerivedPoint> _points = Channel.CreateBounded<DerivedPoint>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Dictionary<string, DateTime> _figuresUntil = [];

    /// <summary>Takes points to write.</summary>
    public void Add(IEnumerable<DerivedPoint> points)
    {
        foreach (DerivedPoint point in points)
        {
            _points.Writer.TryWrite(point);
        }
    }

    /// <summary>Adds a line's figures at each whole minute of event time since the last call, coarser for history.</summary>
    public void AddFigures(Plant ofPlant, LineAnalysis line, DateTime heard, List<DerivedPoint> points)
    {
        TimeSpan step = clock.GetUtcNow().UtcDateTime - heard > HistoryStep ? HistoryStep : LiveStep;
        DateTime reached = new(heard.Ticks - (heard.Ticks % step.Ticks), DateTimeKind.Utc);
        DateTime until = _figuresUntil.GetValueOrDefault(line.Line.Id, reached - step);
        DateTime first = until > reached - LongestGap ? until + step : reached;
        for (DateTime at = first; at <= reached; at += step)
        {
            points.AddRange(DerivedPoints.Oee(ofPlant, line.Engine.Snapshot(at)));
        }

        if (reached > until)
        {
            _figuresUntil[line.Line.Id] = reached;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<DerivedPoint> batch = new(BatchSize);
        using PeriodicTimer second = new(TimeSpan.FromSeconds(1), clock);
        DateTime balanceDue = DateTime.MinValue;
        while (await second.WaitForNextTickAsync(stoppingToken))
        {
            DateTime now = clock.GetUtcNow().UtcDateTime;
            if (now >= balanceDue)
            {
                IReadOnlyList<BalanceRow> pending = services.GetRequiredKeyedService<JournalConsumer>(AnalyticsFlow.StoreConsumer).Pending();
                DerivedPoint[] rows = [.. BalanceRow.Together(balance.Rows(now.AddHours(-2), now.AddHours(1)), pending).Select(DerivedPoints.Balance)];
                Add(rows);
                balanceDue = rows.Length > 0 ? now + LiveStep : now;
            }

            try
            {
                do
                {
                    while (batch.Count < BatchSize && _points.Reader.TryRead(out DerivedPoint? point))
                    {
                        batch.Add(point);
                    }

                    if (batch.Count > 0)
                    {
                        await store.WriteAsync(batch, stoppingToken);
                        batch.Clear();
                    }
                }
                while (_points.Reader.TryPeek(out _));
            }
            catch (StoreUnavailableException unavailable)
            {
                LogWaiting(logger, _points.Reader.Count + batch.Count, plant.Value.Name, unavailable.Message);
            }
        }
    }

    /// <summary>A line that was silent longer gets no figures for the silence.</summary>
    private static TimeSpan LongestGap => TimeSpan.FromHours(12);

    [LoggerMessage(7120, LogLevel.Warning, "{Count} derived points of {Plant} wait for the store: {Reason}")]
    private static partial void LogWaiting(ILogger logger, int count, string plant, string reason);
}
