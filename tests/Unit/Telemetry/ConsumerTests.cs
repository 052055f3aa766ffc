using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class ConsumerTests
{
    private const string Json = """[{ name: j, topic: "{site}/{area}/{line}/{machine}/data", decoder: json, options: { time: /ts, values: /v } }, { name: v, topic: "{line}/{machine}/{signal}", decoder: value }]""";

    [Fact]
    public async Task Readings_are_handled_in_order_and_the_balance_adds_up()
    {
        await using Bench bench = new();
        string time = DateTimeOffset.FromUnixTimeSeconds(bench.Time.GetUtcNow().ToUnixTimeSeconds()).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        bench.Accept("s/a/l/m/data", "{\"ts\":\"" + time + "\",\"v\":{\"x\":1,\"y\":2.5}}");
        bench.Accept("s/a/l/m/data", "{\"ts\":\"" + time + "\",\"v\":{\"x\":1,\"y\":2.5}}");
        bench.Accept("s/a/l/m/data", """{"ts":""");
        bench.Accept("nobody/knows", "1");
        bench.Accept("l/m/x", "7");
        bench.Accept("l/m/x", "7");
        bench.Accept("l/m/x", "7", duplicate: true);

        List<Reading> readings = await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 7);

        Assert.Equal([("x", 1), ("y", 2.5), ("x", 7), ("x", 7)], readings.Select(reading => (reading.Signal.Path.Signal, reading.Value)));
        BalanceTotals totals = bench.Balance.Totals();
        Assert.Equal(new BalanceTotals(Received: 7, Stored: 3, Duplicate: 2, Quarantined: 2, Damaged: 0, Pending: 0, QuarantineDropped: 0), totals);
        Assert.Equal(0, totals.Difference);
        Assert.Equal([("j", 3), ("unknown", 1), ("v", 3)], bench.Balance.Rows(DateTime.MinValue, DateTime.MaxValue).Select(row => (row.Source, (int)row.Received)));
        Assert.Equal(
            [("j", QuarantineReason.Malformed), ("unknown", QuarantineReason.UnknownTopic)],
            bench.Quarantine.List(new QuarantineFilter(), 10).Select(message => (message.Source, message.Reason)));
    }

    [Fact]
    public async Task What_comes_after_a_pause_is_handed_over_at_once_and_a_stream_together()
    {
        ManualTime time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
        await using Bench bench = new(time: time);
        List<int> batches = [];
        JournalConsumer consumer = new("store", bench.Journal, new CurrentPlant(Bench.Plant(Json)), (batch, _) =>
        {
            batches.Add(batch.Messages);
            return ValueTask.CompletedTask;
        }, bench.OpenLedger(), time, NullLogger<JournalConsumer>.Instance, gathers: TimeSpan.FromMilliseconds(200));
        using CancellationTokenSource stop = new();
        Task run = consumer.RunAsync(stop.Token);
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await Bench.Until(() => consumer.Status.HandledMessages == 1);

        await bench.AcceptSafelyAsync("l/m/x", "2");
        await bench.AcceptSafelyAsync("l/m/x", "3");
        await Bench.Until(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(25));
            return consumer.Status.HandledMessages == 3;
        });

        Assert.Equal([1, 2], batches);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task While_a_stream_gathers_the_consumer_sleeps()
    {
        const int Batches = 10;
        AskedTime time = new();
        await using Bench bench = new(time: time);
        SemaphoreSlim handled = new(0);
        JournalConsumer consumer = new("store", bench.Journal, new CurrentPlant(Bench.Plant(Json)), (_, _) =>
        {
            handled.Release();
            return ValueTask.CompletedTask;
        }, bench.OpenLedger(), time, NullLogger<JournalConsumer>.Instance, gathers: TimeSpan.FromMilliseconds(5));
        using CancellationTokenSource stop = new();
        Task run = consumer.RunAsync(stop.Token);
        for (int i = 0; i < Batches; i++)
        {
            await bench.AcceptSafelyAsync("l/m/x", "1");
            Assert.True(await handled.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Limit()));
        }

        // To look at it all the time it would have to ask thousands of times for each.
        Assert.InRange(time.Asked, Batches, 20 * Batches);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_crash_between_handling_and_commit_repeats_the_batch_and_not_the_balance()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await bench.AcceptSafelyAsync("nobody", "1");

        // The handler never returns: the process dies with the batch half done.
        using CancellationTokenSource crash = new();
        JournalConsumer dying = bench.Consumer("store", new CurrentPlant(Bench.Plant(Json)), async (_, token) =>
        {
            await crash.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, bench.Time, token);
        }, bench.OpenLedger());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying.RunAsync(crash.Token));
        await bench.ReopenAsync();

        List<Reading> readings = await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 2);

        Assert.Single(readings);
        Assert.Equal(1, bench.Quarantine.Count);
        Assert.Equal(new BalanceTotals(2, 1, 0, 1, 0, 0, 0), bench.Balance.Totals());
    }

    [Fact]
    public async Task The_balance_survives_a_restart()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 1);
        await bench.ReopenAsync();
        await bench.AcceptSafelyAsync("l/m/x", "2");

        await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 2);

        Assert.Equal(new BalanceTotals(2, 2, 0, 0, 0, 0, 0), bench.Balance.Totals());
    }

    [Fact]
    public async Task A_balance_first_kept_on_an_old_journal_begins_with_the_oldest_message_kept()
    {
        await using Bench bench = new(options => options.SegmentBytes = 64 << 10);
        await bench.AcceptSafelyAsync("l/m/x", new string('1', 70_000));
        await bench.AcceptSafelyAsync("l/m/x", "1");
        using (Linewatch.Telemetry.Journaling.JournalReader earlier = bench.Journal.OpenReader("earlier"))
        {
            Bench.ReadAll(earlier);
            earlier.Commit(earlier.Position, 2, default);
        }

        await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 1);

        Assert.Equal(new BalanceTotals(1, 1, 0, 0, 0, 0, 0), bench.Balance.Totals());
    }

    [Fact]
    public async Task A_damaged_record_is_one_row_of_the_balance()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        long second = await bench.AcceptSafelyAsync("l/m/x", "2");
        await bench.AcceptSafelyAsync("l/m/x", "3");
        await bench.ReopenAsync(() =>
        {
            using FileStream file = new(bench.LastSegment, FileMode.Open);
            file.Position = second + 32 - 1;
            file.WriteByte((byte)'X');
        });

        await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 3);

        Assert.Equal(new BalanceTotals(Received: 3, Stored: 2, 0, 0, Damaged: 1, 0, 0), bench.Balance.Totals());
    }

    [Fact]
    public async Task A_redelivery_after_a_restart_is_recognised()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 1);
        await bench.ReopenAsync();
        bench.Accept("l/m/x", "1", duplicate: true);

        await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 2);

        Assert.Equal(1, bench.Balance.Totals().Duplicate);
    }

    [Fact]
    public async Task A_failing_handler_gets_the_same_batch_again_and_the_status_says_so()
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        JournalConsumer? consumer = null;
        List<string?> failures = [];
        int attempts = 0;
        using CancellationTokenSource stop = new();
        consumer = bench.Consumer("store", new CurrentPlant(Bench.Plant(Json)), async (batch, _) =>
        {
            failures.Add(consumer!.Status.Failure);
            Assert.Equal(1, batch.Count);
            if (++attempts < 3)
            {
                throw new IOException("the store is away");
            }

            await stop.CancelAsync();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consumer.RunAsync(stop.Token));

        Assert.Equal([null, "the store is away", "the store is away"], failures);
        Assert.Null(consumer.Status.Failure);
        Assert.Equal(0, consumer.Status.PendingMessages);
    }

    [Fact]
    public async Task What_a_failing_store_holds_up_is_pending_by_source()
    {
        await using Bench bench = new();
        bench.Accept("l/m/x", "1");
        bench.Accept("l/m/x", "2");
        await bench.AcceptSafelyAsync("nobody", "1");
        using CancellationTokenSource stop = new();
        JournalConsumer consumer = bench.Consumer("store", new CurrentPlant(Bench.Plant(Json)), (_, _) => throw new IOException("away"), bench.OpenLedger());
        Task run = consumer.RunAsync(stop.Token);
        await Bench.Until(() => consumer.Status.Failure is not null);

        Assert.Equal([("unknown", 1), ("v", 2)], consumer.Pending().Select(row => (row.Source, (int)row.Pending)).Order());
        Assert.Equal(3, consumer.Status.PendingMessages);
        Assert.Equal(new BalanceTotals(3, 0, 0, 0, 0, 3, 0), bench.Balance.Totals());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_quarantine_that_cannot_be_written_holds_the_cursor_and_counts_right_afterwards()
    {
        await using Bench bench = new();
        Ledger ledger = bench.OpenLedger();
        string obstacle = Path.Combine(bench.Quarantine.Folder, new string('0', 20) + ".quarantine");
        Directory.CreateDirectory(obstacle);
        await bench.AcceptSafelyAsync("nobody", "1");
        await bench.AcceptSafelyAsync("l/m/x", "1");
        using CancellationTokenSource stop = new();
        JournalConsumer consumer = bench.Consumer("store", new CurrentPlant(Bench.Plant(Json)), (_, _) => ValueTask.CompletedTask, ledger);
        Task run = consumer.RunAsync(stop.Token);
        await Bench.Until(() => consumer.Status.Failure is not null);
        Assert.Equal(0, consumer.Status.HandledMessages);

        Directory.Delete(obstacle);
        await Bench.Until(() => consumer.Status is { HandledMessages: 2, Failure: null });
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(new BalanceTotals(2, 1, 0, 1, 0, 0, 0), bench.Balance.Totals());
        Assert.Equal(1, bench.Quarantine.Count);
    }

    [Fact]
    public async Task What_the_store_refuses_is_quarantined_with_its_raw_message()
    {
        await using Bench bench = new();
        bench.Accept("l/m/x", "1");
        bench.Accept("l/m/x", "2");
        bench.Accept("l/m/x", "3");
        using CancellationTokenSource stop = new();
        Ledger ledger = bench.OpenLedger();
        JournalConsumer consumer = bench.Consumer("store", new CurrentPlant(Bench.Plant(Json)), (batch, _) =>
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Readings.Span[i].Value == 2)
                {
                    batch.Refuse(i, "field type conflict");
                }
            }

            return ValueTask.CompletedTask;
        }, ledger);
        Task run = consumer.RunAsync(stop.Token);
        await Bench.Until(() => consumer.Status.HandledMessages == 3);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        QuarantinedMessage message = Assert.Single(bench.Quarantine.List(new QuarantineFilter(), 10));
        Assert.Equal((QuarantineReason.RefusedByStore, "field type conflict", "2"), (message.Reason, message.Detail, System.Text.Encoding.UTF8.GetString(message.Payload.Span)));
        Assert.Equal(new BalanceTotals(3, 2, 0, 1, 0, 0, 0), bench.Balance.Totals());
    }

    [Fact]
    public async Task A_changed_plant_holds_from_the_next_batch_on()
    {
        await using Bench bench = new();
        CurrentPlant plant = new(Bench.Plant("[]"));
        using CancellationTokenSource stop = new();
        List<double> values = [];
        JournalConsumer consumer = bench.Consumer("store", plant, (batch, _) =>
        {
            values.AddRange(batch.Readings.ToArray().Select(reading => reading.Value));
            return ValueTask.CompletedTask;
        });
        Task run = consumer.RunAsync(stop.Token);
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await Bench.Until(() => consumer.Status.HandledMessages == 1);
        plant.Replace(Bench.Plant(Json));
        await bench.AcceptSafelyAsync("l/m/x", "2");
        await Bench.Until(() => consumer.Status.HandledMessages == 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal([2], values);
    }

    [Fact]
    public async Task A_backlog_is_read_on_while_the_handler_is_at_work_and_counts_only_once_that_is_done()
    {
        await using Bench bench = new();
        await AcceptBacklogAsync(bench, 50_000);
        Ledger ledger = bench.OpenLedger();
        long before = bench.Quarantine.Count;
        using CancellationTokenSource crash = new();
        JournalConsumer dying = bench.Consumer("store", new CurrentPlant(Bench.Plant(Json)), async (_, token) =>
        {
            // The second batch's message that nobody knows is in quarantine while the first batch is at its handler.
            await Bench.Until(() => bench.Quarantine.Count == 1);
            await crash.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, bench.Time, token);
        }, ledger);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying.RunAsync(crash.Token));

        Assert.Equal(0, before);
        Assert.Equal(new BalanceTotals(50_001, 0, 0, 0, 0, Pending: 50_001, 0), bench.Balance.Totals());
        await bench.ReopenAsync();
        List<Reading> readings = await ConsumeAsync(bench, Json, bench.OpenLedger(), messages: 50_001);
        Assert.Equal(Enumerable.Range(0, 50_000), readings.Select(reading => (int)reading.Value));
        Assert.Equal(new BalanceTotals(50_001, 50_000, 0, Quarantined: 1, 0, 0, 0), bench.Balance.Totals());
        Assert.Equal(1, bench.Quarantine.Count);
    }

    [Fact]
    public async Task What_is_asked_for_during_a_backlog_is_done_before_its_end()
    {
        await using Bench bench = new();
        Ledger ledger = bench.OpenLedger();
        CurrentPlant plant = new(Bench.Plant("[]"));
        bench.Accept("l/m/x", "-1");
        await ConsumeAsync(bench, "[]", ledger, messages: 1);
        plant.Replace(Bench.Plant(Json));
        await AcceptBacklogAsync(bench, 100_000);
        List<bool> replays = [];
        Task<ReplayResult>? replay = null;
        JournalConsumer? consumer = null;
        using CancellationTokenSource stop = new();
        consumer = bench.Consumer("store", plant, (batch, _) =>
        {
            replay ??= consumer!.ReplayAsync(new QuarantineFilter { Source = "unknown" }, 1, CancellationToken.None);
            replays.Add(batch.Through < 0);
            return ValueTask.CompletedTask;
        }, ledger);
        Task run = consumer.RunAsync(stop.Token);
        await Bench.Until(() => consumer.Status.PendingMessages == 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        // The second batch was being read when it was asked.
        Assert.Equal([false, false, true, false], replays.Take(4));
        Assert.Equal(1, (await replay!).Released);
        Assert.Equal(new BalanceTotals(100_002, 100_001, 0, 1, 0, 0, 0), bench.Balance.Totals());
    }

    /// <summary>Several batches, and in the second one a message that nobody knows.</summary>
    private static async Task AcceptBacklogAsync(Bench bench, int messages)
    {
        for (int i = 0; i < messages - 1; i++)
        {
            if (i == 25_000)
            {
                bench.Accept("nobody", "1");
            }

            bench.Accept("l/m/x", Text(i));
        }

        await bench.AcceptSafelyAsync("l/m/x", Text(messages - 1));

        static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<List<Reading>> ConsumeAsync(Bench bench, string sources, Ledger ledger, int messages)
    {
        List<Reading> readings = [];
        using CancellationTokenSource stop = new();
        JournalConsumer consumer = bench.Consumer("store", new CurrentPlant(Bench.Plant(sources)), (batch, _) =>
        {
            readings.AddRange(batch.Readings.ToArray());
            return ValueTask.CompletedTask;
        }, ledger);
        Task run = consumer.RunAsync(stop.Token);
        await Bench.Until(() => ledger.Balance.Totals() is { Pending: 0 } totals && totals.Received == messages && consumer.Status.PendingMessages == 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return readings;
    }

    /// <summary>The system's time; counts how often it is asked for.</summary>
    private sealed class AskedTime : TimeProvider
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _asked);
            return base.GetTimestamp();
        }
    }
}
