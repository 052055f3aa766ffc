using System.Diagnostics.Metrics;

namespace Linewatch.Storage;

/// <summary>What the stores report of themselves; meter <c>Linewatch.Storage</c>. Thread-safe.</summary>
public sealed class StorageMetrics
{
    private readonly Counter<long> _written;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _unavailable;
    private readonly Histogram<double> _writeSeconds;
    private readonly Histogram<double> _querySeconds;

    /// <summary>Creates the instruments.</summary>
    public StorageMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Linewatch.Storage");
        _written = meter.CreateCounter<long>("linewatch.storage.readings.written", "{reading}", "Readings stored");
        _refused = meter.CreateCounter<long>("linewatch.storage.readings.refused", "{reading}", "Readings the store refused for good");
        _unavailable = meter.CreateCounter<long>("linewatch.storage.unavailable", "{call}", "Calls that failed because the store was away or overloaded");
        _writeSeconds = meter.CreateHistogram("linewatch.storage.write.duration", "s", "Time to store one batch", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _querySeconds = meter.CreateHistogram("linewatch.storage.query.duration", "s", "Time to answer one query", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
    }

    internal void Wrote(int written, int refused, TimeSpan elapsed)
    {
        _written.Add(written);
        if (refused > 0)
        {
            _refused.Add(refused);
        }

        _writeSeconds.Record(elapsed.TotalSeconds);
    }

    internal void Unavailable() => _unavailable.Add(1);

    internal void Queried(TimeSpan elapsed) => _querySeconds.Record(elapsed.TotalSeconds);
}
