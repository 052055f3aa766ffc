using System.Diagnostics;
using System.Globalization;
using Linewatch.Storage;
using Linewatch.Storage.Influx;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>
/// What <c>influxd</c> takes from bodies encoded beforehand, and what it takes from our store given readings, in turns in one
/// run: 1,000 machines of 7 signals, 5,000 points a body, two connections.
/// </summary>
public static class InfluxStoreBenchmark
{
    private const int Machines = 1_000;
    private const int Signals = 7;
    private const int BodyLines = 5_000;
    private const int Connections = 2;

    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="points">Points (lines of 7 fields) in one turn.</param>
    /// <param name="turns">Turns of each.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int points, int turns, CancellationToken cancellationToken)
    {
        await using Influxd influx = await Influxd.StartAsync();
        List<double> ratios = [];
        Console.WriteLine($"influxd, {Machines:N0} machines of {Signals} signals, {BodyLines:N0} points a body, {Connections} connections, {points:N0} points a turn");
        for (int turn = 0; turn < turns; turn++)
        {
            // In each turn the other goes first, on a database of its own.
            Turn raw, ours;
            if (turn % 2 == 0)
            {
                raw = await EncodedAsync(influx, $"raw{turn}", points, cancellationToken);
                ours = await StoreAsync(influx, $"ours{turn}", points, cancellationToken);
            }
            else
            {
                ours = await StoreAsync(influx, $"ours{turn}", points, cancellationToken);
                raw = await EncodedAsync(influx, $"raw{turn}", points, cancellationToken);
            }

            ratios.Add(ours.PointsPerSecond / raw.PointsPerSecond);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"turn {turn}: encoded beforehand {raw}; store {ours}; ratio {ratios[^1]:0.00}; ours {ours.OwnMicroseconds / (ours.OwnMicroseconds + ours.DatabaseMicroseconds):P0} of the CPU"));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio {ratios[ratios.Count / 2]:0.00}"));
    }

    private static async Task<Turn> EncodedAsync(Influxd influx, string database, int points, CancellationToken cancellationToken)
    {
        await using IReadingStore setup = await OpenAsync(influx, database);
        List<byte[]> bodies = Encode(points);
        using HttpClient client = new() { BaseAddress = influx.Address };
        int next = -1;
        return await MeasureAsync(influx, points, () => Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < bodies.Count; i = Interlocked.Increment(ref next))
            {
                using ByteArrayContent content = new(bodies[i]);
                using HttpResponseMessage response = await client.PostAsync(new Uri($"write?db={database}&precision=ns", UriKind.Relative), content, cancellationToken);
                response.EnsureSuccessStatusCode();
            }
        })));
    }

    private static async Task<Turn> StoreAsync(Influxd influx, string database, int points, CancellationToken cancellationToken)
    {
        await using IReadingStore store = await OpenAsync(influx, database);
        List<Reading[]> batches = Batches(points);
        return await MeasureAsync(influx, points, async () =>
        {
            foreach (Reading[] batch in batches)
            {
                await store.WriteAsync(batch, cancellationToken);
            }
        });
    }

    private static Task<IReadingStore> OpenAsync(Influxd influx, string database) =>
        OpenStore.Async(("Kind", "influx"), ("Url", influx.Address.ToString()), ("Database", database), ("RetentionDays", "0"));

    private static async Task<Turn> MeasureAsync(Influxd influx, int points, Func<Task> work)
    {
        TimeSpan own = Process.GetCurrentProcess().TotalProcessorTime;
        TimeSpan database = Cpu(influx);
        long started = Stopwatch.GetTimestamp();
        await work();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Turn(
            points / seconds,
            (Process.GetCurrentProcess().TotalProcessorTime - own).TotalMicroseconds / points,
            (Cpu(influx) - database).TotalMicroseconds / points);
    }

    private static TimeSpan Cpu(Influxd influx)
    {
        influx.Process.Process.Refresh();
        return influx.Process.Process.TotalProcessorTime;
    }

    /// <summary>Batches of four bodies' worth, as a consumer that is behind hands them over.</summary>
    private static List<Reading[]> Batches(int points)
    {
        GeneratedPlant plant = new(Machines, Signals);
        int secondsABatch = 4 * BodyLines / Machines;
        List<Reading[]> batches = [];
        for (int second = 0; second * Machines < points; second += secondsABatch)
        {
            Reading[] batch = new Reading[secondsABatch * plant.Signals.Length];
            for (int i = 0; i < secondsABatch; i++)
            {
                plant.Fill(batch.AsSpan(i * plant.Signals.Length), second + i);
            }

            batches.Add(batch);
        }

        return batches;
    }

    private static List<byte[]> Encode(int points)
    {
        InfluxSeries series = new();
        List<byte[]> bodies = [];
        using LineBuffer buffer = new();
        foreach (Reading reading in Batches(points).SelectMany(batch => batch))
        {
            InfluxSignal signal = series.Of(reading.Signal);
            if (buffer.Lines == BodyLines && reading.Signal.Path.Signal == "signal0")
            {
                bodies.Add(buffer.Finish().ToArray());
                buffer.Clear();
            }

            buffer.Append(reading, signal);
        }

        bodies.Add(buffer.Finish().ToArray());
        return bodies;
    }

    private readonly record struct Turn(double PointsPerSecond, double OwnMicroseconds, double DatabaseMicroseconds)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{PointsPerSecond:N0} points/s, own {OwnMicroseconds:0.00} µs, influxd {DatabaseMicroseconds:0.0} µs a point");
    }
}
