using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Storage.Influx;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Storage;

namespace Linewatch.Tests.Benchmarks.Telemetry;

/// <summary>A store that writes everything as line protocol, in bodies of 5,000 lines, and sends them nowhere.</summary>
internal sealed class EncodingStore : PartialStore
{
    private const int BodyLines = 5_000;

    private readonly InfluxSeries _series = new();
    private readonly LineBuffer _lines = new();

    /// <summary>Bytes of line protocol so far.</summary>
    public long Bytes { get; private set; }

    public override ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken)
    {
        foreach (ref readonly Reading reading in readings.Span)
        {
            if (StorableReading.Fault(reading) is null)
            {
                _lines.Append(reading, _series.Of(reading.Signal));
            }

            if (_lines.Lines >= BodyLines)
            {
                Finish();
            }
        }

        Finish();
        return ValueTask.FromResult<IReadOnlyList<RefusedReading>>([]);
    }

    public override Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DateTime?>>(new DateTime?[signals.Count]);

    public override ValueTask DisposeAsync()
    {
        _lines.Dispose();
        return base.DisposeAsync();
    }

    private void Finish()
    {
        Bytes += _lines.Finish().Length;
        _lines.Clear();
    }
}
