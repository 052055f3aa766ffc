using System.Runtime.CompilerServices;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Linewatch.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in WAL mode, one writer, any number of readers that never wait for it. A commit that
/// was answered survives a power cut.
/// </summary>
public sealed class SqliteReadingStore : IReadingStore
{
    /// <summary>Samples read at once; no read transaction stays open while the caller works, so that the log can be checkpointed.</summary>
    private const int PageSize = 2_000;

    private readonly string _path;
    private readonly int _batchSize;
    private readonly string _readers;
    private readonly StorageMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private SqliteWriter? _writer;

    /// <summary>Opens nothing yet.</summary>
    public SqliteReadingStore(IOptions<StorageOptions> options, StorageMetrics metrics, TimeProvider clock)
    {
        _path = Path.GetFullPath(options.Value.Path);
        _batchSize = options.Value.BatchSize;
        _metrics = metrics;
        _clock = clock;
        _readers = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly }.ToString();
    }

    /// <inheritdoc/>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken) =>
        await WritingAsync(static _ => 0, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        if (readings.IsEmpty)
        {
            return [];
        }

        long started = _clock.GetTimestamp();
        List<RefusedReading> refused = [];
        for (int at = 0; at < readings.Length; at += _batchSize)
        {
            ReadOnlyMemory<Reading> batch = readings.Slice(at, Math.Min(_batchSize, readings.Length - at));
            await WritingAsync(
                writer =>
                {
                    writer.Write(batch.Span, refused);
                    return 0;
                },
                cancellationToken);
        }

        _metrics.Wrote(readings.Length - refused.Count, refused.Count, _clock.GetElapsedTime(started));
        return refused;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken)
    {
        StorablePoint.ThrowUnlessStorable(points);
        await WritingAsync(
            writer => writer.InTransaction(connection =>
            {
                SqlitePoints.Write(connection, points);
                return 0;
            }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Sample> RangeAsync(
        SignalPath signal, DateTime from, DateTime to, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long next = UnixTime.ToTicks(UnixTime.Clamp(from));
        long end = UnixTime.ToTicks(UnixTime.Clamp(to));
        int given = 0;
        while (limit > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // A page begins with the event time that the one before it ended with, whose repeats may go on.
            int wanted = Math.Min(limit, PageSize);
            List<Sample> page = Reading(signal, (connection, id) => SqliteQueries.Range(connection, id, next, end, wanted + given)) ?? [];
            for (int i = given; i < page.Count; i++)
            {
                yield return page[i];
            }

            if (page.Count < wanted + given)
            {
                yield break;
            }

            limit -= wanted;
            DateTime last = page[^1].EventTime;
            given = page.Count(sample => sample.EventTime == last);
            next = UnixTime.ToTicks(last);
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<Sample>>> SamplesAtAsync(IReadOnlyList<SignalTimes> wanted, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<Sample>>>(Reading(connection => SqliteQueries.At(connection, wanted, cancellationToken)));

    /// <inheritdoc/>
    public Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) =>
        Task.FromResult(Reading(signal, (connection, id) => SqliteQueries.Last(connection, id, UnixTime.ToTicks(UnixTime.Clamp(before)))));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DateTime?>>(Reading(connection => SqliteQueries.Newest(connection, signals, cancellationToken)));

    /// <inheritdoc/>
    public Task<IReadOnlyList<WindowAggregate>> AggregateAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        AggregateRange.ThrowIfUnbounded(from, to, window);
        return Task.FromResult<IReadOnlyList<WindowAggregate>>(Reading(signal, (connection, id) =>
            Downsampling.ResolutionFor(window) is { } resolution
                && Downsampling.Usable(SqliteDownsampling.Covered(connection), from, to, resolution) is { IsEmpty: false } middle
                ? Downsampling.Merge(
                    [
                        .. Raw(connection, id, from, middle.From),
                        .. SqliteDownsampling.Read(connection, id, resolution, middle),
                        .. Raw(connection, id, middle.To, to),
                    ],
                    window)
                : Raw(connection, id, from, to)) ?? []);

        List<WindowAggregate> Raw(SqliteConnection connection, long id, DateTime rawFrom, DateTime rawTo) => SqliteQueries.AggregateRaw(
            connection, id, UnixTime.ToTicks(UnixTime.Clamp(rawFrom)), UnixTime.ToTicks(UnixTime.Clamp(rawTo)), window.Ticks, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WindowPercentile>> PercentileAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, double percentile, CancellationToken cancellationToken)
    {
        AggregateRange.ThrowIfUnbounded(from, to, window);
        Percentile.ThrowUnlessValid(percentile);
        return Task.FromResult<IReadOnlyList<WindowPercentile>>(Reading(signal, (connection, id) => SqliteQueries.Percentiles(
            connection, id, UnixTime.ToTicks(UnixTime.Clamp(from)), UnixTime.ToTicks(UnixTime.Clamp(to)), new Percentile(window, percentile), cancellationToken)) ?? []);
    }

    /// <inheritdoc/>
    public async Task DownsampleAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        // Windows whose raw readings retention has deleted keep what was computed while they were there.
        DownsampledRange range = Downsampling.Widened(from, to);
        long deletedBefore = await WritingAsync(writer => SqliteState.Read(writer.Connection, SqliteState.DeletedBefore), cancellationToken)
            ?? UnixTime.ToTicks(UnixTime.Earliest);
        DownsampledRange kept = Downsampling.Widened(UnixTime.FromTicks(deletedBefore), range.To);
        range = range with { From = kept.From > range.From ? kept.From : range.From };
        long last = 0;
        while (!range.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<long> signals = await WritingAsync(
                writer => writer.InTransaction(connection =>
                {
                    List<long> some = SqliteDownsampling.Signals(connection, last);
                    SqliteDownsampling.Compute(connection, some, range);
                    return some;
                }),
                cancellationToken);
            if (signals.Count == 0)
            {
                await WritingAsync(
                    writer => writer.InTransaction(connection =>
                    {
                        SqliteDownsampling.Cover(connection, SqliteDownsampling.Covered(connection).With(range));
                        return 0;
                    }),
                    cancellationToken);
                return;
            }

            last = signals[^1];
        }
    }

    /// <inheritdoc/>
    public async Task<long?> DeleteBeforeAsync(DateTime before, CancellationToken cancellationToken)
    {
        long deleted = 0;
        long end = UnixTime.ToTicks(Downsampling.Floor(before, Downsampling.Coarse));
        await WritingAsync(
            writer => writer.InTransaction(connection =>
            {
                SqliteState.Raise(connection, SqliteState.DeletedBefore, end);
                return 0;
            }),
            cancellationToken);
        for (List<long> signals = await SignalsAsync(0); signals.Count > 0; signals = await SignalsAsync(signals[^1]))
        {
            foreach (long signal in signals)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Both tables at once: each commit waits for the disk.
                deleted += await WritingAsync(
                    writer => writer.InTransaction(connection => SqliteState.DeleteReadings(connection, signal, end)), cancellationToken);
            }
        }

        return deleted;

        ValueTask<List<long>> SignalsAsync(long after) => WritingAsync(writer => SqliteDownsampling.Signals(writer.Connection, after), cancellationToken);
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
        cancellationToken.ThrowIfCancellationRequested();
        foreach (DerivedPoint point in Reading(connection =>
            SqlitePoints.Read(connection, measurement, tags, UnixTime.Clamp(from), UnixTime.Clamp(to), limit)))
        {
            yield return point;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(SignalPath signal, DateTime from, DateTime to, CancellationToken cancellationToken) =>
        Task.FromResult(Reading(signal, (connection, id) => SignalRows.Count(
            connection, id, UnixTime.ToTicks(UnixTime.Clamp(from)), UnixTime.ToTicks(UnixTime.Clamp(to)))));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        _writer?.Dispose();
        _writer = null;
        _writing.Dispose();
        using SqliteConnection readers = new(_readers);
        SqliteConnection.ClearPool(readers);
    }

    private async ValueTask<T> WritingAsync<T>(Func<SqliteWriter, T> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return work(_writer ??= Open());
        }
        catch (Exception exception) when (Unavailable(exception) is { } unavailable)
        {
            // A handle that met an I/O error is not trusted again.
            _writer?.Dispose();
            _writer = null;
            throw unavailable;
        }
        finally
        {
            _writing.Release();
        }
    }

    private SqliteWriter Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        return new SqliteWriter(_path);
    }

    /// <summary>The default where the signal has no readings at all.</summary>
    private T? Reading<T>(SignalPath signal, Func<SqliteConnection, long, T> work) =>
        Reading(connection => SqliteQueries.IdOf(connection, signal) is { } id ? work(connection, id) : default);

    private T Reading<T>(Func<SqliteConnection, T> work)
    {
        long started = _clock.GetTimestamp();
        try
        {
            using SqliteConnection connection = new(_readers);
            connection.Open();

            // Deferred: one view of the file for all that the query reads, and no lock on the writer.
            using SqliteTransaction view = connection.BeginTransaction(deferred: true);
            return work(connection);
        }
        catch (Exception exception) when (Unavailable(exception) is { } unavailable)
        {
            throw unavailable;
        }
        finally
        {
            _metrics.Queried(_clock.GetElapsedTime(started));
        }
    }

    /// <summary>What the disk or another process did to us; every other code is a fault of ours.</summary>
    private StoreUnavailableException? Unavailable(Exception exception)
    {
        bool outside = exception is IOException or UnauthorizedAccessException
            || exception is SqliteException
            {
                SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT
                    or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_NOTADB
            };
        if (!outside)
        {
            return null;
        }

        _metrics.Unavailable();
        return new StoreUnavailableException($"SQLite file {_path}: {exception.Message}", inner: exception);
    }
}
