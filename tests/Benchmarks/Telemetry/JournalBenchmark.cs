using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Journaling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Benchmarks.Telemetry;

/// <summary>The journal by itself: how soon a message is safe, how many a second, and how long opening takes.</summary>
public static class JournalBenchmark
{
    private const int PayloadBytes = 115;
    private const int Senders = 4;
    private const int InFlight = 1000;
    private const long LargeBytes = 10L << 30;

    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="parent">Folder under which the journal is written and deleted afterwards.</param>
    /// <param name="seconds">Length of each turn.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(string parent, int seconds, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateDirectory(Path.Combine(parent, "linewatch-journal-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            for (int turn = 0; turn < 3; turn++)
            {
                await PacedAsync(Path.Combine(folder, "paced"), seconds, cancellationToken);
                await ThroughputAsync(Path.Combine(folder, "fast"), seconds, cancellationToken);
            }

            await OpenLargeAsync(Path.Combine(folder, "large"), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PacedAsync(string folder, int seconds, CancellationToken cancellationToken)
    {
        await using Opened opened = new(folder);
        List<double> milliseconds = [];
        byte[] payload = new byte[PayloadBytes];
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        long end = Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end && await timer.WaitForNextTickAsync(cancellationToken))
        {
            long start = Stopwatch.GetTimestamp();
            await opened.Journal.WaitUntilSafeAsync(Accept(opened.Journal, payload), cancellationToken);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        milliseconds.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"accept to safe at {milliseconds.Count / (double)seconds:0} messages/s: p50 {milliseconds[milliseconds.Count / 2]:0.00} ms, p99 {milliseconds[(int)(milliseconds.Count * 0.99)]:0.00} ms, worst {milliseconds[^1]:0.00} ms"));
    }

    private static async Task ThroughputAsync(string folder, int seconds, CancellationToken cancellationToken)
    {
        await using Opened opened = new(folder);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        long end = start + (seconds * Stopwatch.Frequency);
        long[] sent = new long[Senders];
        List<double> waits = [];
        await Parallel.ForAsync(0, Senders, new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellationToken }, async (sender, _) =>
        {
            byte[] payload = new byte[PayloadBytes];
            List<double> mine = [];
            while (Stopwatch.GetTimestamp() < end)
            {
                await opened.Journal.WaitForRoomAsync(cancellationToken);
                long sending = Stopwatch.GetTimestamp();
                long receipt = 0;
                for (int i = 0; i < InFlight; i++)
                {
                    receipt = Accept(opened.Journal, payload);
                }

                await opened.Journal.WaitUntilSafeAsync(receipt, cancellationToken);
                mine.Add(Stopwatch.GetElapsedTime(sending).TotalMilliseconds);
                sent[sender] += InFlight;
            }

            lock (waits)
            {
                waits.AddRange(mine);
            }
        });
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        waits.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Senders} senders, {InFlight} in flight each: {sent.Sum() / elapsed.TotalSeconds / 1e3:0} k messages/s safe, p99 {waits[(int)(waits.Count * 0.99)]:0.0} ms, {cpu.TotalMicroseconds / sent.Sum():0.00} µs CPU and {(GC.GetTotalAllocatedBytes() - allocated) / (double)sent.Sum():0} B a message"));
    }

    private static async Task OpenLargeAsync(string folder, CancellationToken cancellationToken)
    {
        byte[] payload = new byte[64 << 10];
        await using (Opened opened = new(folder))
        {
            long receipt = 0;
            while (receipt < LargeBytes)
            {
                receipt = Accept(opened.Journal, payload);
                await opened.Journal.WaitForRoomAsync(cancellationToken);
            }

            await opened.Journal.WaitUntilSafeAsync(receipt, cancellationToken);
        }

        long start = Stopwatch.GetTimestamp();
        await using Opened again = new(folder);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"opening {again.Journal.BytesOnDisk / (double)(1 << 30):0.0} GiB: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"));
    }

    private static long Accept(Journal journal, byte[] payload) => journal.Accept(new PublishView
    {
        Topic = "rhine/hall1/line1/filler/data"u8,
        Payload = payload,
        QoS = MqttQoS.AtLeastOnce,
    });

    private sealed class Opened : IAsyncDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

        public Opened(string folder) => Journal = Journal.Open(
            new JournalOptions { Folder = folder, MaxBytes = 1L << 40 },
            new TelemetryMetrics(_services.GetRequiredService<IMeterFactory>()),
            TimeProvider.System,
            NullLogger<Journal>.Instance);

        public Journal Journal { get; }

        public async ValueTask DisposeAsync()
        {
            await Journal.DisposeAsync();
            await _services.DisposeAsync();
        }
    }
}
