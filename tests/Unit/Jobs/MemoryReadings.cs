using System.Runtime.CompilerServices;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Jobs;

/// <summary>Readings in memory, enough of a store for the jobs.</summary>
public sealed class MemoryReadings : IReadingStore
{
    private readonly List<DerivedPoint> _points = [];
    private readonly Dictionary<string, SortedDictionary<DateTime, double>> _series = [];

    /// <summary>Makes every call fail as an unreachable store does.</summary>
    public bool IsDown { get; set; }

    public void Add(SignalPath signal, DateTime eventTime, double value)
    {
        if (!_series.TryGetValue(signal.ToString(), out SortedDictionary<DateTime, double>? series))
        {
            _series[signal.ToString()] = series = [];
        }

        series[eventTime] = value;
    }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the jobs write no readings");

    public ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken)
    {
        _points.AddRange(points);
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<Sample> RangeAsync(
        SignalPath signal, DateTime from, DateTime to, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach ((DateTime time, double value) in Series(signal).Where(reading => reading.Key >= from && reading.Key < to).Take(limit))
        {
            yield return new Sample(time, value);
        }
    }

    public Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken)
    {
        KeyValuePair<DateTime, double>[] earlier = [.. Series(signal).Where(reading => reading.Key < before)];
        return Task.FromResult<Sample?>(earlier.Length == 0 ? null : new Sample(earlier[^1].Key, earlier[^1].Value));
    }

    public Task<IReadOnlyList<WindowAggregate>> AggregateAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WindowAggregate>>(
        [
            .. Series(signal)
                .Where(reading => reading.Key >= from && reading.Key < to)
                .GroupBy(reading => reading.Key.Ticks - ((reading.Key - DateTime.UnixEpoch).Ticks % window.Ticks), reading => reading.Value)
                .Select(group => new WindowAggregate(
                    new DateTime(group.Key, DateTimeKind.Utc), group.Count(), group.Min(), group.Max(), group.Average(), group.First(), group.Last(), group.Sum(), double.NaN)),
        ]);

    public Task<long> CountAsync(SignalPath signal, DateTime from, DateTime to, CancellationToken cancellationToken) =>
        Task.FromResult<long>(Series(signal).Count(reading => reading.Key >= from && reading.Key < to));

    public IAsyncEnumerable<DerivedPoint> PointsAsync(
        string measurement, IReadOnlyDictionary<string, string> tags, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) =>
        _points.Where(point => point.Measurement == measurement && point.EventTime >= from && point.EventTime < to).Take(limit).ToAsyncEnumerable();

    public Task<IReadOnlyList<WindowPercentile>> PercentileAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, double percentile, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the jobs ask for no percentile");

    public Task DownsampleAsync(DateTime from, DateTime to, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long?> DeleteBeforeAsync(DateTime before, CancellationToken cancellationToken)
    {
        long deleted = 0;
        foreach (SortedDictionary<DateTime, double> series in _series.Values)
        {
            foreach (DateTime eventTime in series.Keys.Where(eventTime => eventTime < before).ToArray())
            {
                series.Remove(eventTime);
                deleted++;
            }
        }

        return Task.FromResult<long?>(deleted);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SortedDictionary<DateTime, double> Series(SignalPath signal) =>
        IsDown ? throw new StoreUnavailableException("the store is down") : _series.GetValueOrDefault(signal.ToString()) ?? [];
}
