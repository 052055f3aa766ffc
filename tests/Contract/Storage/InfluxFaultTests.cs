using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>What the InfluxDB store does when the database is away, overloaded, slow or wrongly configured.</summary>
public sealed class InfluxFaultTests
{
    private static readonly Reading[] One = [At(Signal("speed"), 0, 1)];

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "2", 2)]
    [InlineData(503, null, null)]
    [InlineData(500, null, null)]
    public async Task Overload_is_reported_with_the_wait_it_asks_for(int status, string? retryAfter, int? seconds)
    {
        await using FakeInflux influx = new(_ => new FakeAnswer(status, "{\"error\":\"engine: cache-max-memory-size exceeded\"}", retryAfter));
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address));

        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.WriteAsync(One, default));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, fault.RetryAfter);
        Assert.Contains("cache-max-memory-size", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_token_is_retried_later_and_names_the_setting()
    {
        await using FakeInflux influx = new(_ => new FakeAnswer(401, "{\"code\":\"unauthorized\",\"message\":\"unauthorized access\"}"));
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address), ("Token", "secret"));

        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.WriteAsync(One, default));

        Assert.Contains("Linewatch:Storage:Token", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_write_api_takes_organisation_bucket_token_and_gzip()
    {
        await using FakeInflux influx = new(_ => new FakeAnswer(204));
        await using IReadingStore store = StoreFactory.Open(
            ("Kind", "influx"), ("Url", influx.Address), ("Token", "secret"), ("Organization", "my org"), ("Database", "plant"), ("Compression", "on"));

        Assert.Empty(await store.WriteAsync(One, default));

        FakeRequest request = Assert.Single(influx.Requests);
        Assert.Equal("/api/v2/write?org=my%20org&bucket=plant&precision=ns", request.PathAndQuery);
        Assert.Equal("Token secret", request.Authorization);
        Assert.True(request.Compressed);
        Assert.StartsWith("telemetry,area=hall1,line=line1,machine=filler,site=rhine speed=1 ", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readings_of_a_machine_stand_behind_each_other_in_their_order_and_in_one_body()
    {
        const int Machines = 7;
        const int Times = 1_000;
        await using FakeInflux influx = new(_ => new FakeAnswer(204));
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address), ("Connections", "3"));
        Signal[] speeds = [.. Enumerable.Range(0, Machines).Select(machine => Signal("speed", $"m{machine}", index: machine))];
        Reading[] readings = [.. Enumerable.Range(0, Times).SelectMany(second => speeds.Select(speed => At(speed, second, second)))];

        Assert.Empty(await store.WriteAsync(readings, default));

        Assert.Equal(3, influx.Requests.Count);
        Assert.Equal(
            speeds.SelectMany(speed => Enumerable.Range(0, Times).Select(second => (speed.Path.Machine, second))),
            influx.Requests.OrderBy(request => request.Body, StringComparer.Ordinal).SelectMany(request => request.Body.TrimEnd().Split('\n')).Select(MachineAndValue));
    }

    [Fact]
    public async Task Database_that_refuses_a_whole_body_for_one_point_still_gets_all_others()
    {
        HashSet<string> stored = [];
        await using FakeInflux influx = new(request =>
        {
            if (request.Body.Contains("speed=13 ", StringComparison.Ordinal) || request.Body.Contains("speed=77 ", StringComparison.Ordinal))
            {
                return new FakeAnswer(400, "{\"code\":\"invalid\",\"message\":\"unable to parse\"}");
            }

            stored.UnionWith(request.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            return new FakeAnswer(204);
        });
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address), ("Token", "t"));
        Signal speed = Signal("speed");

        IReadOnlyList<RefusedReading> refused = await store.WriteAsync(Enumerable.Range(0, 100).Select(i => At(speed, i, i)).ToArray(), default);

        Assert.Equal([13.0, 77.0], refused.Select(one => one.Reading.Value));
        Assert.All(refused, one => Assert.Contains("unable to parse", one.Reason, StringComparison.Ordinal));
        Assert.Equal(98, stored.Count);
    }

    [Fact]
    public async Task Silence_ends_with_the_timeout()
    {
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", $"http://{silent.LocalEndpoint}"), ("TimeoutSeconds", "1"));

        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.WriteAsync(One, default));

        Assert.Contains("did not answer within 1 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_not_mistaken_for_a_timeout()
    {
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using CancellationTokenSource stop = new();
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", $"http://{silent.LocalEndpoint}"));

        ValueTask<IReadOnlyList<RefusedReading>> writing = store.WriteAsync(One, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writing);
    }

    [SkippableFact]
    public async Task Batch_that_failed_while_the_database_was_down_is_stored_once_it_is_back()
    {
        await using Influxd influx = await Influxd.StartAsync();
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address.ToString()), ("RetentionDays", "0"));
        await store.EnsureCreatedAsync(default);
        Signal speed = Signal("speed");
        Reading[] batch = [.. Enumerable.Range(0, 100).Select(i => At(speed, i, i))];
        await store.WriteAsync(batch.AsMemory(0, 50), default);
        await influx.KillAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.WriteAsync(batch, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.LastAsync(speed.Path, DateTime.MaxValue, default));

        await influx.StartAgainAsync();
        Assert.Empty(await store.WriteAsync(batch, default));

        Assert.Equal(100, await store.CountAsync(speed.Path, DateTime.MinValue, DateTime.MaxValue, default));
    }

    [SkippableFact]
    public async Task Readings_older_than_the_retention_are_refused_with_that_reason()
    {
        await using Influxd influx = await Influxd.StartAsync();
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address.ToString()), ("RetentionDays", "30"));
        await store.EnsureCreatedAsync(default);
        Signal speed = Signal("speed");
        Reading old = new(speed, new DateTime(2014, 1, 1, 0, 0, 0, DateTimeKind.Utc), 1);
        Reading recent = new(speed, TimeProvider.System.GetUtcNow().UtcDateTime, 2);

        IReadOnlyList<RefusedReading> refused = await store.WriteAsync(new[] { old, recent }, default);

        Assert.Equal(old, Assert.Single(refused).Reading);
        Assert.Contains("retention", refused[0].Reason, StringComparison.Ordinal);
        Assert.Equal(1, await store.CountAsync(speed.Path, DateTime.MinValue, DateTime.MaxValue, default));
    }

    [SkippableFact]
    public async Task Missing_database_says_which_settings_to_check()
    {
        await using Influxd influx = await Influxd.StartAsync();
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address.ToString()), ("Database", "nowhere"));

        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.WriteAsync(One, default));

        Assert.Contains("database not found", fault.Message, StringComparison.Ordinal);
        Assert.Contains("check Linewatch:Storage:Url, Database", fault.Message, StringComparison.Ordinal);
    }

    private static (string Machine, int Value) MachineAndValue(string line) =>
        (line.Split("machine=")[1].Split(',')[0], int.Parse(line.Split("speed=")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
}
