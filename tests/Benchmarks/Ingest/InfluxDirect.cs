using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>The database by itself: what it takes from bodies encoded beforehand, and what it holds.</summary>
internal static class InfluxDirect
{
    /// <summary>Lines of all bodies that are sent again and again.</summary>
    private const int Lines = 1_000_000;

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

    /// <summary>Points a second that it takes from bodies encoded beforehand, for as long as the load it is compared with.</summary>
    /// <param name="influx">The database, with nothing else to do.</param>
    /// <param name="bodyLines">Points of one body.</param>
    /// <param name="connections">Connections that send at once.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<double> RateAsync(Influxd influx, int bodyLines, int connections, int seconds, CancellationToken cancellationToken)
    {
        await CreateAsync(influx, "encoded", cancellationToken);
        long start = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        Body[] bodies = [.. Enumerable.Range(0, Lines / bodyLines).Select(number => new Body(number, bodyLines, start))];
        using HttpClient client = new() { BaseAddress = influx.Address };
        int next = -1;
        int sent = 0;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                using ByteArrayContent content = new(bodies[Interlocked.Increment(ref next) % bodies.Length].Next());
                using HttpResponseMessage response = await client.PostAsync(new Uri("write?db=encoded&precision=ns", UriKind.Relative), content, cancellationToken);
                response.EnsureSuccessStatusCode();
                Interlocked.Increment(ref sent);
            }
        }));
        return sent * (double)bodyLines / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<JsonElement> QueryAsync(Influxd influx, string database, string query, CancellationToken cancellationToken)
    {
        using HttpClient client = new() { BaseAddress = influx.Address, Timeout = TimeSpan.FromMinutes(5) };
        using FormUrlEncodedContent form = new([new("db", database), new("q", query)]);
        using HttpResponseMessage response = await client.PostAsync(new Uri("query", UriKind.Relative), form, cancellationToken);
        response.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>A body that is sent again and again, each time with times of its own: those are all that is written anew.</summary>
    private sealed class Body
    {
        /// <summary>A time in milliseconds, as long as all of them for centuries.</summary>
        private const string TimeText = "0000000000000";

        private readonly byte[] _bytes;
        private readonly int[] _timeAt;
        private readonly int _first;
        private long _start;

        /// <param name="number">Its place among the bodies.</param>
        /// <param name="lines">Its points.</param>
        /// <param name="start">Unix time of the first body's first point, ms; every machine has a point a millisecond.</param>
        public Body(int number, int lines, long start)
        {
            _first = number * lines;
            _timeAt = new int[lines];
            _start = start;
            StringBuilder text = new();
            for (int line = 0; line < lines; line++)
            {
                int point = _first + line;
                int machine = point % MessageLoad.Machines;
                text.Append(CultureInfo.InvariantCulture, $"telemetry,area=hall,line=line{machine / 50},machine=m{machine % 50},site=bench s0=3.{point % 1000:000},s1={20 + (machine % 10)}.5,s2={400 + (machine % 7)},s3=0.125 ");
                _timeAt[line] = text.Length;
                text.Append(TimeText + "000000\n");
            }

            _bytes = Encoding.ASCII.GetBytes(text.ToString());
        }

        public byte[] Next()
        {
            for (int line = 0; line < _timeAt.Length; line++)
            {
                long time = _start + ((_first + line) / MessageLoad.Machines);
                time.TryFormat(_bytes.AsSpan(_timeAt[line], TimeText.Length), out _, provider: CultureInfo.InvariantCulture);
            }

            // Behind the last body's points.
            _start += Lines / MessageLoad.Machines;
            return _bytes;
        }
    }
}
