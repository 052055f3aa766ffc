using System.Buffers;
using Linewatch.Telemetry;

namespace Linewatch.Storage.Influx;

/// <summary>
/// Writes a batch of any size as bodies of <see cref="StorageOptions.BatchSize"/> lines over
/// up to <see cref="StorageOptions.Connections"/> connections, sorted by machine. All readings of a machine take the same connection, so
/// that of two readings with one event time the later wins. Thread-safe.
/// </summary>
internal sealed class InfluxBatching(InfluxHttp http, StorageOptions options)
{
    /// <summary>Below so many readings a second connection costs more than it gains.</summary>
    private const int WorthAConnection = 2_000;

    /// <summary>Most bytes in one body; InfluxDB takes 25 MB by default.</summary>
    private const int MaximumBody = 8 * 1024 * 1024;

    private readonly InfluxSeries _series = new();
    private readonly AdaptiveConcurrency _concurrency = new(options.Connections);

    /// <exception cref="StoreUnavailableException">Part of it may be stored; write all of it again later.</exception>
    public async Task<List<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        List<RefusedReading> refused = [];
        Entry[] entries = ArrayPool<Entry>.Shared.Rent(readings.Length);
        try
        {
            int count = SortByMachine(readings.Span, entries, refused);
            int lanes = Math.Clamp(readings.Length / WorthAConnection, 1, _concurrency.Current);
            Lane[] work = [.. Split(entries.AsMemory(0, count), lanes).Select(lane => new Lane(http, options.BatchSize, readings, lane))];
            await Task.WhenAll(work.Select(lane => lane.WriteAsync(cancellationToken)));
            refused.AddRange(work.SelectMany(lane => lane.Refused));
            _concurrency.Succeeded();
            return refused;
        }
        catch (StoreUnavailableException)
        {
            _concurrency.Failed();
            throw;
        }
        finally
        {
            // Not cleared, which costs megabytes a batch: what is left in it is the plant's series, and at worst those of the plant before.
            ArrayPool<Entry>.Shared.Return(entries);
        }
    }

    /// <summary>
    /// Puts the storable readings of a machine behind each other, in their order; returns how many there are. The database then finds
    /// a machine's series once for all of them, which makes it a good deal quicker.
    /// </summary>
    private int SortByMachine(ReadOnlySpan<Reading> readings, Entry[] sorted, List<RefusedReading> refused)
    {
        Entry[] entries = ArrayPool<Entry>.Shared.Rent(readings.Length);
        int count = 0;
        int machines = 0;
        for (int i = 0; i < readings.Length; i++)
        {
            ref readonly Reading reading = ref readings[i];
            if (StorableReading.Fault(reading) is { } fault)
            {
                refused.Add(new RefusedReading(reading, fault));
                continue;
            }

            InfluxSignal signal = _series.Of(reading.Signal);
            entries[count++] = new Entry(i, signal.Machine.Number, signal);
            machines = Math.Max(machines, signal.Machine.Number + 1);
        }

        int[] next = new int[machines + 1];
        foreach (ref readonly Entry entry in entries.AsSpan(0, count))
        {
            next[entry.Machine + 1]++;
        }

        for (int machine = 1; machine < machines; machine++)
        {
            next[machine] += next[machine - 1];
        }

        foreach (ref readonly Entry entry in entries.AsSpan(0, count))
        {
            sorted[next[entry.Machine]++] = entry;
        }

        ArrayPool<Entry>.Shared.Return(entries);
        return count;
    }

    /// <summary>About equal parts, one a connection; a machine is all in one of them.</summary>
    private static IEnumerable<ReadOnlyMemory<Entry>> Split(ReadOnlyMemory<Entry> sorted, int lanes)
    {
        for (; lanes > 0 && !sorted.IsEmpty; lanes--)
        {
            ReadOnlySpan<Entry> entries = sorted.Span;
            int end = sorted.Length / lanes;
            while (end < entries.Length && entries[end].Machine == entries[Math.Max(0, end - 1)].Machine)
            {
                end++;
            }

            yield return sorted[..end];
            sorted = sorted[end..];
        }
    }

    /// <summary>A reading's place in the batch, and its series.</summary>
    private readonly record struct Entry(int Index, int Machine, InfluxSignal Signal);

    /// <summary>What one connection writes, in order.</summary>
    private sealed class Lane(InfluxHttp http, int batchSize, ReadOnlyMemory<Reading> readings, ReadOnlyMemory<Entry> entries)
    {
        public List<RefusedReading> Refused { get; } = [];

        public Task WriteAsync(CancellationToken cancellationToken) => WriteAsync(entries, cancellationToken);

        private async Task WriteAsync(ReadOnlyMemory<Entry> slice, CancellationToken cancellationToken)
        {
            using LineBuffer buffer = new();
            while (!slice.IsEmpty)
            {
                buffer.Clear();
                int taken = Encode(slice.Span, buffer);
                InfluxOutcome outcome = await http.WriteAsync(buffer.Finish(), cancellationToken);
                if (outcome.Refusal is { } reason)
                {
                    await SeparateAsync(slice[..taken], outcome, reason, cancellationToken);
                }

                slice = slice[taken..];
            }
        }

        /// <summary>
        /// The database refuses a body for one bad point and, by its version, has stored the rest or nothing. Writing again
        /// changes nothing, so the bad ones are found by halves.
        /// </summary>
        private async Task SeparateAsync(ReadOnlyMemory<Entry> slice, InfluxOutcome outcome, string reason, CancellationToken cancellationToken)
        {
            if (slice.Length == 1)
            {
                Refused.Add(new RefusedReading(readings.Span[slice.Span[0].Index], reason));
                return;
            }

            await WriteAsync(slice[..(slice.Length / 2)], cancellationToken);
            await WriteAsync(slice[(slice.Length / 2)..], cancellationToken);
        }

        private int Encode(ReadOnlySpan<Entry> slice, LineBuffer buffer)
        {
            ReadOnlySpan<Reading> all = readings.Span;
            int taken = 0;
            while (taken < slice.Length && buffer.Lines < batchSize && buffer.Length < MaximumBody)
            {
                buffer.Append(all[slice[taken].Index], slice[taken].Signal);
                taken++;
            }

            return taken;
        }
    }
}
