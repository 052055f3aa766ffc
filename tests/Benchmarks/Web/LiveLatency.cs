using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;

namespace Linewatch.Tests.Benchmarks.Web;

/// <summary>
/// Publishes order numbers of the first line's critical machine to a running demo, each at a random moment, and waits until
/// the live stream shows them: what an event needs to reach an open page, through broker, journal, decoding and OEE.
/// </summary>
public static class LiveLatency
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Measures and prints.</summary>
    public static async Task RunAsync(Uri address, int brokerPort, int count, CancellationToken cancellationToken)
    {
        using HttpClient http = new() { BaseAddress = address };
        JsonElement plant = await http.GetFromJsonAsync<JsonElement>(new Uri("api/v1/plant", UriKind.Relative), cancellationToken);
        JsonElement line = plant.GetProperty("lines")[0];
        string topic = $"{plant.GetProperty("site").GetString()}/{line.GetProperty("area").GetString()}/{line.GetProperty("id").GetString()}/{line.GetProperty("criticalMachine").GetString()}/data";
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = brokerPort, ClientId = "live-latency" });
        await client.ConnectAsync(cancellationToken);

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ConcurrentDictionary<string, TaskCompletionSource<long>> awaited = [];
        Task listening = ListenAsync(http, line.GetProperty("id").GetString()!, awaited, end.Token);
        List<double> acknowledged = [];
        List<double> shown = [];
        Random random = new(1);
        for (int i = 0; i < count; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 200)), TimeProvider.System, cancellationToken);
            string order = $"latency-{Environment.ProcessId}-{i}";
            TaskCompletionSource<long> seen = awaited[order] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            string payload = string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":"{{{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}}}","values":{"order":"{{{order}}}"}}""");
            long published = Stopwatch.GetTimestamp();
            await client.PublishAsync(topic, Encoding.UTF8.GetBytes(payload), MqttQoS.AtLeastOnce, retain: false, cancellationToken);
            acknowledged.Add(Stopwatch.GetElapsedTime(published).TotalMilliseconds);
            shown.Add(Stopwatch.GetElapsedTime(published, await seen.Task.WaitAsync(LongestWait, cancellationToken)).TotalMilliseconds);
        }

        await end.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Print("published to PUBACK", acknowledged);
        Print("published to the page's stream", shown);
    }

    private static async Task ListenAsync(HttpClient http, string line, ConcurrentDictionary<string, TaskCompletionSource<long>> awaited, CancellationToken cancellationToken)
    {
        await using Stream stream = await http.GetStreamAsync(new Uri("api/v1/live?line=" + line, UriKind.Relative), cancellationToken);
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            long now = Stopwatch.GetTimestamp();
            if (item.EventType == "line"
                && JsonSerializer.Deserialize<JsonElement>(item.Data).GetProperty("order").GetString() is { } order
                && awaited.TryGetValue(order, out TaskCompletionSource<long>? seen))
            {
                seen.TrySetResult(now);
            }
        }
    }

    private static void Print(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        double At(double share) => milliseconds[Math.Min(milliseconds.Count - 1, (int)(milliseconds.Count * share))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-32} {milliseconds.Count} messages   p50 {At(0.5):0.0} ms   p90 {At(0.9):0.0} ms   p99 {At(0.99):0.0} ms   max {milliseconds[^1]:0.0} ms"));
    }
}
