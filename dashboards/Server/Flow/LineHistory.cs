using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Flow;

/// <summary>Reads back from the store what a line's engine needs to compute a stretch of time again.</summary>
internal sealed class LineHistory(IReadingStore store)
{
    /// <summary>The readings of [from, to) and, of every signal, the last one before; by event time.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async Task<IReadOnlyList<Reading>> ReadAsync(Line line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<Reading> readings = [];
        foreach (Signal signal in Signals(line))
        {
            await AddAsync(signal, from, to, readings, cancellationToken);
        }

        return [.. readings.OrderBy(reading => reading.EventTime)];
    }

    /// <summary>The same for one signal, to the end of a list.</summary>
    public async Task AddAsync(Signal signal, DateTime from, DateTime to, List<Reading> readings, CancellationToken cancellationToken)
    {
        if (await store.LastAsync(signal.Path, from, cancellationToken) is { } before)
        {
            readings.Add(Reading(signal, before));
        }

        await foreach (Sample sample in store.RangeAsync(signal.Path, from, to, int.MaxValue, cancellationToken))
        {
            readings.Add(Reading(signal, sample));
        }
    }

    /// <summary>The signals whose readings move the figures.</summary>
    public static IEnumerable<Signal> Signals(Line line) => line.Machines.SelectMany(machine => machine.Signals).Where(LineEngine.Needs);

    private static Reading Reading(Signal signal, Sample sample) => new(
        signal, sample.EventTime, sample.Value, sample.Text, sample.Text is null && double.IsNaN(sample.Value) ? ReadingFlags.Stale : ReadingFlags.None, sample.Repeat);
}
