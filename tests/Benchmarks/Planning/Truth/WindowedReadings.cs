using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Storage;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>
/// Quarter-hourly aggregates of wear signals and states in memory, in the place of the database: eight weeks of raw readings would be
/// written and read for longer than everything else takes. One thread at a time.
/// </summary>
internal sealed class WindowedReadings : PartialStore
{
    /// <summary>The only window it keeps.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Dictionary<SignalPath, List<WindowAggregate>> _series = [];
    private readonly List<DerivedPoint> _points = [];

    /// <summary>Takes a reading; readings of a signal come in the order of event time, late ones are left out.</summary>
    public void Add(in Reading reading)
    {
        if (!double.IsFinite(reading.Value))
        {
            return;
        }

        if (!_series.TryGetValue(reading.Signal.Path, out List<WindowAggregate>? windows))
        {
            _series[reading.Signal.Path] = windows = [];
        }

        DateTime start = reading.EventTime.AddTicks(-(reading.EventTime.Ticks % Window.Ticks));
        double value = reading.Value;
        if (windows.Count == 0 || windows[^1].Start < start)
        {
            windows.Add(new WindowAggregate(start, 1, value, value, value, value, value, value, double.NaN));
        }
        else if (windows[^1] is var last && last.Start == start)
        {
            windows[^1] = last with
            {
                Count = last.Count + 1,
                Min = Math.Min(last.Min, value),
                Max = Math.Max(last.Max, value),
                Sum = last.Sum + value,
                Mean = (last.Sum + value) / (last.Count + 1),
                Last = value,
            };
        }
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<WindowAggregate>> AggregateAsync(SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        if (window != Window)
        {
            throw new NotSupportedException($"windows of {Window} only, not of {window}");
        }

        return Task.FromResult<IReadOnlyList<WindowAggregate>>(
            _series.TryGetValue(signal, out List<WindowAggregate>? windows) ? windows[At(windows, from)..At(windows, to)] : []);
    }

    /// <inheritdoc/>
    public override Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) => Task.FromResult<Sample?>(
        _series.TryGetValue(signal, out List<WindowAggregate>? windows) && At(windows, before - Window) is > 0 and int next
            ? new Sample(windows[next - 1].Start, windows[next - 1].Last)
            : null);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken)
    {
        _points.AddRange(points);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<DerivedPoint> PointsAsync(
        string measurement, IReadOnlyDictionary<string, string> tags, DateTime from, DateTime to, int limit, CancellationToken cancellationToken) =>
        _points
            .Where(point => point.Measurement == measurement && point.EventTime >= from && point.EventTime < to && tags.All(tag => point.Tags.GetValueOrDefault(tag.Key) == tag.Value))
            .Take(limit)
            .ToAsyncEnumerable();

    /// <summary>Index of the first window that starts at or after an instant.</summary>
    private static int At(List<WindowAggregate> windows, DateTime time)
    {
        int low = 0;
        int high = windows.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = windows[middle].Start < time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
