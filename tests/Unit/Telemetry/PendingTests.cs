using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>What waits in the journal, told by source and hour before it is decoded.</summary>
public sealed class PendingTests
{
    private const string Sources = """[{ name: v, topic: "{line}/{machine}/{signal}", decoder: value }]""";

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 10, 59, 0, TimeSpan.Zero));

    [Fact]
    public async Task Messages_that_wait_are_rows_of_their_source_and_hour_until_they_are_done()
    {
        await using Bench bench = new(time: _time);
        TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JournalConsumer consumer = bench.Consumer("store", new CurrentPlant(Bench.Plant(Sources)), async (_, token) => await open.Task.WaitAsync(token), bench.OpenLedger());
        Assert.Empty(consumer.Pending());
        using CancellationTokenSource stop = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await bench.AcceptSafelyAsync("l/m/x", "2");
        await bench.AcceptSafelyAsync("nobody", "3");
        _time.Advance(TimeSpan.FromMinutes(2));
        await bench.AcceptSafelyAsync("l/m/x", "4");
        Task run = consumer.RunAsync(stop.Token);

        await Bench.Until(() => consumer.Pending().Sum(row => row.Pending) == 4);
        BalanceRow[] waiting = [.. BalanceRow.Together(bench.Balance.Rows(DateTime.MinValue, DateTime.MaxValue), consumer.Pending())];
        Assert.Equal([("unknown", 10, 1L, 0L), ("v", 10, 2L, 0L), ("v", 11, 1L, 0L)], waiting.Select(row => (row.Source, row.Hour.Hour, row.Pending, row.Stored)));
        Assert.Equal(4, bench.Balance.Totals().Pending);

        open.SetResult();
        await Bench.Until(() => consumer.Status.PendingMessages == 0);
        Assert.Empty(consumer.Pending());
        Assert.Equal(
            [("unknown", 10, 0L, 0L, 1L), ("v", 10, 0L, 2L, 0L), ("v", 11, 0L, 1L, 0L)],
            bench.Balance.Rows(DateTime.MinValue, DateTime.MaxValue).Select(row => (row.Source, row.Hour.Hour, row.Pending, row.Stored, row.Quarantined)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Messages_behind_the_limit_are_counted_without_being_looked_at()
    {
        await using Bench bench = new(time: _time);
        for (int i = 0; i < 5; i++)
        {
            await bench.AcceptSafelyAsync("l/m/x", "1");
        }

        IReadOnlyList<BalanceRow> rows = PendingMessages.Count(bench.Journal, 0, 0, Bench.Plant(Sources), limit: 2);

        Assert.Equal([("v", 2L), (PendingMessages.NotLookedAt, 3L)], rows.Select(row => (row.Source, row.Pending)));
    }
}
