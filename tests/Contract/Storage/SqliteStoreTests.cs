using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

public sealed class SqliteStoreTests : ReadingStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Deleting_old_readings_keeps_their_downsampled_windows_and_everything_later()
    {
        Signal signal = Signal("torque");
        await WriteAsync([.. Enumerable.Range(0, 7200).Select(i => At(signal, i, i))]);
        await Store.DownsampleAsync(Start, Start.AddHours(2), default);

        long? deleted = await Store.DeleteBeforeAsync(Start.AddMinutes(65), default);
        await Store.DownsampleAsync(Start, Start.AddHours(2), default);

        Assert.Equal(3600, deleted);
        Assert.Equal(3600, await CountAsync(signal));
        IReadOnlyList<WindowAggregate> hours = await Store.AggregateAsync(signal.Path, Start, Start.AddHours(2), TimeSpan.FromHours(1), default);
        Assert.Equal([(3600L, 0.0, 3599.0), (3600L, 3600.0, 7199.0)], hours.Select(hour => (hour.Count, hour.First, hour.Last)));
    }

    [Fact]
    public async Task Repeats_of_one_event_time_are_all_read_across_pages()
    {
        Signal signal = Signal("torque");
        Reading[] readings = [.. Enumerable.Range(0, 3000).Select(i => At(signal, i / 7, i) with { Repeat = i % 7 })];
        await WriteAsync(readings);

        Assert.Equal(readings.Select(reading => (reading.EventTime, reading.Value, reading.Repeat)),
            (await RangeAsync(signal)).Select(sample => (sample.EventTime, sample.Value, sample.Repeat)));
        Assert.Equal(3000, await CountAsync(signal));
    }

    [Fact]
    public async Task Every_reading_is_there_once_with_its_last_value_while_rows_move_to_their_place()
    {
        Random random = new(11);
        Signal[] signals = [.. Enumerable.Range(0, 40).Select(i => Signal("torque", $"machine{i}"))];
        SortedDictionary<(int Signal, int Second), double> expected = [];
        IReadingStore store = Store;
        for (int batch = 0; batch < 120; batch++)
        {
            List<Reading> readings = [];
            for (int i = 0; i < 1000; i++)
            {
                (int signal, int second) = (random.Next(40), random.Next(4000));
                bool stale = random.Next(20) == 0;
                readings.Add(stale ? StaleAt(signals[signal], second) : At(signals[signal], second, (batch * 1000) + i));
                double known = expected.GetValueOrDefault((signal, second), double.NaN);
                expected[(signal, second)] = stale ? known : (batch * 1000) + i;
            }

            Assert.Empty(await store.WriteAsync(readings.ToArray(), default));
            if (batch % 30 == 29)
            {
                // Another store on the same file, as after a restart.
                if (!ReferenceEquals(store, Store))
                {
                    await store.DisposeAsync();
                }

                store = StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder["sub/readings.db"]));
                await CheckAsync();
            }
        }

        await store.DisposeAsync();

        async Task CheckAsync()
        {
            for (int i = 0; i < signals.Length; i++)
            {
                Sample[] rows = [.. expected.Where(row => row.Key.Signal == i).Select(row => new Sample(Start.AddSeconds(row.Key.Second), row.Value))];
                Assert.Equal(rows, await RangeAsync(signals[i]));
                Assert.Equal(rows[^1], await Store.LastAsync(signals[i].Path, DateTime.MaxValue, default));
                Assert.Equal(rows.Count(row => !double.IsNaN(row.Value)), await CountAsync(signals[i]));
                double[] first = [.. rows.Where(row => row.EventTime < Start.AddHours(1) && !double.IsNaN(row.Value)).Select(row => row.Value)];
                WindowAggregate hour = Assert.Single(await Store.AggregateAsync(signals[i].Path, Start, Start.AddHours(1), TimeSpan.FromHours(1), default));
                Assert.Equal((first.Length, first.Max(), first.Sum()), (hour.Count, hour.Max, hour.Sum));
            }
        }
    }

    protected override Task<IReadingStore> OpenAsync() =>
        Task.FromResult(StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder["sub/readings.db"])));

    public void Dispose() => _folder.Dispose();

    protected override Task CloseAsync() => Task.CompletedTask;
}
