using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>The write API of 2.x and 3.x: against a real server that answers it, and what is set up where a 2.x is new.</summary>
public sealed class SecondWriteApiTests
{
    [SkippableTheory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task Every_number_arrives_once_with_its_value_and_time(string compression)
    {
        await using VictoriaMetrics server = await VictoriaMetrics.StartAsync();
        await using IReadingStore store = StoreFactory.Open(
            ("Kind", "influx"), ("Url", server.Address.ToString()), ("Token", "secret"), ("Compression", compression));
        await store.EnsureCreatedAsync(default);

        // Quarters: victoria-metrics keeps decimal mantissas, which some doubles do not survive to the last bit.
        Signal[] signals = [.. Enumerable.Range(0, 20).Select(i => Signal("torque", $"machine{i}"))];
        Reading[] readings = [.. from i in Enumerable.Range(0, 500) from s in Enumerable.Range(0, 20) select At(signals[s], i, s + (i / 4.0))];

        Assert.Empty(await store.WriteAsync(readings, default));
        Assert.Empty(await store.WriteAsync(readings.AsMemory(0, 0), default));

        Dictionary<string, JsonElement> found = (await server.ExportAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToDictionary(series => series.GetProperty("metric").GetProperty("machine").GetString()!);
        Assert.Equal(20, found.Count);
        for (int s = 0; s < 20; s++)
        {
            JsonElement series = found[$"machine{s}"];
            Assert.Equal("telemetry_torque", series.GetProperty("metric").GetProperty("__name__").GetString());
            Assert.Equal(Enumerable.Range(0, 500).Select(i => s + (i / 4.0)), series.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
            Assert.Equal(
                Enumerable.Range(0, 500).Select(i => new DateTimeOffset(Start.AddSeconds(i)).ToUnixTimeMilliseconds()),
                series.GetProperty("timestamps").EnumerateArray().Select(time => time.GetInt64()));
        }
    }

    [Fact]
    public async Task Buckets_and_mappings_are_created_where_they_are_missing()
    {
        await using FakeInflux influx = new(request => (request.Method, request.PathAndQuery.Split('?')[0]) switch
        {
            ("GET", "/api/v2/orgs") => new FakeAnswer(200, """{"orgs":[{"id":"0a","name":"plant"}]}"""),
            ("GET", "/api/v2/buckets") => new FakeAnswer(200, """{"buckets":[]}"""),
            ("POST", "/api/v2/buckets") => new FakeAnswer(201, """{"id":"0b"}"""),
            ("GET", "/api/v2/dbrps") => new FakeAnswer(200, """{"content":[]}"""),
            _ => new FakeAnswer(201, "{}"),
        });
        await using IReadingStore store = StoreFactory.Open(
            ("Kind", "influx"), ("Url", influx.Address), ("Token", "secret"), ("Organization", "plant"), ("Database", "lines"), ("RetentionDays", "30"));

        await store.EnsureCreatedAsync(default);

        Assert.Equal(
            [
                """/api/v2/buckets {"orgID":"0a","name":"lines","retentionRules":[{"type":"expire","everySeconds":2592000}]}""",
                """/api/v2/dbrps {"orgID":"0a","bucketID":"0b","database":"lines","retention_policy":"autogen","default":true}""",
                """/api/v2/buckets {"orgID":"0a","name":"lines_downsampled","retentionRules":[]}""",
                """/api/v2/dbrps {"orgID":"0a","bucketID":"0b","database":"lines","retention_policy":"downsampled","default":false}""",
            ],
            influx.Requests.Where(request => request.Method == "POST").Select(request => $"{request.PathAndQuery} {request.Body}"));
    }

    [Fact]
    public async Task What_is_there_is_left_as_it_is()
    {
        await using FakeInflux influx = new(request => request.PathAndQuery.Split('?')[0] switch
        {
            "/api/v2/orgs" => new FakeAnswer(200, """{"orgs":[{"id":"0a"}]}"""),
            "/api/v2/buckets" => new FakeAnswer(200, """{"buckets":[{"id":"0b"}]}"""),
            _ => new FakeAnswer(200, """{"content":[{"id":"0c"}]}"""),
        });
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address), ("Token", "secret"));

        await store.EnsureCreatedAsync(default);

        Assert.DoesNotContain(influx.Requests, request => request.Method == "POST");
    }

    [Theory]
    [InlineData("Create", "false", 0)]
    [InlineData("Create", "true", 1)]
    public async Task Database_that_does_not_allow_creating_is_used_as_it_is(string key, string value, int asked)
    {
        await using FakeInflux influx = new(_ => new FakeAnswer(403, """{"message":"forbidden"}"""));
        await using IReadingStore store = StoreFactory.Open(("Kind", "influx"), ("Url", influx.Address), ("Token", "secret"), (key, value));

        await store.EnsureCreatedAsync(default);

        Assert.Equal(asked, influx.Requests.Count);
    }
}
