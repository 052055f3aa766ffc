using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>Several consumers decode each message once between them, and each gets what it would have got alone.</summary>
public sealed class SharedDecodingTests
{
    private const string Sources = """[{ name: j, topic: "{line}/{machine}", decoder: json, options: { time: /ts, timeFormat: unix-ms, values: /v } }, { name: v, topic: "{line}/{machine}/{signal}", decoder: value }]""";

    [Fact]
    public async Task Consumers_that_share_get_the_same_as_one_alone_however_far_apart_they_are()
    {
        await using Bench bench = new();
        Plant plant = Bench.Plant(Sources);
        DecodedStretches shared = new();
        List<string> alone = [];
        List<string> quick = [];
        List<string> slow = [];
        using CancellationTokenSource stop = new();
        TaskCompletionSource slowMayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JournalConsumer[] consumers =
        [
            Consumer(bench, "alone", plant, alone, new DecodedStretches()),
            Consumer(bench, "quick", plant, quick, shared),
            Consumer(bench, "slow", plant, slow, shared, slowMayGoOn.Task),
        ];
        await AcceptAsync(bench, 0, 5_000);
        Task running = Task.WhenAll(consumers.Select(consumer => Task.Run(() => consumer.RunAsync(stop.Token))));

        // The slow one stands at its first batch while the others pass everything in pieces of all sizes.
        for (int from = 5_000, length = 1; from < 12_000; from += length, length = (length * 3) + 1)
        {
            await AcceptAsync(bench, from, length);
            await Bench.Until(() => consumers[1].Status.PendingMessages == 0);
        }

        slowMayGoOn.SetResult();
        await Bench.Until(() => consumers.All(consumer => consumer.Status.PendingMessages == 0));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.NotEmpty(alone);
        Assert.Equal(alone, quick);
        Assert.Equal(alone, slow);
    }

    [Fact]
    public async Task What_one_has_decoded_another_takes_over_until_the_plant_changes()
    {
        await using Bench bench = new();
        await AcceptAsync(bench, 0, 100);
        DecodedStretches shared = new();
        shared.Join();
        shared.Join();
        MessageDecoder decoder = new(Bench.Plant(Sources));
        using JournalReader first = bench.Journal.OpenReader("first");
        using JournalReader second = bench.Journal.OpenReader("second");

        DecodedStretch stretch = shared.Next(first, decoder)!;
        Assert.Same(stretch, shared.Next(second, new MessageDecoder(decoder.Plant)));
        Assert.NotSame(stretch, shared.Next(second, new MessageDecoder(Bench.Plant(Sources))));
        Assert.Null(shared.Next(first, decoder));
    }

    [Fact]
    public async Task Consumer_that_falls_in_behind_another_meets_what_that_one_has_decoded()
    {
        await using Bench bench = new();
        await AcceptAsync(bench, 0, 50);
        DecodedStretches shared = new();
        shared.Join();
        shared.Join();
        MessageDecoder decoder = new(Bench.Plant(Sources));
        using JournalReader late = bench.Journal.OpenReader("late");
        using JournalReader early = bench.Journal.OpenReader("early");
        early.Seek(bench.Journal.SafeThrough);
        await AcceptAsync(bench, 50, 50);
        DecodedStretch ahead = shared.Next(early, decoder)!;

        DecodedStretch behind = shared.Next(late, new MessageDecoder(decoder.Plant))!;

        Assert.Equal(ahead.From, behind.Through);
        Assert.Same(ahead, shared.Next(late, new MessageDecoder(decoder.Plant)));
    }

    private static JournalConsumer Consumer(Bench bench, string name, Plant plant, List<string> readings, DecodedStretches stretches, Task? after = null) => new(
        name,
        bench.Journal,
        new CurrentPlant(plant),
        async (batch, token) =>
        {
            readings.AddRange(batch.Readings.ToArray().Select(Text));
            await (after ?? Task.CompletedTask).WaitAsync(token);
        },
        null,
        bench.Time,
        NullLogger<JournalConsumer>.Instance,
        TimeSpan.Zero,
        stretches);

    /// <summary>Good messages, repeated ones, broken ones and ones that nobody knows.</summary>
    private static async Task AcceptAsync(Bench bench, int from, int count)
    {
        long receipt = 0;
        for (int number = from; number < from + count; number++)
        {
            receipt = (number % 7) switch
            {
                0 => bench.Accept("l/n/x", number.ToString(CultureInfo.InvariantCulture)),
                1 => bench.Accept("nobody", "1"),
                2 => bench.Accept("l/m", """{"ts":"""),
                3 => bench.Accept("l/m", Json(number - 1)),
                4 => bench.Accept("l/m", Json(number - 1)),
                _ => bench.Accept("l/m", Json(number)),
            };
        }

        await bench.Journal.WaitUntilSafeAsync(receipt, TestContext.Limit());
    }

    private static string Json(int number) => $$$"""{"ts":{{{1_795_348_740_000 + number}}},"v":{"x":{{{number}}}.25,"y":1.5}}""";

    private static string Text(Reading reading) => string.Create(CultureInfo.InvariantCulture, $"{reading.Signal} {reading.EventTime:O} {reading.Value:R} {reading.Flags & ~ReadingFlags.ReceiveTimeUsed}");
}
