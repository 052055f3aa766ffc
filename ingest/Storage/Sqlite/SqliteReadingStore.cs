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
            writer =>
            {
                writer.InTransaction(connection => SqlitePoints.Write(connection, points));
                return 0;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Sample> RangeAsync(
        SignalPath signal, DateTime from, DateTime to, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long next = UnixTime.ToTicks(UnixTime.Clamp(from));
        long end = UnixTime.ToTicks(UnixTime.Clamp(to));
        while (limit > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<Sample> page = Reading(connection => SqliteQueries.Range(connection, signal, next, end, Math.Min(limit, PageSize)));
            foreach (Sample sample in page)
            {
                yield return sample;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            limit -= page.Count;
            next = UnixTime.ToTicks(page[^1].EventTime) + 1;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) =>
        Task.FromResult(Reading(connection => SqliteQueries.Last(connection, signal, UnixTime.ToTicks(UnixTime.Clamp(before)))));

    /// <inheritdoc/>
    public Task<IReadOnlyList<WindowAggregate>> AggregateAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        AggregateRange.ThrowIfUnbounded(from, to, window);
        return Task.FromResult<IReadOnlyList<WindowAggregate>>(Reading(connection => SqliteQueries.Aggregate(
            connection, signal, UnixTime.ToTicks(UnixTime.Clamp(from)), UnixTime.ToTicks(UnixTime.Clamp(to)), window.Ticks, cancellationToken)));
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
        Task.FromResult(Reading(connection => SqliteQueries.Count(
            connection, signal, UnixTime.ToTicks(UnixTime.Clamp(from)), UnixTime.ToTicks(UnixTime.Clamp(to)))));

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

    private T Reading<T>(Func<SqliteConnection, T> work)
    {
        long started = _clock.GetTimestamp();
        try
        {
            using SqliteConnection connection = new(_readers);
            connection.Open();
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
