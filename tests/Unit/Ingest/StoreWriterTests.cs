using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Storage;

namespace Linewatch.Tests.Unit.Ingest;

public sealed class StoreWriterTests
{
    private static readonly Plant Plant = PlantFile.Parse(
        "plant: P\nsite: s\ntimeZone: UTC\nsources: []\nlines: [{ id: l, area: a, machines: [{ id: m, signals: [{ id: x }] }] }]\n", "plant.yaml").Plant!;

    [Fact]
    public async Task Store_that_names_a_time_is_not_asked_again_before_it()
    {
        ManualTime time = new(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
        BusyStore store = new();
        StoreWriter writer = new(store, time);
        ReadingBatch batch = new() { Plant = Plant };
        batch.Add(new Reading(Plant.Signals[0], time.GetUtcNow().UtcDateTime, 1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.HandleAsync(batch, default).AsTask());

        Task second = writer.HandleAsync(batch, default).AsTask();
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(second.IsCompleted);
        Assert.Equal(1, store.Writes);

        time.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.Equal(2, store.Writes);
    }

    /// <summary>Answers the first write with 503 and Retry-After: 30.</summary>
    private sealed class BusyStore : PartialStore
    {
        public int Writes { get; private set; }

        public override ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken) =>
            ++Writes == 1 ? throw new StoreUnavailableException("busy", TimeSpan.FromSeconds(30)) : ValueTask.FromResult<IReadOnlyList<RefusedReading>>([]);

        public override async IAsyncEnumerable<Sample> RangeAsync(
            SignalPath signal, DateTime from, DateTime to, int limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield break;
        }

        public override Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken) => Task.FromResult<Sample?>(null);

        public override Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<DateTime?>>(new DateTime?[signals.Count]);
    }
}
