using System.Diagnostics;
using System.Globalization;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>Fills a SQLite store as a plant at 1 Hz does, second by second, and asks it while it grows.</summary>
public static class SqliteStoreBenchmark
{
    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="signals">Signals of the plant.</param>
    /// <param name="megabytes">Size of the file to reach.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int signals, int megabytes, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        await using IReadingStore store = await OpenStore.Async(("Kind", "sqlite"), ("Path", folder["readings.db"]), ("BatchSize", "50000"));
        GeneratedPlant plant = new(Math.Max(1, signals / 10), 10);
        Reading[] readings = new Reading[plant.Signals.Length];
        Console.WriteLine($"SQLite, {plant.Signals.Length:N0} signals, a batch a second of plant time:");
        long written = 0;
        long second = 0;
        long size = 0;
        Stopwatch clock = new();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long disk = WrittenToDisk();
        long steps = 0;
        while (size < megabytes * 1_000_000L && !cancellationToken.IsCancellationRequested)
        {
            plant.Fill(readings, second++);
            clock.Start();
            await store.WriteAsync(readings, cancellationToken);
            clock.Stop();
            written += readings.Length;
            size = new FileInfo(folder["readings.db"]).Length;
            if (size / 1_000_000 * 8 / megabytes > steps)
            {
                steps = size / 1_000_000 * 8 / megabytes;
                double seconds = clock.Elapsed.TotalSeconds;
                double cpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
                string queries = await QueriesAsync(store, plant, second);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{size / 1e6,7:0} MB {written,13:N0} readings {written / seconds,11:N0} readings/s {cpuSeconds / written * 1e6,6:0.00} µs CPU/reading {(double)size / written,5:0.0} B/reading on disk, {(WrittenToDisk() - disk) / (double)written,5:0} B written/reading; {queries}"));
            }
        }
    }

    private static async Task<string> QueriesAsync(IReadingStore store, GeneratedPlant plant, long seconds)
    {
        DateTime end = GeneratedPlant.Start.AddSeconds(seconds);
        DateTime hour = end.AddHours(-1) < GeneratedPlant.Start ? GeneratedPlant.Start : end.AddHours(-1);
        Linewatch.Plants.SignalPath signal = plant.Signals[plant.Signals.Length / 2].Path;
        double last = await MillisecondsAsync(() => store.LastAsync(signal, end, default));
        double range = await MillisecondsAsync(async () =>
        {
            await foreach (Sample _ in store.RangeAsync(signal, hour, end, int.MaxValue, default))
            {
            }
        });
        double day = await MillisecondsAsync(() => store.AggregateAsync(signal, end.AddDays(-1), end, TimeSpan.FromMinutes(5), default));
        return string.Create(CultureInfo.InvariantCulture, $"last {last:0.00} ms, an hour raw {range:0.00} ms, a day by 5 min {day:0.00} ms");
    }

    /// <summary>Bytes this process has caused to be written, log and checkpoints included; 0 where the system does not tell.</summary>
    private static long WrittenToDisk() => File.Exists("/proc/self/io")
        ? File.ReadLines("/proc/self/io").Where(line => line.StartsWith("write_bytes: ", StringComparison.Ordinal)).Select(line => long.Parse(line["write_bytes: ".Length..], CultureInfo.InvariantCulture)).Single()
        : 0;

    /// <summary>Median of eleven.</summary>
    private static async Task<double> MillisecondsAsync(Func<Task> query)
    {
        double[] times = new double[11];
        for (int i = 0; i < times.Length; i++)
        {
            long started = Stopwatch.GetTimestamp();
            await query();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }
}
