using System.Runtime.CompilerServices;
using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Microsoft.Extensions.Options;

namespace Linewatch.Storage.Influx;

/// <summary>
/// InfluxDB 1.x, 2.x or 3.x over HTTP: line protocol in, InfluxQL out. Measurement <c>telemetry</c>, tags site, area, line,
/// machine, a field a signal.
/// </summary>
public sealed class InfluxReadingStore : IReadingStore
{
    /// <summary>Samples asked for at once.</summary>
    private const int PageSize = 10_000;

    /// <summary>Readings with one event time among which the last is looked for.</summary>
    private const int MaximumRepeats = 16;

    /// <summary>Signals of a machine asked for together: an answer has a column for each, filled or not.</summary>
    private const int SignalsAtOnce = 50;

    /// <summary>Questions to the database at once.</summary>
    private const int Questions = 4;

    private readonly StorageOptions _options;
    private readonly StorageMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly InfluxHttp _http;
    private readonly InfluxBatching _batching;
    private readonly InfluxDownsampling _downsampling;

    /// <summary>Connects to nothing yet.</summary>
    public InfluxReadingStore(IOptions<StorageOptions> options, StorageMetrics metrics, TimeProvider clock)
    {
        _options = options.Value;
        _metrics = metrics;
        _clock = clock;
        _http = new InfluxHttp(_options, clock);
        _batching = new InfluxBatching(_http, _options);
        _downsampling = new InfluxDownsampling(_http, _options, clock);
    }

    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => CountedAsync(async () =>
    {
        await InfluxSetup.EnsureCreatedAsync(_http, _options, cancellationToken);
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        if (readings.IsEmpty)
        {
            return [];
        }

        long started = _clock.GetTimestamp();
        List<RefusedReading> refused = await CountedAsync(() => _batching.WriteAsync(readings, cancellationToken));
        _metrics.Wrote(readings.Length - refused.Count, refused.Count, _clock.GetElapsedTime(started));
        return refused;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken)
    {
        StorablePoint.ThrowUnlessStorable(points);
        using LineBuffer buffer = new();
        for (int at = 0; at < points.Count;)
        {
            buffer.Clear();
            for (; at < points.Count && buffer.Lines < _options.BatchSize; at++)
            {
                buffer.Append(points[at]);
            }

            if (buffer.Lines > 0)
            {
                InfluxOutcome outcome = await CountedAsync(() => _http.WriteAsync(buffer.Finish(), cancellationToken));
                if (outcome.Refusal is { } reason && !outcome.IsBeyondRetention)
                {
                    throw new ArgumentException($"InfluxDB refused a derived point: {reason}", nameof(points));
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Sample> RangeAsync(
        SignalPath signal, DateTime from, DateTime to, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (limit > 0)
        {
            int page = Math.Min(limit, PageSize);
            List<Sample> samples;
            using (JsonDocument answer = await PageAsync(Fields(signal), signal, from, to, page, cancellationToken))
            {
                samples = InfluxRows.Samples(answer);
            }

            bool more = samples.Count == page && samples[0].EventTime < samples[^1].EventTime;
            if (more && page < limit)
            {
                // Repeats of one event time stay together: the last ones may go on behind the page.
                DateTime last = samples[^1].EventTime;
                samples.RemoveAll(sample => sample.EventTime == last);
                from = last;
            }

            foreach (Sample sample in InOrder(samples))
            {
                yield return sample;
            }

            if (!more)
            {
                yield break;
            }

            limit -= page == limit ? limit : samples.Count;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<Sample>>> SamplesAtAsync(IReadOnlyList<SignalTimes> wanted, CancellationToken cancellationToken)
    {
        List<Sample>[] found = [.. wanted.Select(_ => new List<Sample>())];
        await ForEachMachineAsync(
            [.. wanted.Select(times => times.Signal)],
            async (machine, cancelled) =>
            {
                foreach (int[] signals in machine.Chunk(SignalsAtOnce))
                {
                    await FindAsync(machine.Key, signals, wanted, found, cancelled);
                }
            },
            cancellationToken);
        return [.. found.Select(InOrder)];
    }

    /// <inheritdoc/>
    public async Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken)
    {
        string statement =
            $"SELECT {Fields(signal)}, {InfluxSeries.RepeatTag} FROM {InfluxSeries.Measurement} WHERE {InfluxQl.Tags(signal)} AND {InfluxQl.Between(DateTime.MinValue, before)} ORDER BY time DESC LIMIT {MaximumRepeats}";
        using JsonDocument answer = await QueryAsync(statement, cancellationToken);
        List<Sample> newest = InfluxRows.Samples(answer);
        return newest.Count == 0 ? null : newest.Where(sample => sample.EventTime == newest[0].EventTime).MaxBy(sample => sample.Repeat);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken)
    {
        DateTime?[] newest = new DateTime?[signals.Count];
        await ForEachMachineAsync(
            signals,
            async (machine, cancelled) =>
            {
                using JsonDocument answer = await QueryAsync($"SELECT * FROM {InfluxSeries.Measurement} WHERE {InfluxQl.Tags(machine.Key)} ORDER BY time DESC LIMIT 1", cancelled);
                DateTime? eventTime = InfluxRows.Of(answer).Select(row => (DateTime?)InfluxRows.Time(row[0])).FirstOrDefault();
                foreach (int i in machine)
                {
                    newest[i] = eventTime;
                }
            },
            cancellationToken);
        return newest;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WindowAggregate>> AggregateAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        AggregateRange.ThrowIfUnbounded(from, to, window);
        if (Downsampling.ResolutionFor(window) is { } resolution
            && Downsampling.Usable(await CountedAsync(() => _downsampling.CoveredAsync(cancellationToken)), from, to, resolution) is { IsEmpty: false } middle)
        {
            return Downsampling.Merge(
                [
                    .. await AggregateRawAsync(signal, from, middle.From, window, cancellationToken),
                    .. await AggregatesAsync(_downsampling.Statement(signal, resolution, middle), cancellationToken),
                    .. await AggregateRawAsync(signal, middle.To, to, window, cancellationToken),
                ],
                window);
        }

        return await AggregateRawAsync(signal, from, to, window, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DownsampleAsync(DateTime from, DateTime to, CancellationToken cancellationToken) => CountedAsync(async () =>
    {
        await _downsampling.ComputeAsync(Downsampling.Widened(from, to), cancellationToken);
        return true;
    });

    /// <inheritdoc/>
    public Task<long?> DeleteBeforeAsync(DateTime before, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WindowPercentile>> PercentileAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, double percentile, CancellationToken cancellationToken)
    {
        AggregateRange.ThrowIfUnbounded(from, to, window);
        Percentile.ThrowUnlessValid(percentile);
        if (percentile < 50)
        {
            // InfluxQL's percentile() ends its answer at the first window whose rank rounds to 0.
            Percentile windows = new(window, percentile);
            await foreach (Sample sample in RangeAsync(signal, from, to, int.MaxValue, cancellationToken))
            {
                if (!double.IsNaN(sample.Value))
                {
                    windows.Add(UnixTime.ToTicks(sample.EventTime), sample.Value);
                }
            }

            return windows.Finish();
        }

        string statement = FormattableString.Invariant(
            $"SELECT percentile({InfluxQl.Name(signal.Signal)}, {percentile:0.##########}) FROM {InfluxSeries.Measurement} WHERE {InfluxQl.Tags(signal)} AND {InfluxQl.Between(from, to)} GROUP BY time({window.Ticks * 100}ns) fill(none)");
        using JsonDocument answer = await QueryAsync(statement, cancellationToken);
        return [.. InfluxRows.Of(answer).Select(InfluxRows.Percentile)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DerivedPoint> PointsAsync(
        string measurement,
        IReadOnlyDictionary<string, string> tags,
        DateTime from,
        DateTime to,
        int limit,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The columns of a plain SELECT * do not tell tags from fields; grouped by all tags they do. The limit then counts for
        // each series, so the series are merged here.
        string statement = FormattableString.Invariant(
            $"SELECT * FROM {InfluxQl.Name(measurement)} WHERE {InfluxQl.Tags(tags)}{InfluxQl.Between(from, to)} GROUP BY * ORDER BY time LIMIT {limit}");
        using JsonDocument answer = await QueryAsync(statement, cancellationToken);
        foreach (DerivedPoint point in InfluxRows.Points(answer, measurement).OrderBy(point => point.EventTime).Take(limit))
        {
            yield return point;
        }
    }

    /// <inheritdoc/>
    public async Task<long> CountAsync(SignalPath signal, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        string statement =
            $"SELECT count({InfluxQl.Name(signal.Signal)}), count({InfluxQl.Name(signal.Signal + InfluxSeries.TextSuffix)}) FROM {InfluxSeries.Measurement} WHERE {InfluxQl.Tags(signal)} AND {InfluxQl.Between(from, to)}";
        using JsonDocument answer = await QueryAsync(statement, cancellationToken);
        return InfluxRows.Of(answer).Sum(row => InfluxRows.Number(row[1]) + InfluxRows.Number(row[2]));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<List<WindowAggregate>> AggregateRawAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        if (to <= from)
        {
            return [];
        }

        string field = InfluxQl.Name(signal.Signal);
        return await AggregatesAsync(
            FormattableString.Invariant($"""
                SELECT count({field}), min({field}), max({field}), mean({field}), first({field}), last({field}), sum({field}), stddev({field})
                FROM {InfluxSeries.Measurement} WHERE {InfluxQl.Tags(signal)} AND {InfluxQl.Between(from, to)} GROUP BY time({window.Ticks * 100}ns) fill(none)
                """),
            cancellationToken);
    }

    private async Task<List<WindowAggregate>> AggregatesAsync(string statement, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await QueryAsync(statement, cancellationToken);
        return [.. InfluxRows.Of(answer).Select(InfluxRows.Aggregate).Where(aggregate => aggregate.Count > 0)];
    }

    /// <summary>A question a machine, by the indices of its signals, several at once: a plant has fifty times as many signals.</summary>
    private static Task ForEachMachineAsync(
        IReadOnlyList<SignalPath> signals, Func<IGrouping<SignalPath, int>, CancellationToken, ValueTask> ask, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, signals.Count).GroupBy(i => signals[i] with { Signal = "" }),
            new ParallelOptions { MaxDegreeOfParallelism = Questions, CancellationToken = cancellationToken },
            ask);

    /// <summary>Adds what some signals of a machine, by their indices, have at the times wanted of them.</summary>
    private async Task FindAsync(
        SignalPath machine, int[] signals, IReadOnlyList<SignalTimes> wanted, List<Sample>[] found, CancellationToken cancellationToken)
    {
        HashSet<DateTime>[] times = [.. signals.Select(signal => wanted[signal].EventTimes.ToHashSet())];
        string fields = string.Join(", ", signals.Select(signal => Fields(wanted[signal].Signal)));
        for (TimesScan scan = new([.. times.SelectMany(some => some).Distinct().Order()]); !scan.IsOver;)
        {
            using JsonDocument answer = await PageAsync(fields, machine, scan.From, scan.To, scan.Limit, cancellationToken);
            foreach (JsonElement row in scan.Take([.. InfluxRows.Of(answer)], row => InfluxRows.Time(row[0])))
            {
                for (int i = 0; i < signals.Length; i++)
                {
                    if (InfluxRows.Sample(row, i) is { } sample && times[i].Contains(sample.EventTime))
                    {
                        found[signals[i]].Add(sample);
                    }
                }
            }
        }
    }

    private Task<JsonDocument> PageAsync(string fields, SignalPath machine, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) => QueryAsync(
        FormattableString.Invariant(
            $"SELECT {fields}, {InfluxSeries.RepeatTag} FROM {InfluxSeries.Measurement} WHERE {InfluxQl.Tags(machine)} AND {InfluxQl.Between(from, to)} ORDER BY time LIMIT {limit}"),
        cancellationToken);

    /// <summary>The three fields of a signal, as <see cref="InfluxRows.Sample"/> reads them.</summary>
    private static string Fields(SignalPath signal) =>
        $"{InfluxQl.Name(signal.Signal)}, {InfluxQl.Name(signal.Signal + InfluxSeries.TextSuffix)}, {InfluxQl.Name(signal.Signal + InfluxSeries.StaleSuffix)}";

    private static List<Sample> InOrder(IEnumerable<Sample> samples) => [.. samples.OrderBy(sample => sample.EventTime).ThenBy(sample => sample.Repeat)];

    private async Task<JsonDocument> QueryAsync(string statement, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        JsonDocument answer = await CountedAsync(() => _http.QueryAsync(statement, cancellationToken));
        _metrics.Queried(_clock.GetElapsedTime(started));
        return answer;
    }

    private async Task<T> CountedAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (StoreUnavailableException)
        {
            _metrics.Unavailable();
            throw;
        }
    }
}
