using System.Diagnostics;
using System.Globalization;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>
/// What a broker sends again, or a gateway hands in late, lies behind what is remembered: how fast it is recognised when a batch's
/// readings are looked up together, beside a question for each, in both stores.
/// </summary>
public static class LateReadingsBenchmark
{
    private const int Machines = 200;
    private const int Signals = 20;

    /// <summary>As many readings as a consumer hands over at once.</summary>
    private const int BatchSeconds = 20;

    /// <summary>Readings asked for one by one, evenly spread: all of them would take minutes.</summary>
    private const int OneByOne = 2_000;

    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="seconds">Seconds of the plant, at a reading a second and signal.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(int seconds, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{Machines:N0} machines of {Signals} signals, {seconds} s of a reading a second each, known to the store, in batches of {BatchSeconds * Machines * Signals:N0}");
        using TemporaryFolder folder = new();
        await MeasureAsync("SQLite", seconds, cancellationToken, ("Kind", "sqlite"), ("Path", folder["readings.db"]));
        await using Influxd influx = await Influxd.StartAsync();
        await MeasureAsync("InfluxDB", seconds, cancellationToken, ("Kind", "influx"), ("Url", influx.Address.ToString()), ("RetentionDays", "0"));
    }

    private static async Task MeasureAsync(string name, int seconds, CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        await using IReadingStore store = await OpenStore.Async(settings);
        List<Reading[]> batches = Batches(seconds);
        foreach (Reading[] batch in batches)
        {
            await store.WriteAsync(batch, cancellationToken);
        }

        RepeatRecogniser recogniser = new(store);
        long known = 0;
        long started = Stopwatch.GetTimestamp();
        foreach (Reading[] batch in batches)
        {
            known += await recogniser.RecogniseAsync(batch, cancellationToken);
        }

        long readings = batches.Sum(batch => (long)batch.Length);
        double together = readings / Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (known != readings)
        {
            throw new InvalidOperationException($"{known:N0} of {readings:N0} readings were recognised");
        }

        started = Stopwatch.GetTimestamp();
        for (int i = 0; i < OneByOne; i++)
        {
            Reading[] batch = batches[i % batches.Count];
            Reading reading = batch[(int)((long)i * batch.Length / OneByOne)];
            await foreach (Sample _ in store.RangeAsync(reading.Signal.Path, reading.EventTime, reading.EventTime.AddTicks(1), int.MaxValue, cancellationToken))
            {
                // Only that it is there.
            }
        }

        double oneByOne = OneByOne / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-9} together {together,9:N0} readings/s, one by one {oneByOne,7:N0} readings/s: {together / oneByOne:0.0} ×"));
    }

    private static List<Reading[]> Batches(int seconds)
    {
        GeneratedPlant plant = new(Machines, Signals);
        List<Reading[]> batches = [];
        for (int second = 0; second < seconds; second += BatchSeconds)
        {
            Reading[] batch = new Reading[BatchSeconds * plant.Signals.Length];
            for (int i = 0; i < BatchSeconds; i++)
            {
                plant.Fill(batch.AsSpan(i * plant.Signals.Length), second + i);
            }

            batches.Add(batch);
        }

        return batches;
    }
}
