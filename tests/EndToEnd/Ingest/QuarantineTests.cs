using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.EndToEnd.MainPath;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Ingest;

/// <summary>A machine speaks on topics nobody configured: kept, proposed, accepted, stored, counted.</summary>
public sealed class QuarantineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Accepting_a_proposed_mapping_stores_what_was_kept_and_the_figures_have_it_too()
    {
        await File.WriteAllTextAsync(_folder["plant.yaml"], """
            plant: Lab
            site: lab
            timeZone: UTC
            sources: []
            lines:
              - id: bench
                area: hall1
                criticalMachine: pump
                countingMachine: pump
                machines:
                  - { id: pump, states: packml, signals: [{ id: state, role: state }, { id: good, role: count-good, unit: "1" }, { id: pressure, unit: bar, max: 10 }] }

            """);
        int port = Loopback.FreePort();
        int mqttPort = Loopback.FreePort();
        await using LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", _folder["plant.yaml"], "--data", _folder["data"], "--port", Text(port), "--mqtt-port", Text(mqttPort)]);
        using HttpClient api = LinewatchProcess.Api(port);
        await linewatch.UntilAsync(api, "status", _ => true);
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = mqttPort });
        await client.ConnectAsync(default);
        DateTime start = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-60);
        for (int i = 0; i < 50; i++)
        {
            string pressure = i == 49 ? "99" : "3.5"; // out of range
            string payload = string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":"{{{start.AddSeconds(i):O}}}","values":{"state":6,"good":{{{i * 10}}},"pressure":{{{pressure}}},"Torque":{{{i}}}.25}}""");
            await client.PublishAsync("gateway7/hall1/pump/raw", Encoding.UTF8.GetBytes(payload), MqttQoS.AtLeastOnce, retain: false, default);
        }

        await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "quarantined") == 50);
        JsonElement proposals = await linewatch.UntilAsync(api, "quarantine/proposals", answer => answer.GetArrayLength() == 1);
        Assert.Equal(50, proposals[0].GetProperty("messages").GetInt64());
        Assert.Equal(50, (await linewatch.UntilAsync(api, "quarantine?reason=unknownTopic", _ => true)).GetProperty("groups")[0].GetProperty("count").GetInt64());
        Assert.Equal(50, (await api.GetStringAsync(new Uri("quarantine/download?topic=gateway7/hall1/pump/raw", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        JsonElement messages = await linewatch.UntilAsync(api, "quarantine/messages?limit=1", _ => true);
        string payloadOfFirst = await api.GetStringAsync(new Uri($"quarantine/messages/{messages[0].GetProperty("id").GetInt64()}", UriKind.Relative));
        Assert.Equal(messages[0].GetProperty("payload").GetString(), payloadOfFirst);

        JsonElement accepted = await PostAsync(api, "quarantine/accept", new { topic = "gateway7/hall1/pump/raw", author = "Ada" }, 200);

        // A signal that the machine lacked came with the mapping.
        Assert.Equal("Torque", Assert.Single(accepted.GetProperty("newSignals").EnumerateArray()).GetString());
        await linewatch.UntilAsync(api, "readings/last?signal=lab/hall1/bench/pump/torque", answer => answer.GetProperty("reading") is { ValueKind: JsonValueKind.Object } last && last.GetProperty("value").GetDouble() == 49.25);
        Assert.Equal((49, 1), (accepted.GetProperty("released").GetInt64(), accepted.GetProperty("remaining").GetInt64()));
        Assert.Contains("gateway7/{area}/{machine}/raw", await File.ReadAllTextAsync(_folder["plant.yaml"]), StringComparison.Ordinal);
        JsonElement balance = await linewatch.UntilAsync(api, "balance", _ => true);
        Assert.Equal((50, 49, 1, 0), (RecordedPlantTests.Total(balance, "received"), RecordedPlantTests.Total(balance, "stored"), RecordedPlantTests.Total(balance, "quarantined"), RecordedPlantTests.Total(balance, "difference")));
        await linewatch.UntilAsync(api, "lines/bench", line => line.GetProperty("output").GetProperty("good").GetDouble() >= 480);

        // A change with a fault is refused, told, and stops nothing.
        string right = await File.ReadAllTextAsync(_folder["plant.yaml"]);
        await File.WriteAllTextAsync(_folder["plant.yaml"], right.Replace("decoder: json", "decoder: jsonn", StringComparison.Ordinal));
        JsonElement refused = await linewatch.UntilAsync(api, "alerts?rule=plant-file&open=true", alerts => alerts.GetArrayLength() == 1);
        Assert.Contains("jsonn", refused.ToString(), StringComparison.Ordinal);
        await client.PublishAsync("gateway7/hall1/pump/raw", Encoding.UTF8.GetBytes($$$"""{"ts":"{{{start.AddSeconds(55):O}}}","values":{"good":500}}"""), MqttQoS.AtLeastOnce, retain: false, default);
        await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "stored") == 50);

        // Mended once more: a wider range lets the last one in, while the file is watched.
        await File.WriteAllTextAsync(_folder["plant.yaml"], right.Replace("max: 10", "max: 100", StringComparison.Ordinal));
        await linewatch.UntilAsync(api, "plant", plant => plant.ToString().Contains("\"maximum\":100", StringComparison.Ordinal));
        JsonElement replayed = await PostAsync(api, "quarantine/replay", new { author = "Ada" }, 200);
        Assert.Equal((1, 0), (replayed.GetProperty("released").GetInt64(), replayed.GetProperty("remaining").GetInt64()));
        await linewatch.UntilAsync(api, "alerts?rule=plant-file", alerts => alerts[0].GetProperty("clearedAt").ValueKind == JsonValueKind.String);
        await PostAsync(api, "quarantine/accept", new { topic = "gateway7/hall1/pump/raw" }, 404);
        await PostAsync(api, "quarantine/replay", new { reason = "bad luck" }, 400);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<JsonElement> PostAsync(HttpClient api, string path, object body, int status)
    {
        using HttpResponseMessage response = await api.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{path} answered {(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
