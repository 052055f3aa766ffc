using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Linewatch.Telemetry.Journaling;

/// <summary>What the telemetry path measures about itself; meter <c>Linewatch.Telemetry</c>. Thread-safe.</summary>
public sealed class JournalMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _syncs;
    private readonly Counter<long> _damaged;
    private readonly ConcurrentDictionary<Journal, bool> _journals = new();

    /// <summary>Creates the instruments.</summary>
    public JournalMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Linewatch.Telemetry");
        _bytes = _meter.CreateCounter<long>("linewatch.journal.written", "By", "Bytes written to the journal");
        _syncs = _meter.CreateHistogram("linewatch.journal.sync.duration", "s", "Time to write and sync one group of messages", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5] });
        _damaged = _meter.CreateCounter<long>("linewatch.journal.damaged", "By", "Bytes of damaged records that were skipped and kept aside");
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

    internal void Damaged(long bytes) => _damaged.Add(bytes);
}
