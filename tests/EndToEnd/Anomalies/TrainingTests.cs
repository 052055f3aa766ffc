using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Anomalies;

/// <summary>The life of a machine's trained detectors over HTTP, with the product's own store, database and schedule behind it.</summary>
#pragma warning disable CA1001 // xunit disposes it through IAsyncLifetime
public sealed class TrainingTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private const string Yaml = """
        plant: P
        site: s
        timeZone: Europe/Berlin
        lines:
          - id: l1
            area: a
            machines:
              - id: filler
                rowDetector: principal-components
                signals: [{ id: state, role: state }, { id: bowl_pressure, unit: bar }, { id: bearing_vibration, unit: mm/s }]
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly DateTime _now = TimeProvider.System.GetUtcNow().UtcDateTime;
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        string file = _folder["plant.yaml"];
        await File.WriteAllTextAsync(file, Yaml);
        Installation installation = Installation.Read(new Dictionary<string, string?>
        {
            ["Plant"] = file,
            ["Data"] = _folder["data"],
            ["Web:Urls"] = $"http://127.0.0.1:{Loopback.FreePort()}",
            ["Mqtt:Listen"] = $"127.0.0.1:{Loopback.FreePort()}",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        Plant plant = PlantFile.Read(file).Plant!;
        _app = LinewatchHost.Build(plant, installation);
        _http.BaseAddress = new Uri(installation.Address);
        await _app.StartAsync();
        IReadingStore store = _app.Services.GetRequiredService<IReadingStore>();
        await store.EnsureCreatedAsync(default);
        Assert.Empty(await store.WriteAsync(Readings(plant).ToArray(), default));
    }

    public async Task DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_machine_is_trained_on_demand_promoted_watched_by_its_model_and_rolled_back()
    {
        await PostAsync("train", 404, machine: "nothing");
        await PostAsync("roll-back", 404);

        JsonElement first = await TrainedAsync(version: 1);
        Assert.True(first.GetProperty("use").ValueKind == JsonValueKind.Object, first.GetProperty("model").GetProperty("decision").GetString());
        Assert.Equal("person", first.GetProperty("model").GetProperty("cause").GetString());
        Assert.Equal("train-detectors", first.GetProperty("use").GetProperty("author").GetString());
        JsonElement metrics = first.GetProperty("model").GetProperty("metrics");
        Assert.Equal((2, 0), (metrics.GetProperty("judging").GetInt32(), metrics.GetProperty("falseAlarms").GetInt32()));
        Assert.InRange(metrics.GetProperty("drift").GetDouble(), 0, 0.2);

        Assert.InRange(metrics.GetProperty("rows").GetProperty("drift").GetDouble(), 0, 0.2);

        JsonElement[] drifts = await UntilAsync("api/v1/detectors/drift", all => all.Length == 3);
        Assert.Equal(["bowl_pressure", "bearing_vibration", null], drifts.Select(drift => drift.GetProperty("signal").GetString()));
        Assert.All(drifts, drift => Assert.Equal("filler", drift.GetProperty("machine").GetString()));
        Assert.All(drifts, drift => Assert.False(drift.GetProperty("isDrifting").GetBoolean()));

        JsonElement second = await TrainedAsync(version: 2);
        Assert.True(second.GetProperty("use").ValueKind == JsonValueKind.Object, second.GetProperty("model").GetProperty("decision").GetString());
        JsonElement back = await PostAsync("roll-back");
        Assert.Equal((1, "pat"), (back.GetProperty("version").GetInt32(), back.GetProperty("author").GetString()));
        await PostAsync("roll-back", 409);
        Assert.Contains("nothing further back", await PageAsync(), StringComparison.Ordinal);
        await PostAsync("1/use", 409);
        await PostAsync("7/use", 404);
        Assert.Equal(2, (await PostAsync("2/use")).GetProperty("version").GetInt32());

        string page = await PageAsync();
        Assert.Contains("version 2, since", page, StringComparison.Ordinal);
        Assert.Contains("Roll back to version 1", page, StringComparison.Ordinal);
        Assert.Contains("l1 / filler / signals together", page, StringComparison.Ordinal);
        Assert.Contains("All 3 detectors are as they were in training.", page, StringComparison.Ordinal);
    }

    private Task<string> PageAsync() => _http.GetStringAsync(new Uri("detectors", UriKind.Relative));

    /// <summary>Asks for a training and waits for its model.</summary>
    private async Task<JsonElement> TrainedAsync(int version)
    {
        await PostAsync("train");
        JsonElement[] models = await UntilAsync("api/v1/detectors/models?line=l1&machine=filler", all => all.Length == version);
        Assert.Equal(version, models[0].GetProperty("model").GetProperty("version").GetInt32());
        return models[0];
    }

    private async Task<JsonElement[]> UntilAsync(string path, Func<JsonElement[], bool> isThere)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            JsonElement[] all = [.. JsonSerializer.Deserialize<JsonElement>(await _http.GetStringAsync(new Uri(path, UriKind.Relative))).EnumerateArray()];
            if (isThere(all))
            {
                return all;
            }

            await again.WaitForNextTickAsync(limit.Token);
        }
    }

    private async Task<JsonElement> PostAsync(string action, int status = 200, string machine = "filler")
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(new Uri($"api/v1/detectors/models/l1/{machine}/{action}", UriKind.Relative), new { author = "pat", text = "a try" });
        string text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{action} answered {(int)response.StatusCode}, expected {status}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Six days: it runs for six hours and stands for a quarter, a reading a minute.</summary>
    private List<Reading> Readings(Plant plant)
    {
        Signal state = plant.Signals[0];
        List<Reading> readings = [];
#pragma warning disable CA5394 // made-up readings, not secrets
        Random random = new(1);
        for (int minute = 0; minute < 6 * 1440; minute++)
        {
            DateTime at = _now.AddDays(-6).AddMinutes(minute);
            if (minute % 375 is 0 or 360)
            {
                readings.Add(new Reading(state, at, minute % 375 == 0 ? 6 : 2));
            }

            bool runs = minute % 375 < 360;
            foreach (Signal signal in plant.Signals.Skip(1))
            {
                double noise = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
                readings.Add(new Reading(signal, at.AddSeconds(1), (runs ? 2 : 0.1) + (0.05 * noise)));
            }
        }
#pragma warning restore CA5394

        return readings;
    }
}
