using System.Runtime.CompilerServices;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Jobs.Training;

/// <summary>Reads the stored readings of a machine in order of event time, a few hours at a time.</summary>
internal sealed class MachineHistory(IReadingStore store, Machine machine)
{
    /// <summary>At 30 signals and 1 Hz some 600,000 readings.</summary>
    private static readonly TimeSpan Stretch = TimeSpan.FromHours(6);

    private static readonly SignalRole[] Roles =
        [SignalRole.Process, SignalRole.State, SignalRole.Mode, SignalRole.Program, SignalRole.Product, SignalRole.Speed];

    private readonly Signal[] _signals = [.. machine.Signals.Where(signal => Roles.Contains(signal.Role) && (signal.Role != SignalRole.Process || !signal.IsText))];

    /// <summary>Event time of the machine's first reading of a process value in a range; null where there is none.</summary>
    public async Task<DateTime?> FirstAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        DateTime? first = null;
        foreach (Signal signal in _signals.Where(signal => signal.Role == SignalRole.Process))
        {
            await foreach (Sample sample in store.RangeAsync(signal.Path, from, to, 1, cancellationToken))
            {
                first = first < sample.EventTime ? first : sample.EventTime;
            }
        }

        return first;
    }

    /// <summary>The readings of [from, to) in stretches; before them what the machine's codes said last.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<Reading>> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<Reading> readings = [];
        foreach (Signal signal in _signals.Where(signal => signal.Role != SignalRole.Process))
        {
            if (await store.LastAsync(signal.Path, from, cancellationToken) is { } before)
            {
                readings.Add(Reading(signal, before));
            }
        }

        long[] order = [];
        Reading[] sorted = [];
        for (DateTime start = from; start < to; start += Stretch)
        {
            DateTime end = start + Stretch < to ? start + Stretch : to;
            foreach (Signal signal in _signals)
            {
                await foreach (Sample sample in store.RangeAsync(signal.Path, start, end, int.MaxValue, cancellationToken))
                {
                    readings.Add(Reading(signal, sample));
                }
            }

            if (sorted.Length < readings.Count)
            {
                sorted = new Reading[readings.Count];
                order = new long[readings.Count];
            }

            readings.CopyTo(sorted);
            for (int i = 0; i < readings.Count; i++)
            {
                // Of one instant, what the machine did comes before what it measured.
                order[i] = (2 * sorted[i].EventTime.Ticks) + (sorted[i].Signal.Role == SignalRole.Process ? 1 : 0);
            }

            Array.Sort(order, sorted, 0, readings.Count);
            yield return sorted.AsMemory(0, readings.Count);
            readings.Clear();
        }
    }

    private static Reading Reading(Signal signal, Sample sample) => new(
        signal, sample.EventTime, sample.Value, sample.Text, sample.Text is null && double.IsNaN(sample.Value) ? ReadingFlags.Stale : ReadingFlags.None, sample.Repeat);
}
