using System.Globalization;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Tests.EndToEnd.MainPath;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Ingest;

/// <summary>Linewatch towards Sparkplug edge nodes: its STATE, its last will, and its requests for rebirth.</summary>
public sealed class SparkplugHostTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task Nodes_of_the_plants_broker_see_the_host_come_ask_for_rebirth_and_die()
    {
        await using Mosquitto mosquitto = await Mosquitto.StartAsync();
        await using MqttClient node = await NodeAsync(mosquitto.Port);
        await using IAsyncEnumerator<MqttMessage> heard = node.ReadAllAsync().GetAsyncEnumerator();
        await using (LinewatchProcess linewatch = await StartAsync("--broker", $"127.0.0.1:{mosquitto.Port}"))
        {
            Assert.StartsWith("""spBv1.0/STATE/linewatch1 {"online":true""", await NextAsync(heard, "STATE"), StringComparison.Ordinal);
            await SendUnbornDataAsync(node);
            Assert.StartsWith("spBv1.0/plant/NCMD/bench", await NextAsync(heard, "NCMD"), StringComparison.Ordinal);
            await linewatch.KillAsync();
        }

        // The will that the broker publishes for a dead host carries the time of its birth.
        Assert.StartsWith("""spBv1.0/STATE/linewatch1 {"online":false""", await NextAsync(heard, "STATE"), StringComparison.Ordinal);
        await using LinewatchProcess again = await StartAsync("--broker", $"127.0.0.1:{mosquitto.Port}");
        Assert.StartsWith("""spBv1.0/STATE/linewatch1 {"online":true""", await NextAsync(heard, "STATE"), StringComparison.Ordinal);
        await again.InterruptAsync();
        Assert.StartsWith("""spBv1.0/STATE/linewatch1 {"online":false""", await NextAsync(heard, "STATE"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_of_the_embedded_broker_find_the_state_retained_and_are_asked_for_rebirth()
    {
        int mqttPort = Loopback.FreePort();
        await using LinewatchProcess linewatch = await StartAsync("--mqtt-port", Text(mqttPort));
        await using MqttClient node = await NodeAsync(mqttPort);
        await using IAsyncEnumerator<MqttMessage> heard = node.ReadAllAsync().GetAsyncEnumerator();

        Assert.StartsWith("""spBv1.0/STATE/linewatch1 {"online":true""", await NextAsync(heard, "STATE"), StringComparison.Ordinal);
        await SendUnbornDataAsync(node);
        Assert.StartsWith("spBv1.0/plant/NCMD/bench", await NextAsync(heard, "NCMD"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<LinewatchProcess> StartAsync(params string[] arguments)
    {
        string plant = (await File.ReadAllTextAsync(Path.Combine(Tool.Repository, "tests/testdata/mainpath/plant.yaml")))
            .Replace("sources:\n", "sources:\n  - { name: sparkplug, topic: \"spBv1.0/#\", decoder: sparkplug }\n", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["plant.yaml"], plant);
        int port = Loopback.FreePort();
        LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", _folder["plant.yaml"], "--data", _folder["data"], "--port", Text(port), .. arguments],
            new Dictionary<string, string> { ["LINEWATCH__MQTT__SPARKPLUGHOSTID"] = "linewatch1" });
        using HttpClient api = LinewatchProcess.Api(port);
        await linewatch.UntilAsync(api, "status", status => RecordedPlantTests.IsOk(status, "broker"));
        return linewatch;
    }

    private static async Task<MqttClient> NodeAsync(int port)
    {
        MqttClient node = new(new MqttClientOptions { Host = "127.0.0.1", Port = port });
        await node.ConnectAsync(default);
        await node.SubscribeAsync("spBv1.0/STATE/+", MqttQoS.AtLeastOnce, default);
        await node.SubscribeAsync("spBv1.0/+/NCMD/+", MqttQoS.AtLeastOnce, default);
        return node;
    }

    /// <summary>Data with alias 1 and seq 5 of a node that was never born.</summary>
    private static Task SendUnbornDataAsync(MqttClient node) => node.PublishAsync(
        "spBv1.0/plant/DDATA/bench/pump", new byte[] { 0x12, 0x0D, 0x10, 0x01, 0x20, 0x0A, 0x69, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 0x05 }, MqttQoS.AtLeastOnce, retain: false, default).AsTask();

    /// <summary>The next message of a kind: a killed host that had not committed its place asks for the same rebirth again.</summary>
    private static async Task<string> NextAsync(IAsyncEnumerator<MqttMessage> heard, string kind)
    {
        do
        {
            Assert.True(await heard.MoveNextAsync().AsTask().WaitAsync(Limit, TimeProvider.System));
        }
        while (!heard.Current.Topic.Contains($"/{kind}/", StringComparison.Ordinal));
        return heard.Current.Topic + " " + Encoding.UTF8.GetString(heard.Current.Payload.Span);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
