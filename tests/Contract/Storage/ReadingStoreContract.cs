using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>What every store does. A subclass opens one store; every test has an empty one.</summary>
public abstract class ReadingStoreContract : IAsyncLifetime
{
    private IReadingStore? _store;

    protected IReadingStore Store => _store ?? throw new InvalidOperationException("not opened");

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(-0.0)]
    [InlineData(0.1)]
    [InlineData(-12.5)]
    [InlineData(3.98)]
    [InlineData(1.0 / 3)]
    [InlineData(1e-300)]
    [InlineData(5e-324)]
    [InlineData(1.7976931348623157e308)]
    [InlineData(-1.7976931348623157e308)]
    [InlineData(9007199254740992)]
    [InlineData(9007199254740991)]
    [InlineData(-9007199254740992)]
    [InlineData(1e16)]
    [InlineData(123456789.123)]
    [InlineData(0.001)]
    [InlineData(4294967296.5)]
    public async Task Value_is_read_back_bit_by_bit(double value)
    {
        Signal signal = Signal("bowl_pressure");
        await WriteAsync(At(signal, 0, value));

        Sample sample = Assert.Single(await RangeAsync(signal));

        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(sample.Value));
    }

    [SkippableFact]
    public async Task Event_time_is_kept_to_the_tick_of_100_ns()
    {
        Signal signal = Signal("bowl_pressure");
        DateTime odd = Start.AddTicks(1_234_567);
        await WriteAsync(new Reading(signal, odd, 1), new Reading(signal, odd.AddTicks(1), 2));

        List<Sample> samples = await RangeAsync(signal);

        Assert.Equal([odd, odd.AddTicks(1)], samples.Select(sample => sample.EventTime));
        Assert.All(samples, sample => Assert.Equal(DateTimeKind.Utc, sample.EventTime.Kind));
    }

    [SkippableTheory]
    [InlineData("cola-0.5")]
    [InlineData("")]
    [InlineData("with \"quotes\", commas = and \\ backslash\\")]
    [InlineData("two\nlines")]
    [InlineData("Größe 0,5 ℓ 🍾")]
    public async Task Text_is_read_back_as_it_was(string text)
    {
        Signal product = Signal("product");
        await WriteAsync(TextAt(product, 0, text));

        Sample sample = Assert.Single(await RangeAsync(product));

        Assert.Equal(text, sample.Text);
        Assert.True(double.IsNaN(sample.Value));
    }

    [SkippableFact]
    public async Task Different_values_at_one_event_time_are_all_kept_however_often_they_are_replayed()
    {
        Signal signal = Signal("temperature");
        RepeatRecogniser recogniser = new(Store);
        Assert.Equal(0, await DeliverAsync(recogniser, At(signal, 0, 1), At(signal, 5, 2), At(signal, 10, 3)));

        // The machine's clock is set back: the same times again, one value by chance the same as before.
        Reading[] setBack = [At(signal, 0, 1), At(signal, 5, 20), At(signal, 10, 30), At(signal, 15, 4)];
        Assert.Equal(1, await DeliverAsync(recogniser, setBack));

        // After a crash, what was not committed comes again to a recogniser that remembers nothing.
        Assert.Equal(4, await DeliverAsync(new RepeatRecogniser(Store), setBack));

        Assert.Equal([(1, 0), (2, 0), (20, 1), (3, 0), (30, 1), (4, 0)], (await RangeAsync(signal)).Select(sample => (sample.Value, sample.Repeat)));
        Assert.Equal(6, await Store.CountAsync(signal.Path, Start, Start.AddDays(1), default));
        Assert.Equal(30, (await Store.LastAsync(signal.Path, Start.AddSeconds(11), default))?.Value);
    }

    [SkippableFact]
    public async Task No_reading_of_a_signal_lies_behind_its_newest_event_time()
    {
        Signal signal = Signal("temperature");
        Assert.Null(Assert.Single(await Store.NewestAsync([signal.Path], default)));
        await WriteAsync(At(signal, 0, 1), At(signal, 60, 2));

        IReadOnlyList<DateTime?> newest = await Store.NewestAsync([signal.Path, signal.Path with { Machine = "nobody" }], default);

        Assert.Equal(new DateTime?[] { Start.AddSeconds(60), null }, newest);
    }

    [SkippableFact]
    public async Task Late_readings_beyond_what_is_remembered_are_looked_up()
    {
        Signal signal = Signal("temperature");
        RepeatRecogniser recogniser = new(Store);
        for (int batch = 0; batch < 5; batch++)
        {
            await DeliverAsync(recogniser, [.. Enumerable.Range(batch * 20, 20).Select(i => At(signal, i, i))]);
        }

        Assert.Equal(1, await DeliverAsync(recogniser, At(signal, 3, 3), At(signal, 3, 33), At(signal, 3.5, 3.5)));

        Assert.Equal([3, 33, 3.5, 4], (await RangeAsync(signal)).Skip(3).Take(4).Select(sample => sample.Value));
    }

    [SkippableFact]
    public async Task Samples_at_some_times_of_several_signals_are_those_of_the_range_at_these_times()
    {
        Signal dense = Signal("temperature");
        Signal sparse = Signal("pressure");
        Signal other = Signal("temperature", machine: "labeller");
        await WriteAsync([.. Enumerable.Range(0, 3_000).Select(i => At(dense, i, i)), .. Enumerable.Range(0, 30).Select(i => At(sparse, i * 100, i))]);
        await WriteAsync(At(dense, 7, 70) with { Repeat = 1 }, TextAt(other, 7, "seven"), StaleAt(other, 8));
        SignalTimes Times(Signal signal, params IEnumerable<double> seconds) => new(signal.Path, [.. seconds.Select(second => Start.AddSeconds(second))]);

        IReadOnlyList<IReadOnlyList<Sample>> found = await Store.SamplesAtAsync(
            [
                Times(dense, [-5, 7, 7.5, .. Enumerable.Range(1_000, 1_500).Select(second => (double)second), 2_999, 9_999]),
                Times(Signal("unknown"), 7),
                Times(sparse, 0, 7, 100, 2_900),
                Times(other, 7, 8, 9),
            ],
            default);

        Assert.Equal([(7, 0), (70, 1), .. Enumerable.Range(1_000, 1_500).Select(value => ((double)value, 0)), (2_999, 0)], found[0].Select(sample => (sample.Value, sample.Repeat)));
        Assert.Empty(found[1]);
        Assert.Equal([0.0, 1, 29], found[2].Select(sample => sample.Value));
        Assert.Equal(["seven", null], found[3].Select(sample => sample.Text));
        Assert.Equal(await RangeAsync(other), found[3]);
    }

    [SkippableFact]
    public async Task Writing_the_same_batch_again_changes_nothing()
    {
        Signal signal = Signal("speed");
        Reading[] batch = [.. Enumerable.Range(0, 50).Select(i => At(signal, i, i))];
        await WriteAsync(batch);
        await WriteAsync(batch);

        Assert.Equal(50, await CountAsync(signal));
    }

    [SkippableFact]
    public async Task Same_signal_and_event_time_keeps_the_value_written_last()
    {
        Signal signal = Signal("speed");
        await WriteAsync(At(signal, 0, 1), At(signal, 1, 5), At(signal, 0, 2));
        await WriteAsync(At(signal, 1, 6));

        Assert.Equal([2.0, 6.0], (await RangeAsync(signal)).Select(sample => sample.Value));
    }

    [SkippableFact]
    public async Task Stale_marker_reads_as_no_value_and_does_not_erase_one()
    {
        Signal signal = Signal("speed");
        await WriteAsync(At(signal, 0, 7), StaleAt(signal, 0), StaleAt(signal, 10));

        Assert.Equal([7, double.NaN], (await RangeAsync(signal)).Select(sample => sample.Value));
        Assert.Equal(1, await CountAsync(signal));
        Sample? last = await Store.LastAsync(signal.Path, Start.AddMinutes(1), default);
        Assert.Equal(new Sample(Start.AddSeconds(10), double.NaN), last);
    }

    [SkippableFact]
    public async Task Range_is_closed_at_its_start_and_open_at_its_end()
    {
        Signal signal = Signal("speed");
        await WriteAsync(At(signal, 0, 0), At(signal, 1, 1), At(signal, 2, 2));

        Assert.Equal([1.0], (await RangeAsync(signal, Start.AddSeconds(1), Start.AddSeconds(2))).Select(sample => sample.Value));
        Assert.Equal(1, await Store.CountAsync(signal.Path, Start.AddSeconds(1), Start.AddSeconds(2), default));
    }

    [SkippableFact]
    public async Task Range_gives_oldest_first_over_many_pages_and_stops_at_its_limit()
    {
        Signal signal = Signal("speed");
        await WriteAsync([.. Enumerable.Range(0, 25_000).Reverse().Select(i => At(signal, i, i))]);

        Assert.Equal(Enumerable.Range(0, 25_000).Select(i => (double)i), (await RangeAsync(signal)).Select(sample => sample.Value));
        Assert.Equal(12_345, (await RangeAsync(signal, limit: 12_345)).Count);
        Assert.Empty(await RangeAsync(signal, limit: 0));
    }

    [SkippableFact]
    public async Task Signals_of_one_machine_and_of_others_stay_apart()
    {
        Signal[] signals = [Signal("speed"), Signal("speed", "packer"), Signal("speed", "filler", "line2"), Signal("torque")];
        await WriteAsync([.. signals.SelectMany((signal, i) => new[] { At(signal, 0, i), At(signal, 1, i + 10) })]);

        for (int i = 0; i < signals.Length; i++)
        {
            Assert.Equal([i, i + 10.0], (await RangeAsync(signals[i])).Select(sample => sample.Value));
        }
    }

    [SkippableFact]
    public async Task Signal_of_a_reloaded_plant_continues_the_same_series()
    {
        await WriteAsync(At(Signal("speed"), 0, 1));
        await WriteAsync(At(Signal("speed"), 1, 2));

        Assert.Equal(2, await CountAsync(Signal("speed")));
    }

    [SkippableFact]
    public async Task Last_gives_the_reading_before_the_time_given()
    {
        Signal signal = Signal("state");
        await WriteAsync(At(signal, 0, 6), At(signal, 10, 2));

        Assert.Equal(6, (await Store.LastAsync(signal.Path, Start.AddSeconds(10), default))?.Value);
        Assert.Equal(2, (await Store.LastAsync(signal.Path, DateTime.MaxValue, default))?.Value);
        Assert.Null(await Store.LastAsync(signal.Path, Start, default));
        Assert.Null(await Store.LastAsync(Signal("unknown").Path, DateTime.MaxValue, default));
    }

    [SkippableFact]
    public async Task Aggregate_gives_the_windows_that_hold_readings()
    {
        Signal signal = Signal("torque");
        await WriteAsync(
            At(signal, 0, 2), At(signal, 20, 4), At(signal, 40, 9), At(signal, 59.9999999, 5), StaleAt(signal, 45), At(signal, 180, 7));

        IReadOnlyList<WindowAggregate> windows = await Store.AggregateAsync(signal.Path, Start, Start.AddMinutes(10), TimeSpan.FromMinutes(1), default);

        Assert.Equal([Start, Start.AddMinutes(3)], windows.Select(window => window.Start));
        Assert.Equal((4, 2, 9, 5, 2, 5, 20), (windows[0].Count, windows[0].Min, windows[0].Max, windows[0].Mean, windows[0].First, windows[0].Last, windows[0].Sum));
        Assert.Equal(Math.Sqrt((9 + 1 + 16 + 0) / 3.0), windows[0].StdDev, 12);
        Assert.Equal((1, 7, 7, double.NaN), (windows[1].Count, windows[1].Min, windows[1].Mean, windows[1].StdDev));
    }

    [SkippableFact]
    public async Task Aggregate_aligns_windows_to_the_epoch_and_leaves_out_what_lies_outside_the_range()
    {
        Signal signal = Signal("torque");
        await WriteAsync([.. Enumerable.Range(0, 120).Select(i => At(signal, i, 1))]);

        IReadOnlyList<WindowAggregate> windows = await Store.AggregateAsync(
            signal.Path, Start.AddSeconds(50), Start.AddSeconds(70), TimeSpan.FromMinutes(1), default);

        Assert.Equal([(Start, 10L), (Start.AddMinutes(1), 10L)], windows.Select(window => (window.Start, window.Count)));
    }

    [SkippableFact]
    public async Task Aggregate_of_an_unbounded_number_of_windows_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            Store.AggregateAsync(Signal("torque").Path, Start, Start.AddYears(1), TimeSpan.FromSeconds(1), default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            Store.AggregateAsync(Signal("torque").Path, Start, Start.AddYears(1), TimeSpan.Zero, default));
    }

    [SkippableTheory]
    [InlineData(50, 5)]
    [InlineData(95, 10)]
    [InlineData(100, 10)]
    [InlineData(10, 1)]
    public async Task Percentile_is_the_nearest_rank(double percentile, double expected)
    {
        Signal signal = Signal("torque");
        await WriteAsync([.. Enumerable.Range(0, 10).Select(i => At(signal, i, 10 - i)), StaleAt(signal, 11)]);

        IReadOnlyList<WindowPercentile> found = await Store.PercentileAsync(signal.Path, Start, Start.AddHours(1), TimeSpan.FromMinutes(1), percentile, default);

        Assert.Equal([new WindowPercentile(Start, expected)], found);
    }

    [SkippableTheory]
    [InlineData(30, 5, 1)]
    [InlineData(50, 5, 1)]
    [InlineData(90, 5, 2)]
    public async Task Percentile_of_few_readings_is_one_of_them(double percentile, double first, double second)
    {
        Signal signal = Signal("torque");
        await WriteAsync(At(signal, 0, 5), At(signal, 60, 1), At(signal, 61, 2));

        IReadOnlyList<WindowPercentile> found = await Store.PercentileAsync(signal.Path, Start, Start.AddHours(1), TimeSpan.FromMinutes(1), percentile, default);

        Assert.Equal([new WindowPercentile(Start, first), new WindowPercentile(Start.AddMinutes(1), second)], found);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(60)]
    public async Task Aggregate_from_downsampled_series_and_raw_edges_equals_the_one_from_raw(int minutes)
    {
        Signal signal = Signal("torque");
        Random random = new(7);
        await WriteAsync([.. Enumerable.Range(0, 7200).Where(i => i / 600 % 3 != 1).Select(i => At(signal, i, Math.Round(random.NextDouble() * 10, 3)))]);
        DateTime from = Start.AddSeconds(100), to = Start.AddSeconds(7000);
        IReadOnlyList<WindowAggregate> raw = await Store.AggregateAsync(signal.Path, from, to, TimeSpan.FromMinutes(minutes), default);

        await Store.DownsampleAsync(Start.AddMinutes(14), Start.AddMinutes(95), default);
        await Store.DownsampleAsync(Start.AddMinutes(14), Start.AddMinutes(95), default);
        IReadOnlyList<WindowAggregate> found = await Store.AggregateAsync(signal.Path, from, to, TimeSpan.FromMinutes(minutes), default);

        Assert.Equal(raw.Select(window => (window.Start, window.Count, window.Min, window.Max, window.First, window.Last)),
            found.Select(window => (window.Start, window.Count, window.Min, window.Max, window.First, window.Last)));
        foreach ((WindowAggregate expected, WindowAggregate actual) in raw.Zip(found))
        {
            Assert.Equal(expected.Mean, actual.Mean, 9);
            Assert.Equal(expected.StdDev, actual.StdDev, 9);
        }
    }

    [SkippableFact]
    public async Task Late_reading_shows_in_the_downsampled_series_after_the_next_run_over_it()
    {
        Signal signal = Signal("torque");
        await WriteAsync(At(signal, 0, 1), TextAt(Signal("product"), 0, "cola"), StaleAt(signal, 30));
        await Store.DownsampleAsync(Start, Start.AddHours(1), default);
        await WriteAsync(At(signal, 20, 3));

        Assert.Equal(1, (await HourAsync()).Count);
        await Store.DownsampleAsync(Start, Start.AddHours(1), default);
        Assert.Equal((2, 2, 3), ((await HourAsync()).Count, (await HourAsync()).Mean, (await HourAsync()).Max));

        async Task<WindowAggregate> HourAsync() => Assert.Single(await Store.AggregateAsync(signal.Path, Start, Start.AddHours(1), TimeSpan.FromHours(1), default));
    }

    [SkippableFact]
    public async Task What_cannot_be_kept_is_refused_and_the_rest_is_stored()
    {
        Signal signal = Signal("torque");
        Reading[] bad =
        [
            At(signal, 1, double.NaN),
            At(signal, 2, double.PositiveInfinity),
            TextAt(signal, 3, new string('x', 70_000)),
            new Reading(signal, new DateTime(1500, 1, 1, 0, 0, 0, DateTimeKind.Utc), 1),
        ];

        IReadOnlyList<RefusedReading> refused = await Store.WriteAsync(new[] { At(signal, 0, 1), bad[0], bad[1], bad[2], bad[3], At(signal, 4, 2) }, default);

        Assert.Equal(bad, refused.Select(one => one.Reading));
        Assert.All(refused, one => Assert.NotEmpty(one.Reason));
        Assert.Equal([1.0, 2.0], (await RangeAsync(signal)).Select(sample => sample.Value));
    }

    [SkippableFact]
    public async Task Batch_larger_than_one_body_is_stored_whole()
    {
        Signal[] signals = [.. Enumerable.Range(0, 40).Select(i => Signal("torque", $"machine{i}"))];
        await WriteAsync([.. Enumerable.Range(0, 20_000).Select(i => At(signals[i % 40], i / 40, i))]);

        foreach (Signal signal in signals)
        {
            Assert.Equal(500, await CountAsync(signal));
        }
    }

    [SkippableFact]
    public async Task Derived_point_is_read_back_with_tags_and_fields()
    {
        DerivedPoint point = new(
            "oee",
            new Dictionary<string, string> { ["site"] = "rhine", ["line"] = "line 1, \"new\"=x" },
            new Dictionary<string, object> { ["oee"] = 0.612, ["good"] = 12_345L, ["closed"] = true, ["note"] = "shift \"A\"", ["mtbf"] = double.NaN },
            Start);
        await Store.WriteAsync([point], default);

        DerivedPoint found = Assert.Single(await PointsAsync("oee"));

        Assert.Equal(point.Tags.OrderBy(tag => tag.Key), found.Tags.OrderBy(tag => tag.Key));
        Assert.Equal(0.612, found.Fields["oee"]);
        Assert.Equal(12_345.0, found.Fields["good"]);
        Assert.Equal(true, found.Fields["closed"]);
        Assert.Equal("shift \"A\"", found.Fields["note"]);
        Assert.False(found.Fields.ContainsKey("mtbf"));
        Assert.Equal(Start, found.EventTime);
    }

    [SkippableFact]
    public async Task Derived_point_written_again_replaces_the_fields_it_brings()
    {
        Dictionary<string, string> tags = new() { ["line"] = "line1" };
        await Store.WriteAsync([new DerivedPoint("oee", tags, new Dictionary<string, object> { ["oee"] = 0.5, ["good"] = 7 }, Start)], default);
        await Store.WriteAsync([new DerivedPoint("oee", tags, new Dictionary<string, object> { ["oee"] = 0.6 }, Start)], default);

        DerivedPoint found = Assert.Single(await PointsAsync("oee"));

        Assert.Equal((0.6, 7.0), (found.Fields["oee"], found.Fields["good"]));
    }

    [SkippableFact]
    public async Task Derived_points_are_chosen_by_tags_and_range_oldest_first()
    {
        await Store.WriteAsync(
            [.. from line in new[] { "line1", "line2" }
                from minute in Enumerable.Range(0, 4).Reverse()
                select new DerivedPoint("loss", new Dictionary<string, string> { ["line"] = line, ["cause"] = "filler" }, new Dictionary<string, object> { ["seconds"] = minute }, Start.AddMinutes(minute))],
            default);

        List<DerivedPoint> found = await PointsAsync("loss", new Dictionary<string, string> { ["line"] = "line2" }, Start.AddMinutes(1), Start.AddMinutes(3));

        Assert.Equal([1.0, 2.0], found.Select(point => point.Fields["seconds"]));
        Assert.Equal(3, (await PointsAsync("loss", limit: 3)).Count);
        Assert.Empty(await PointsAsync("unknown"));
    }

    [SkippableFact]
    public async Task Derived_point_that_cannot_be_kept_is_refused_with_its_reason()
    {
        DerivedPoint Point(string tag, object field) => new("oee", new Dictionary<string, string> { ["line"] = tag }, new Dictionary<string, object> { ["oee"] = field }, Start);

        foreach (DerivedPoint bad in (DerivedPoint[])[Point("", 1), Point("a\nb", 1), Point("a\\", 1), Point("a", 1m)])
        {
            ArgumentException fault = await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteAsync([bad], default));
            Assert.Contains("oee", fault.Message, StringComparison.Ordinal);
        }
    }

    public async Task InitializeAsync()
    {
        _store = await OpenAsync();
        await _store.EnsureCreatedAsync(default);
    }

    public async Task DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        await CloseAsync();
    }

    /// <summary>Opens an empty store.</summary>
    protected abstract Task<IReadingStore> OpenAsync();

    /// <summary>Ends what <see cref="OpenAsync"/> started.</summary>
    protected abstract Task CloseAsync();

    protected async Task WriteAsync(params Reading[] readings) => Assert.Empty(await Store.WriteAsync(readings, default));

    protected Task<List<Sample>> RangeAsync(Signal signal, DateTime? from = null, DateTime? to = null, int limit = int.MaxValue) =>
        AllAsync(Store.RangeAsync(signal.Path, from ?? DateTime.MinValue, to ?? DateTime.MaxValue, limit, default));

    protected Task<long> CountAsync(Signal signal) => Store.CountAsync(signal.Path, DateTime.MinValue, DateTime.MaxValue, default);

    protected Task<List<DerivedPoint>> PointsAsync(
        string measurement, Dictionary<string, string>? tags = null, DateTime? from = null, DateTime? to = null, int limit = 1000) =>
        AllAsync(Store.PointsAsync(measurement, tags ?? [], from ?? DateTime.MinValue, to ?? DateTime.MaxValue, limit, default));

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> sequence)
    {
        List<T> all = [];
        await foreach (T item in sequence)
        {
            all.Add(item);
        }

        return all;
    }

    private async Task<int> DeliverAsync(RepeatRecogniser recogniser, params Reading[] readings)
    {
        Reading[] batch = [.. readings];
        int duplicates = await recogniser.RecogniseAsync(batch, default);
        await WriteAsync(batch);
        return duplicates;
    }
}
