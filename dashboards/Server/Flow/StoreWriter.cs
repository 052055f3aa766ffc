using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Server.Flow;

/// <summary>The consumer of the journal that keeps every reading. Used by one consumer at a time.</summary>
internal sealed class StoreWriter(IReadingStore store, TimeProvider clock)
{
    /// <summary>A store that asks for more is asked again after this.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private DateTimeOffset _notBefore;
    private bool _created;
    private Plant? _plant;
    private RepeatRecogniser _repeats = new(store);
    private long _recognisedThrough = -1;

    /// <summary>Writes a batch; what the store refuses for good goes to quarantine with its reason.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; the same batch is handed over again.</exception>
    public async ValueTask HandleAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        TimeSpan wait = _notBefore - clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < LongestWait ? wait : LongestWait, clock, cancellationToken);
        }

        try
        {
            await WriteAsync(batch, cancellationToken);
        }
        catch (StoreUnavailableException unavailable) when (unavailable.RetryAfter is { } later)
        {
            // Told at once, so that people see why; the next attempt waits as long as the store asked.
            _notBefore = clock.GetUtcNow() + later;
            throw;
        }
    }

    private async Task WriteAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        if (!_created)
        {
            await store.EnsureCreatedAsync(cancellationToken);
            _created = true;
        }

        if (!ReferenceEquals(_plant, batch.Plant))
        {
            _plant = batch.Plant;
            _repeats = new RepeatRecogniser(store);
            _recognisedThrough = -1;
        }

        // Once a batch, also when it has to be written twice: the recogniser has remembered it by then.
        if (_recognisedThrough != batch.Through)
        {
            await _repeats.RecogniseAsync(batch.Readings, cancellationToken);
            _recognisedThrough = batch.Through;
        }

        foreach (RefusedReading refused in await store.WriteAsync(batch.Readings, cancellationToken))
        {
            batch.Refuse(batch.Readings.Span.IndexOf(refused.Reading), refused.Reason);
        }
    }
}
