using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Telemetry;

/// <summary>What the telemetry path measures about itself; meter <c>Linewatch.Telemetry</c>. Thread-safe.</summary>
public sealed class TelemetryMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _syncs;
    private readonly Counter<long> _damaged;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _readings;
    private readonly ConcurrentDictionary<Journal, bool> _journals = new();

    /// <summary>Creates the instruments.</summary>
    public TelemetryMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Linewatch.Telemetry");
        _bytes = _meter.CreateCounter<long>("linewatch.journal.written", "By", "Bytes written to the journal");
        _syncs = _meter.CreateHistogram("linewatch.journal.sync.duration", "s", "Time to write and sync one group of messages", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5] });
        _damaged = _meter.CreateCounter<long>("linewatch.journal.damaged", "By", "Bytes of damaged records that were skipped and kept aside");
        _messages = _meter.CreateCounter<long>("linewatch.messages", "{message}", "Messages by what became of them");
        _readings = _meter.CreateCounter<long>("linewatch.readings", "{reading}", "Readings handed to the store");
        _meter.CreateObservableGauge("linewatch.journal.size", () => _journals.Keys.Sum(journal => journal.BytesOnDisk), "By", "Bytes the journal takes on disk");
        _meter.CreateObservableGauge("linewatch.journal.full", () => _journals.Keys.Any(journal => journal.IsFull) ? 1 : 0, "1", "1 while the journal takes no more");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Observe(Journal journal) => _journals[journal] = true;

    internal void Forget(Journal journal) => _journals.TryRemove(journal, out _);

    internal void Synced(int bytes, TimeSpan duration)
    {
        _bytes.Add(bytes);
        _syncs.Record(duration.TotalSeconds);
    }

    /// <summary>Counts a batch of the consumer that keeps the ledger.</summary>
    internal void Handled(BatchTally batch, int readings)
    {
        if (_messages.Enabled)
        {
            OutcomeCounts outcomes = default;
            foreach (OutcomeCounts row in batch.Rows.Values)
            {
                outcomes.Add(row);
            }

            _messages.Add(outcomes.Stored, new KeyValuePair<string, object?>("outcome", "stored"));
            _messages.Add(outcomes.Duplicate, new KeyValuePair<string, object?>("outcome", "duplicate"));
            _messages.Add(outcomes.Quarantined, new KeyValuePair<string, object?>("outcome", "quarantined"));
        }

        _readings.Add(readings);
    }

    internal void Damaged(long bytes) => _damaged.Add(bytes);
}
