using System.Runtime.CompilerServices;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Storage;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>The last hours of raw readings in memory, in the place of the database: what the comparison of like components reads. One thread at a time.</summary>
/// <param name="kept">How much is kept of each signal, and the last value before.</param>
internal sealed class RecentReadings(TimeSpan kept) : PartialStore
{
    private readonly Dictionary<SignalPath, List<Sample>> _series = [];

    /// <summary>Takes a reading, at its place in event time.</summary>
    public void Add(in Reading reading)
    {
        if (!_series.TryGetValue(reading.Signal.Path, out List<Sample>? samples))
        {
            _series[reading.Signal.Path] = samples = [];
        }

        int place = samples.Count;
        while (place > 0 && samples[place - 1].EventTime > reading.EventTime)
        {
            place--;
        }

        samples.Insert(place, new Sample(reading.EventTime, reading.Value, reading.Text));
        if (samples[samples.Count / 2].EventTime < samples[^1].EventTime - kept)
        {
            samples.RemoveRange(0, samples.Count / 2);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Sample> RangeAsync(
        SignalPath signal, DateTime from, DateTime to, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (Sample sample in _series.GetValueOrDefault(signal, []).Where(sample => sample.EventTime >= from && sample.EventTime < to).Take(limit))
        {
            yield return sample;
        }
    }

    /// <inheritdoc/>
    public override Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) =>
        Task.FromResult(_series.GetValueOrDefault(signal, []).Where(sample => sample.EventTime < before).Select(sample => (Sample?)sample).LastOrDefault());
}
