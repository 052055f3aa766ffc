using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>The computer's clock jumps, forward and back by hours, while messages come in.</summary>
public sealed class SteppedClockTests
{
    [Fact]
    public async Task Nothing_is_lost_or_miscounted_when_the_clock_is_stepped()
    {
        SteppedTime time = new();
        await using Bench bench = new(time: time);
        CurrentPlant plant = new(Bench.Plant("""[{ name: v, topic: "{line}/{machine}/{signal}", decoder: value }]"""));
        List<double> stored = [];
        JournalConsumer consumer = bench.Consumer("store", plant, (batch, _) =>
        {
            stored.AddRange(batch.Readings.ToArray().Select(reading => reading.Value));
            return ValueTask.CompletedTask;
        }, bench.OpenLedger());
        using CancellationTokenSource stop = new();
        Task run = consumer.RunAsync(stop.Token);

        int[] hours = [0, 5, -30, 100, -3, 2, -100, 0];
        int number = 0;
        foreach (int step in hours)
        {
            time.Offset = TimeSpan.FromHours(step);
            for (int i = 0; i < 10; i++)
            {
                await bench.AcceptSafelyAsync("l/m/x", (++number).ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            await Bench.Until(() => consumer.Status.HandledMessages == number);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(Enumerable.Range(1, number).Select(value => (double)value), stored);
        Assert.Equal(new BalanceTotals(number, number, 0, 0, 0, 0, 0), bench.Balance.Totals());
        Assert.Equal(number, bench.Balance.Rows(DateTime.UnixEpoch, new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc)).Sum(row => row.Stored));
    }

    /// <summary>The system's clock, off by what the test says; timers and timestamps go on as they are.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
