using System.Collections.Concurrent;
using System.Data.Common;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Rules;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Decoding;
using Microsoft.Extensions.DependencyInjection;

namespace Linewatch.Server.Flow;

/// <summary>
/// The consumer of the journal that keeps every line's figures: engines, watches, what these find, and the live picture. After a
/// restart it first reads the running shifts back from the store, so that the figures are the same to the last bit.
/// </summary>
internal sealed partial class AnalyticsFlow(
    IServiceProvider services,
    CurrentPlant plant,
    IReadingStore store,
    LivePlant live,
    RuleFlow rules,
    ShiftBook shifts,
    ShiftRestater restater,
    LineHistory history,
    DerivedPointWriter derived,
    MonitorFile monitors,
    TimeProvider clock,
    ILogger<AnalyticsFlow> logger) : BackgroundService
{
    /// <summary>Name of the consumer that stores readings, and of its cursor.</summary>
    public const string StoreConsumer = "store";

    /// <summary>Name of this consumer, and of its cursor.</summary>
    public const string Consumer = "analytics";

    private const int TicksASecond = 10;

    /// <summary>Most readings that a line takes before others get at it.</summary>
    private const int LongestRun = 256;

    /// <summary>How long figures that were not due yet wait at most to be looked at again.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1) / TicksASecond;

    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RestateInterval = TimeSpan.FromSeconds(2);

    /// <summary>Shifts that ended longer ago are not closed by a restart.</summary>
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromDays(3);

    private readonly SemaphoreSlim _rebuilding = new(1);
    private readonly SemaphoreSlim _keeping = new(1);
    private readonly List<AlertFinding> _findings = [];
    private readonly ConcurrentQueue<ShiftRecord> _closed = [];
    private volatile Lines? _lines;

    /// <summary>The lines as they run now; null before the first reading and while they are read back. A new plant has new lines.</summary>
    public IReadOnlyList<LineAnalysis>? Running => _lines?.All;

    /// <summary>Takes a batch of readings.</summary>
    public async ValueTask HandleAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        Lines lines = await LinesAsync(batch.Plant, batch.From, cancellationToken);
        List<DerivedPoint> points = [];
        HashSet<LineAnalysis> touched = [];
        Take(batch, lines, touched, points);
        foreach (LineAnalysis line in touched)
        {
            lock (line.Gate)
            {
                Close(line, line.HeardEventTime!.Value);
                derived.AddFigures(batch.Plant, line, line.HeardEventTime!.Value, points);
                ShowWhenDue(line, batch.MoreWaits);
            }
        }

        derived.Add(points);

        // What a failing database leaves undone is done when the same batch comes again: the monitors will not repeat it.
        if (_findings.Count > 0)
        {
            await rules.TakeAsync(_findings, cancellationToken);
            _findings.Clear();
        }

        await KeepShiftsAsync(cancellationToken);
        foreach (LineAnalysis line in touched)
        {
            if (line.TakeBeyondMemory() is { Count: > 0 } hours)
            {
                await restater.MarkAsync(line.Engine, hours, cancellationToken);
            }
        }
    }

    /// <summary>Saves what the monitors have learned.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(TickAsync(stoppingToken), RestateAsync(stoppingToken));

    private async Task TickAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer tick = new(TickInterval, clock);
        DateTime saved = Now;
        for (int ticks = 1; await tick.WaitForNextTickAsync(stoppingToken); ticks++)
        {
            if (ticks % TicksASecond == 0)
            {
                await MoveOnAsync(stoppingToken);
                if (Now - saved > SaveInterval)
                {
                    saved = Now;
                    Save();
                }
            }

            ShowWhatIsDue();
        }
    }

    /// <summary>A second has passed: its figures are others, and shifts may be over.</summary>
    private async Task MoveOnAsync(CancellationToken stoppingToken)
    {
        try
        {
            Lines lines = await LinesAsync(plant.Value, long.MaxValue, stoppingToken);
            DateTime now = Now;
            DateTime? handledThrough = Progress.LiveThrough(now);
            foreach (LineAnalysis line in lines.All)
            {
                lock (line.Gate)
                {
                    line.Pace.Changed();
                    if (handledThrough is { } through && line.Clock(through) is { } at)
                    {
                        Close(line, at);
                    }
                }
            }

            await KeepShiftsAsync(stoppingToken);
        }
        catch (Exception away) when (away is StoreUnavailableException or DbException)
        {
            LogWaiting(logger, away.Message);
        }
    }

    /// <summary>Computes what is marked, beside the live figures and never in their way.</summary>
    private async Task RestateAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer interval = new(RestateInterval, clock);
        while (await interval.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (_lines is { } lines)
                {
                    await StoredAsync(long.MaxValue, stoppingToken);
                    await restater.RunAsync(lines.Plant, stoppingToken);
                }
            }
            catch (Exception away) when (away is StoreUnavailableException or DbException)
            {
                LogRestatingLater(logger, away.Message);
            }
        }
    }

    /// <summary>How far this consumer has come.</summary>
    private ConsumerStatus Progress => services.GetRequiredKeyedService<JournalConsumer>(Consumer).Status;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private void Take(ReadingBatch batch, Lines lines, HashSet<LineAnalysis> touched, List<DerivedPoint> points)
    {
        ReadOnlySpan<Reading> readings = batch.Readings.Span;
        for (int next = 0; next < readings.Length;)
        {
            LineAnalysis line = lines.BySignal[readings[next].Signal.Index];
            touched.Add(line);
            lock (line.Gate)
            {
                // Readings of a line come in runs; a long one lets others at the line in between.
                int most = Math.Min(readings.Length, next + LongestRun);
                do
                {
                    line.Accept(readings[next], batch.LastReceiveTime, batch.Through, _findings, points);
                }
                while (++next < most && ReferenceEquals(lines.BySignal[readings[next].Signal.Index], line));
            }
        }
    }

    private void ShowWhatIsDue()
    {
        bool isBehind = Progress.PendingMessages > 0;
        foreach (LineAnalysis line in _lines?.All ?? [])
        {
            lock (line.Gate)
            {
                ShowWhenDue(line, isBehind);
            }
        }
    }

    private void ShowWhenDue(LineAnalysis line, bool isBehind)
    {
        if (line.Pace.IsDue(isBehind) && line.Clock(Now) is { } at)
        {
            long started = clock.GetTimestamp();
            live.Publish(line.Engine.Snapshot(at));
            line.Pace.Shown(clock.GetElapsedTime(started));
        }
    }

    private void Close(LineAnalysis line, DateTime watermark)
    {
        foreach (ShiftRecord record in line.Engine.Advance(watermark))
        {
            _closed.Enqueue(record);
        }
    }

    private async Task KeepShiftsAsync(CancellationToken cancellationToken)
    {
        // A batch and the clock both come here: one alone takes a record off, and only after it is kept.
        await _keeping.WaitAsync(cancellationToken);
        try
        {
            while (_closed.TryPeek(out ShiftRecord? record))
            {
                await shifts.KeepAsync(record, ShiftBook.Engine, "computed from the readings held", cancellationToken);
                _closed.TryDequeue(out _);
            }
        }
        finally
        {
            _keeping.Release();
        }
    }

    private void Save()
    {
        if (_lines is { } lines)
        {
            monitors.Save(lines.All);
        }
    }

    /// <summary>The lines of a plant; a new plant's are read back from the store first, which must hold everything before a journal position.</summary>
    private async ValueTask<Lines> LinesAsync(Plant wanted, long storedThrough, CancellationToken cancellationToken)
    {
        if (_lines is { } known && ReferenceEquals(known.Plant, wanted))
        {
            return known;
        }

        await _rebuilding.WaitAsync(cancellationToken);
        try
        {
            if (_lines is { } meanwhile && ReferenceEquals(meanwhile.Plant, wanted))
            {
                return meanwhile;
            }

            Save();
            await store.EnsureCreatedAsync(cancellationToken);
            await StoredAsync(storedThrough, cancellationToken);
            Lines lines = new(wanted, monitors.Load(), clock);

            // What this consumer has not passed yet comes from the journal, though the store may hold it already.
            if (Progress.Position > 0)
            {
                foreach (LineAnalysis line in lines.All)
                {
                    await RecallAsync(line, cancellationToken);
                }
            }

            await restater.MarkChangedPlansAsync(wanted, cancellationToken);
            return _lines = lines;
        }
        finally
        {
            _rebuilding.Release();
        }
    }

    /// <summary>Waits until the store consumer has passed what this consumer has passed: only then does the store hold it all.</summary>
    private async Task StoredAsync(long position, CancellationToken cancellationToken)
    {
        JournalConsumer storing = services.GetRequiredKeyedService<JournalConsumer>(StoreConsumer);
        long until = Math.Min(position, Progress.Position);
        while (storing.Status.Position < until)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    private async Task RecallAsync(LineAnalysis line, CancellationToken cancellationToken)
    {
        DateTime? closedUntil = await shifts.LastEndAsync(line.Line.Id, cancellationToken);
        List<Reading> readings = [];
        foreach (Signal signal in LineHistory.Signals(line.Line))
        {
            // A line that was silent for long, or whose recording is old, goes on from its own last reading; a shift that
            // ended while nobody was there to close it, or before the first was closed, is closed now.
            if (await store.LastAsync(signal.Path, DateTime.MaxValue, cancellationToken) is not { } last)
            {
                continue;
            }

            DateTime newest = last.EventTime < Now ? last.EventTime : Now;
            DateTime open = closedUntil ?? newest - LongestAbsence;
            DateTime from = line.Engine.RebuildFrom(open >= newest - LongestAbsence && open < newest ? open : newest);
            await history.AddAsync(signal, from, DateTime.MaxValue, readings, cancellationToken);
        }

        lock (line.Gate)
        {
            foreach (Reading reading in readings.OrderBy(reading => reading.EventTime))
            {
                line.Recall(reading);
            }

            if (closedUntil is { } closed)
            {
                line.Engine.Resume(closed);
            }
        }
    }

    [LoggerMessage(7100, LogLevel.Warning, "Figures wait for the store or the database: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);

    [LoggerMessage(7101, LogLevel.Warning, "Shifts that must be computed again wait for the store or the database: {Reason}")]
    private static partial void LogRestatingLater(ILogger logger, string reason);

    /// <summary>The lines of one plant, and which line each signal belongs to.</summary>
    private sealed class Lines
    {
        public Lines(Plant plant, KeptMonitors kept, TimeProvider clock)
        {
            Plant = plant;
            All = [.. plant.Lines.Select(line => new LineAnalysis(plant, line, kept, clock))];
            BySignal = new LineAnalysis[plant.Signals.Count];
            foreach (LineAnalysis line in All)
            {
                foreach (Signal signal in line.Line.Machines.SelectMany(machine => machine.Signals))
                {
                    BySignal[signal.Index] = line;
                }
            }
        }

        public Plant Plant { get; }

        public IReadOnlyList<LineAnalysis> All { get; }

        public LineAnalysis[] BySignal { get; }
    }
}
