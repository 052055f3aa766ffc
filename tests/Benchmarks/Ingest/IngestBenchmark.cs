using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>The whole product as one process: messages a second acknowledged (so on disk) and stored, and its own CPU.</summary>
public static class IngestBenchmark
{
    private const int Publishers = 4;
    private const int Window = 1000;

    /// <summary>Measures and prints.</summary>
    public static async Task RunAsync(int messages, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        string plant = folder["plant.yaml"];
        await File.WriteAllTextAsync(plant, PlantFile(), cancellationToken);
        int port = Loopback.FreePort();
        int mqttPort = Loopback.FreePort();
        string binary = Path.Combine(Tool.Repository, "dashboards/Server/bin/Release/net10.0/linewatch.dll");
        if (!File.Exists(binary))
        {
            throw new FileNotFoundException($"{binary} is missing; build it first: dotnet build -c Release dashboards/Server");
        }

        double? baseline = await MosquittoAsync(messages, cancellationToken);
        await using ServerProcess linewatch = new("dotnet", [binary, "serve", "--plant", plant, "--data", folder["data"], "--port", Text(port), "--mqtt-port", Text(mqttPort)]);
        await Loopback.WaitForListenerAsync(mqttPort, linewatch.Process);
        using HttpClient api = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };

        await PublishAsync(mqttPort, Math.Min(20_000, messages / 4), -1, cancellationToken); // warm-up
        long before = await StoredAsync(api, 0, cancellationToken);
        TimeSpan cpuBefore = linewatch.Process.TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        await PublishAsync(mqttPort, messages, 0, cancellationToken);
        double acknowledged = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await StoredAsync(api, before + messages, cancellationToken);
        double stored = Stopwatch.GetElapsedTime(started).TotalSeconds;
        linewatch.Process.Refresh();
        double cpu = (linewatch.Process.TotalProcessorTime - cpuBefore).TotalSeconds;

        if (baseline is { } reference)
        {
            Print("mosquitto, kept nowhere", reference, reference);
        }

        Print("acknowledged: in the journal on disk", messages / acknowledged, baseline);
        Print("stored in SQLite, figures computed", messages / stored, baseline);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Linewatch's own CPU {cpu / messages * 1e6:0.0} µs a message of 4 readings; peak memory {linewatch.Process.PeakWorkingSet64 >> 20} MiB"));
    }

    private static async Task<double?> MosquittoAsync(int messages, CancellationToken cancellationToken)
    {
        if (Tool.Find("mosquitto") is null)
        {
            return null;
        }

        await using Mosquitto mosquitto = await Mosquitto.StartAsync();
        await PublishAsync(mosquitto.Port, Math.Min(20_000, messages / 4), -1, cancellationToken);
        long started = Stopwatch.GetTimestamp();
        await PublishAsync(mosquitto.Port, messages, 0, cancellationToken);
        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static Task PublishAsync(int port, int messages, int day, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(
            async () =>
            {
                await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, MaximumInFlight = Window });
                await client.ConnectAsync(cancellationToken);
                DateTime start = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day);
                Queue<Task> outstanding = new(Window);
                for (int i = 0; i < messages / Publishers; i++)
                {
                    byte[] payload = Encoding.UTF8.GetBytes(string.Create(
                        CultureInfo.InvariantCulture,
                        $$$"""{"ts":"{{{start.AddMilliseconds(i * 10):yyyy-MM-ddTHH:mm:ss.fffZ}}}","values":{"pressure":{{{3.9 + (i % 100 / 500.0):0.000}}},"temperature":{{{20 + (i % 70 / 10.0):0.0}}},"current":{{{4 + (i % 30 / 100.0):0.00}}},"flow":{{{100 + (i % 9)}}}}}"""));
                    if (outstanding.Count == Window)
                    {
                        await outstanding.Dequeue();
                    }

                    outstanding.Enqueue(client.PublishAsync($"bench/hall/line1/m{publisher}/data", payload, MqttQoS.AtLeastOnce, retain: false, cancellationToken).AsTask());
                }

                await Task.WhenAll(outstanding);
            },
            cancellationToken)));

    /// <summary>Waits until so many messages are stored and none is pending; returns how many are.</summary>
    private static async Task<long> StoredAsync(HttpClient api, long least, CancellationToken cancellationToken)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            JsonElement totals = (await api.GetFromJsonAsync<JsonElement>(new Uri("balance", UriKind.Relative), cancellationToken)).GetProperty("totals");
            long stored = totals.GetProperty("stored").GetInt64();
            if (stored >= least && totals.GetProperty("pending").GetInt64() == 0)
            {
                return stored;
            }

            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static void Print(string what, double rate, double? baseline) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-40} {rate,10:N0} messages/s{(baseline is { } reference ? $"   {rate / reference:0.00} × mosquitto" : "")}"));

    private static string PlantFile()
    {
        StringBuilder machines = new();
        for (int machine = 0; machine < Publishers; machine++)
        {
            machines.Append(CultureInfo.InvariantCulture, $$"""
                      - id: m{{machine}}
                        name: Machine {{machine}}
                        states: packml
                        signals:
                          - { id: pressure, name: Pressure, unit: bar, min: 0, max: 10 }
                          - { id: temperature, name: Temperature, unit: Cel }
                          - { id: current, name: Current, unit: A }
                          - { id: flow, name: Flow, unit: l/min }

                """);
        }

        return $$"""
            plant: Benchmark
            site: bench
            timeZone: UTC
            sources:
              - { name: json, topic: "{site}/{area}/{line}/{machine}/data", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /values } }
            lines:
              - id: line1
                name: Line 1
                area: hall
                criticalMachine: m0
                countingMachine: m0
                machines:
            {{machines}}
            """;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
