using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Storage;

/// <summary>A store for tests and benchmarks that are about one side of it: whatever a subclass does not override nobody may ask.</summary>
internal abstract class PartialStore : IReadingStore
{
    public virtual Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual IAsyncEnumerable<Sample> RangeAsync(SignalPath signal, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public virtual Task<IReadOnlyList<IReadOnlyList<Sample>>> SamplesAtAsync(IReadOnlyList<SignalTimes> wanted, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public virtual Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual Task<IReadOnlyList<WindowAggregate>> AggregateAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual Task<IReadOnlyList<WindowPercentile>> PercentileAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, double percentile, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual Task DownsampleAsync(DateTime from, DateTime to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual Task<long?> DeleteBeforeAsync(DateTime before, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual IAsyncEnumerable<DerivedPoint> PointsAsync(
        string measurement, IReadOnlyDictionary<string, string> tags, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public virtual Task<long> CountAsync(SignalPath signal, DateTime from, DateTime to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
