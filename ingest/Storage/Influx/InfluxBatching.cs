using System.Buffers;
using Linewatch.Telemetry;

namespace Linewatch.Storage.Influx;

/// <summary>
/// Writes a batch of any size as bodies of <see cref="StorageOptions.BatchSize"/> lines over
/// up to <see cref="StorageOptions.Connections"/> connections. All readings of a machine take the same connection, so that of two
/// readings with one event time the later wins. Thread-safe.
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
        int lanes = Math.Clamp(readings.Length / WorthAConnection, 1, _concurrency.Current);
        Entry[][] entries = [.. Enumerable.Range(0, lanes).Select(_ => ArrayPool<Entry>.Shared.Rent(readings.Length))];
        try
        {
            int[] counts = Sort(readings.Span, entries, refused);
            Lane[] work = [.. entries.Select((lane, i) => new Lane(http, options.BatchSize, readings, lane.AsMemory(0, counts[i])))];
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
            foreach (Entry[] lane in entries)
            {
                // Not cleared, which costs megabytes a batch: what is left in them is the plant's series, and at worst those of the plant before.
                ArrayPool<Entry>.Shared.Return(lane);
            }
        }
    }

    /// <summary>Gives every storable reading to the connection of its machine; returns how many each has.</summary>
    private int[] Sort(ReadOnlySpan<Reading> readings, Entry[][] lanes, List<RefusedReading> refused)
    {
        int[] counts = new int[lanes.Length];
        for (int i = 0; i < readings.Length; i++)
        {
            ref readonly Reading reading = ref readings[i];
            if (StorableReading.Fault(reading) is { } fault)
            {
                refused.Add(new RefusedReading(reading, fault));
                continue;
            }

            InfluxSignal signal = _series.Of(reading.Signal);
            int lane = signal.Machine.Number % lanes.Length;
            lanes[lane][counts[lane]++] = new Entry(i, signal);
        }

        return counts;
    }

    /// <summary>A reading's place in the batch, and its series.</summary>
    private readonly record struct Entry(int Index, InfluxSignal Signal);

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
