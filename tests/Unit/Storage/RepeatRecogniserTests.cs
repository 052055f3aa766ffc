using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Storage;

/// <summary>How the store is asked for what is no longer remembered; what comes of it is in the stores' contract.</summary>
public sealed class RepeatRecogniserTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 6, 0, 0, DateTimeKind.Utc);

    private static readonly Signal Temperature = new() { Path = new SignalPath("rhine", "hall1", "line1", "filler", "temperature"), Name = "Temperature" };

    [Fact]
    public async Task Thousands_of_late_readings_are_one_question()
    {
        CountingStore store = new(newest: Start.AddHours(2));
        RepeatRecogniser recogniser = new(store);
        Reading[] late = Readings(5_000);

        Assert.Equal(0, await recogniser.RecogniseAsync(late, default));
        store.Stored.AddRange(late.Select(reading => new Sample(reading.EventTime, reading.Value)));
        Assert.Equal(5_000, await new RepeatRecogniser(store).RecogniseAsync(Readings(5_000), default));

        Assert.Equal([5_000, 5_000], store.Asked);
    }

    [Fact]
    public async Task Readings_newer_than_what_is_stored_are_not_asked_for()
    {
        CountingStore store = new(newest: Start.AddSeconds(-1));

        Assert.Equal(0, await new RepeatRecogniser(store).RecogniseAsync(Readings(5_000), default));

        Assert.Empty(store.Asked);
    }

    [Fact]
    public async Task Batch_is_recognised_alike_after_the_store_was_away()
    {
        CountingStore store = new(newest: Start.AddHours(2)) { IsAway = true };
        store.Stored.Add(new Sample(Start, 5));
        RepeatRecogniser recogniser = new(store);
        Reading[] batch = Readings(3);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await recogniser.RecogniseAsync(batch, default));

        store.IsAway = false;

        Assert.Equal(0, await recogniser.RecogniseAsync(batch, default));
        Assert.Equal([1, 0, 0], batch.Select(reading => reading.Repeat));
    }

    private static Reading[] Readings(int count) => [.. Enumerable.Range(0, count).Select(second => new Reading(Temperature, Start.AddSeconds(second), second))];

    /// <summary>Says how many times of the one signal each question was for.</summary>
    private sealed class CountingStore(DateTime newest) : PartialStore
    {
        public List<Sample> Stored { get; } = [];

        public List<int> Asked { get; } = [];

        public bool IsAway { get; set; }

        public override Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<DateTime?>>([newest]);

        public override Task<IReadOnlyList<IReadOnlyList<Sample>>> SamplesAtAsync(IReadOnlyList<SignalTimes> wanted, CancellationToken cancellationToken)
        {
            if (IsAway)
            {
                throw new StoreUnavailableException("away");
            }

            SignalTimes times = Assert.Single(wanted);
            Asked.Add(times.EventTimes.Count);
            return Task.FromResult<IReadOnlyList<IReadOnlyList<Sample>>>([Stored]);
        }
    }
}
