using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Storage.Influx;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Benchmarks.Telemetry;

/// <summary>A store that writes everything as line protocol, in bodies of 5,000 lines, and sends them nowhere.</summary>
internal sealed class EncodingStore : IReadingStore
{
    private const int BodyLines = 5_000;

    private readonly InfluxSeries _series = new();
    private readonly LineBuffer _lines = new();

    /// <summary>Bytes of line protocol so far.</summary>
    public long Bytes { get; private set; }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        foreach (ref readonly Reading reading in readings.Span)
        {
            if (StorableReading.Fault(reading) is null)
            {
                _lines.Append(reading, _series.Of(reading.Signal));
            }

            if (_lines.Lines >= BodyLines)
            {
                Finish();
            }
        }

        Finish();
        return ValueTask.FromResult<IReadOnlyList<RefusedReading>>([]);
    }

    public Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DateTime?>>(new DateTime?[signals.Count]);

    public ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<Sample> RangeAsync(SignalPath signal, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<WindowAggregate>> AggregateAsync(SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<WindowPercentile>> PercentileAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, double percentile, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DownsampleAsync(DateTime from, DateTime to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long?> DeleteBeforeAsync(DateTime before, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<DerivedPoint> PointsAsync(
        string measurement, IReadOnlyDictionary<string, string> tags, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> CountAsync(SignalPath signal, DateTime from, DateTime to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Finish()
    {
        Bytes += _lines.Finish().Length;
        _lines.Clear();
    }
}
