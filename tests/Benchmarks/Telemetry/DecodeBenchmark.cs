using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Benchmarks.Telemetry;

/// <summary>
/// Messages of 115 bytes with four numbers and a device time on 1,000 topics lie in a journal; a consumer with ledger reads,
/// decodes, checks and commits them, and the readings go nowhere, or through the recogniser of repeats into line protocol that
/// goes nowhere. Beside it, in turns, the same payloads through
/// <see cref="JsonDocument"/> and string keys, the way such services are usually written.
/// </summary>
public static class DecodeBenchmark
{
    private const int Machines = 1000;

    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="messages">Messages in one turn.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int messages, CancellationToken cancellationToken)
    {
        Plant plant = PlantFile.Parse(PlantBenchmark.Text(Machines * 50), "plant.yaml").Plant!;
        for (int turn = 0; turn < 3; turn++)
        {
            Print($"turn {turn}, linewatch, readings go nowhere:", messages, await JournalAsync(plant, messages, (_, _) => ValueTask.CompletedTask, cancellationToken));
            await using EncodingStore store = new();
            Print($"turn {turn}, linewatch, to line protocol:", messages, await JournalAsync(plant, messages, new StoreWriter(store, TimeProvider.System).HandleAsync, cancellationToken));
            Print($"turn {turn}, JsonDocument without journal:", messages, Naive(plant, messages));
        }
    }

    private static async Task<Cost> JournalAsync(Plant plant, int messages, ReadingHandler handler, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using TelemetryMetrics metrics = new(services.GetRequiredService<IMeterFactory>());
        await using Journal journal = Journal.Open(
            new JournalOptions { Folder = folder["journal"], MaxBytes = 1L << 40 }, metrics, TimeProvider.System, NullLogger<Journal>.Instance);
        await FillAsync(journal, messages, cancellationToken);

        using Linewatch.Telemetry.Quarantining.Quarantine quarantine = new(new() { Folder = folder["quarantine"] }, TimeProvider.System);
        Linewatch.Telemetry.Balance.MessageBalance balance = new(folder["balance"]);
        long readings = 0;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        JournalConsumer consumer = new("bench", journal, new CurrentPlant(plant), async (batch, token) =>
        {
            await handler(batch, token);
            readings += batch.Count;
            if (readings == messages * 4L)
            {
                await stop.CancelAsync();
            }
        }, new Ledger(balance, quarantine), TimeProvider.System, NullLogger<JournalConsumer>.Instance);

        Meter meter = new();
        try
        {
            await Task.Run(() => consumer.RunAsync(stop.Token), CancellationToken.None);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // All readings have come.
        }

        if (balance.Totals() is { Quarantined: not 0 } or { Duplicate: not 0 })
        {
            throw new InvalidOperationException("the benchmark's messages are not decoded: " + balance.Totals());
        }

        return meter.Stop();
    }

    private static async Task FillAsync(Journal journal, int messages, CancellationToken cancellationToken)
    {
        byte[][] topics = [.. Enumerable.Range(0, Machines).Select(i => Encoding.UTF8.GetBytes(Topic(i)))];
        byte[] payload = new byte[256];
        long receipt = 0;
        for (int i = 0; i < messages; i++)
        {
            int length = Encoding.UTF8.GetBytes(PayloadText(i), payload);
            receipt = journal.Accept(new PublishView { Topic = topics[i % Machines], Payload = payload.AsSpan(0, length), QoS = MqttQoS.AtLeastOnce });
            if (i % 1000 == 0)
            {
                await journal.WaitForRoomAsync(cancellationToken);
            }
        }

        await journal.WaitUntilSafeAsync(receipt, cancellationToken);
    }

    private static Cost Naive(Plant plant, int messages)
    {
        byte[][] payloads = [.. Enumerable.Range(0, 1000).Select(i => Encoding.UTF8.GetBytes(PayloadText(i)))];
        string[] topics = [.. Enumerable.Range(0, Machines).Select(Topic)];
        Dictionary<string, Signal> signals = plant.Signals.ToDictionary(signal => signal.Path.ToString());
        List<Reading> readings = [];
        Meter meter = new();
        for (int i = 0; i < messages; i++)
        {
            using JsonDocument document = JsonDocument.Parse(payloads[i % 1000]);
            DateTime time = DateTime.Parse(document.RootElement.GetProperty("ts").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
            string[] levels = topics[i % Machines].Split('/');
            foreach (JsonProperty value in document.RootElement.GetProperty("values").EnumerateObject())
            {
                Signal signal = signals[$"{levels[0]}/{levels[1]}/{levels[2]}/{levels[3]}/{value.Name}"];
                double number = value.Value.GetDouble();
                if (!(number < signal.Minimum || number > signal.Maximum))
                {
                    readings.Add(new Reading(signal, time, number));
                }
            }

            if (readings.Count > 50_000)
            {
                readings.Clear();
            }
        }

        return meter.Stop();
    }

    private static string Topic(int machine) => string.Create(CultureInfo.InvariantCulture, $"s/a/l{machine / 20}/m{machine % 20}/data");

    private static string PayloadText(int i)
    {
        DateTime time = new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc).AddMilliseconds(i / Machines);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"ts":"{{time:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}","values":{"s0":{{i % 977 * 0.01 + 3:0.00}},"s1":{{i % 101 + 20.5:0.0}},"s2":{{i % 7 + 400}},"s3":{{i % 13 * 0.125:0.000}}""") + "}}";
    }

    private static void Print(string what, int messages, Cost cost) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what} {messages / cost.Elapsed.TotalSeconds / 1e3:0} k messages/s, {messages * 4 / cost.Elapsed.TotalSeconds / 1e6:0.00} M readings/s, {cost.Cpu.TotalMicroseconds / messages:0.00} µs CPU and {cost.Bytes / (double)messages:0} B a message"));

    private readonly record struct Cost(TimeSpan Elapsed, TimeSpan Cpu, long Bytes);

    private sealed class Meter
    {
        private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;
        private readonly long _bytes = GC.GetTotalAllocatedBytes(precise: true);
        private readonly long _start = Stopwatch.GetTimestamp();

        public Cost Stop() => new(Stopwatch.GetElapsedTime(_start), Environment.CpuUsage.TotalTime - _cpu, GC.GetTotalAllocatedBytes(precise: true) - _bytes);
    }
}
