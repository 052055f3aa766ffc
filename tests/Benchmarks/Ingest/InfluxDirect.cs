using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>The database by itself: what it takes from bodies encoded beforehand, and what it holds.</summary>
internal static class InfluxDirect
{
    private const int BodyLines = 5_000;
    private const int Connections = 2;

    /// <summary>Creates a database.</summary>
    public static Task CreateAsync(Influxd influx, string database, CancellationToken cancellationToken) =>
        QueryAsync(influx, "", $"CREATE DATABASE \"{database}\"", cancellationToken);

    /// <summary>Points (lines of four fields) that a database holds.</summary>
    public static async Task<long> CountAsync(Influxd influx, string database, CancellationToken cancellationToken)
    {
        JsonElement answer = await QueryAsync(influx, database, "SELECT count(s0) FROM telemetry", cancellationToken);
        return answer.GetProperty("results")[0].TryGetProperty("series", out JsonElement series) ? series[0].GetProperty("values")[0][1].GetInt64() : 0;
    }

    /// <summary>Waits until nothing more is added for two seconds; returns the count and when it was reached.</summary>
    public static async Task<(long Count, long ReachedAt)> RestAsync(Influxd influx, string database, long enough, CancellationToken cancellationToken)
    {
        long count = -1;
        long reachedAt = Stopwatch.GetTimestamp();
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(250));
        while (count < enough && Stopwatch.GetElapsedTime(reachedAt) < TimeSpan.FromSeconds(5))
        {
            long now = await CountAsync(influx, database, cancellationToken);
            if (now != count)
            {
                (count, reachedAt) = (now, Stopwatch.GetTimestamp());
            }

            await poll.WaitForNextTickAsync(cancellationToken);
        }

        return (count, reachedAt);
    }

    /// <summary>Points a second that it takes from bodies encoded beforehand, 5,000 lines each over two connections.</summary>
    public static async Task<double> RateAsync(Influxd influx, int points, CancellationToken cancellationToken)
    {
        await CreateAsync(influx, "encoded", cancellationToken);
        List<byte[]> bodies = Encode(points);
        using HttpClient client = new() { BaseAddress = influx.Address };
        int next = -1;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < bodies.Count; i = Interlocked.Increment(ref next))
            {
                using ByteArrayContent content = new(bodies[i]);
                using HttpResponseMessage response = await client.PostAsync(new Uri("write?db=encoded&precision=ns", UriKind.Relative), content, cancellationToken);
                response.EnsureSuccessStatusCode();
            }
        }));
        return points / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static List<byte[]> Encode(int points)
    {
        long start = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        List<byte[]> bodies = [];
        StringBuilder body = new();
        for (int point = 0; point < points; point++)
        {
            int machine = point % MessageLoad.Machines;
            body.Append(CultureInfo.InvariantCulture, $"telemetry,area=hall,line=line{machine / 50},machine=m{machine % 50},site=bench s0=3.{point % 1000:000},s1={20 + (machine % 10)}.5,s2={400 + (machine % 7)},s3=0.125 {start + (point / MessageLoad.Machines)}000000\n");
            if (point % BodyLines == BodyLines - 1)
            {
                bodies.Add(Encoding.UTF8.GetBytes(body.ToString()));
                body.Clear();
            }
        }

        return bodies;
    }

    private static async Task<JsonElement> QueryAsync(Influxd influx, string database, string query, CancellationToken cancellationToken)
    {
        using HttpClient client = new() { BaseAddress = influx.Address, Timeout = TimeSpan.FromMinutes(5) };
        using FormUrlEncodedContent form = new([new("db", database), new("q", query)]);
        using HttpResponseMessage response = await client.PostAsync(new Uri("query", UriKind.Relative), form, cancellationToken);
        response.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(cancellationToken));
    }
}
