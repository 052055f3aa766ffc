using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>One machine among the load that publishes a value and asks until the product answers with it: publish to queryable.</summary>
internal static class Probe
{
    /// <summary>Publishes every quarter of a second until told to stop; returns the sorted milliseconds.</summary>
    public static async Task<double[]> RunAsync(int brokerPort, LinewatchServer linewatch, CancellationToken stop)
    {
        List<double> milliseconds = [];
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = brokerPort });
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(250));
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(10));
        Uri last = new("readings/last?signal=bench/hall/probe/m0/s0", UriKind.Relative);
        try
        {
            await client.ConnectAsync(stop);
            for (int number = 1; ; number++)
            {
                await beat.WaitForNextTickAsync(stop);
                long started = Stopwatch.GetTimestamp();
                string time = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
                byte[] payload = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":"{{{time}}}","values":{"s0":{{{number}}}}}"""));
                await client.PublishAsync(IngestPlant.ProbeTopic, payload, MqttQoS.AtLeastOnce, retain: false, stop);
                while (await LastAsync(linewatch, last, stop) < number)
                {
                    await poll.WaitForNextTickAsync(stop);
                }

                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Long enough.
        }

        milliseconds.Sort();
        return [.. milliseconds];
    }

    /// <summary>p50 and p99 in words.</summary>
    public static string Describe(double[] sorted) => sorted.Length == 0
        ? "nothing became queryable"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {sorted[sorted.Length / 2]:0} ms, p99 {sorted[(int)(sorted.Length * 0.99)]:0} ms ({sorted.Length} probes)");

    private static async Task<double> LastAsync(LinewatchServer linewatch, Uri address, CancellationToken cancellationToken)
    {
        JsonElement answer = await linewatch.Api.GetFromJsonAsync<JsonElement>(address, cancellationToken);
        return answer.GetProperty("reading") is { ValueKind: JsonValueKind.Object } last ? last.GetProperty("value").GetDouble() : 0;
    }
}
