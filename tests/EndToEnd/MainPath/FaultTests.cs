using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>Bad input and dependencies that are away: it says so, keeps trying, loses nothing.</summary>
public sealed class FaultTests : IDisposable
{
    private static readonly string PlantFile = Path.Combine(Tool.Repository, "tests/testdata/mainpath/plant.yaml");

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("check")]
    [InlineData("serve", "--plant")]
    public async Task Broken_plant_file_lists_every_fault_with_its_place_and_exits_2(params string[] command)
    {
        string broken = _folder["plant.yaml"];
        await File.WriteAllTextAsync(broken, File.ReadAllText(PlantFile)
            .Replace("timeZone: UTC", "timeZone: Mars/Olympus", StringComparison.Ordinal)
            .Replace("criticalMachine: pump", "criticalMachine: pumpe", StringComparison.Ordinal));

        (int exitCode, string output) = await LinewatchProcess.RunAsync([.. command, broken]);

        Assert.Equal(2, exitCode);
        Assert.Contains("plant.yaml(4,", output, StringComparison.Ordinal);
        Assert.Contains("Mars/Olympus", output, StringComparison.Ordinal);
        Assert.Contains("pumpe", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--mqtt-port")]
    public async Task Port_in_use_is_named_with_its_setting(string option)
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        (int exitCode, string output) = await LinewatchProcess.RunAsync(
            "serve", "--plant", PlantFile, "--data", _folder["data"],
            "--port", Text(option == "--port" ? port : Loopback.FreePort()),
            "--mqtt-port", Text(option == "--mqtt-port" ? port : Loopback.FreePort()));

        Assert.Equal(1, exitCode);
        Assert.Contains($"port {port}", output, StringComparison.Ordinal);
        Assert.Contains(option, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_payload_never_stops_the_stream()
    {
        int port = Loopback.FreePort();
        int mqttPort = Loopback.FreePort();
        await using LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", PlantFile, "--data", _folder["data"], "--port", Text(port), "--mqtt-port", Text(mqttPort)]);
        using HttpClient api = LinewatchProcess.Api(port);
        await linewatch.UntilAsync(api, "status", _ => true);
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = mqttPort });
        await client.ConnectAsync(default);

        await PublishAsync(client, "lab/hall1/bench/pump/data", """{"ts":"2026-11-22T10:00:00Z","values":{"pressure":1.5}}""");
        await PublishAsync(client, "lab/hall1/bench/pump/data", "{ this is not JSON");
        await PublishAsync(client, "lab/hall1/bench/nobody/data", """{"ts":"2026-11-22T10:00:00Z","values":{"pressure":1.5}}""");
        await PublishAsync(client, "somewhere/else", "42");
        await PublishAsync(client, "lab/hall1/bench/pump/data", """{"ts":"2026-11-22T10:00:01Z","values":{"pressure":1.6}}""");

        JsonElement balance = await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "received") == 5 && RecordedPlantTests.Total(answer, "pending") == 0);
        Assert.Equal((2, 3), (RecordedPlantTests.Total(balance, "stored"), RecordedPlantTests.Total(balance, "quarantined")));
        JsonElement kept = await linewatch.UntilAsync(api, "quarantine", _ => true);
        Assert.Contains("UnknownTopic", kept.ToString(), StringComparison.Ordinal);
        Assert.Contains("Malformed", kept.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Broker_and_store_that_come_late_or_go_away_lose_nothing()
    {
        await using Mosquitto mosquitto = await Mosquitto.StartAsync();
        await using Influxd influx = await Influxd.StartAsync();
        await mosquitto.KillAsync();
        await influx.KillAsync();
        int port = Loopback.FreePort();
        await using LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", PlantFile, "--broker", $"127.0.0.1:{mosquitto.Port}", "--port", Text(port), "--data", _folder["data"]],
            RecordedPlantTests.Influx(influx));
        using HttpClient api = LinewatchProcess.Api(port);

        // Both away at start: it runs and says so.
        await linewatch.UntilAsync(api, "status", status => !status.GetProperty("isOk").GetBoolean() && !RecordedPlantTests.IsOk(status, "broker"));
        await mosquitto.StartAgainAsync();
        await linewatch.UntilAsync(api, "status", status => RecordedPlantTests.IsOk(status, "broker"));

        // The store is still away: messages wait in the journal, acknowledged.
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = mosquitto.Port, ClientId = "machine" });
        await client.ConnectAsync(default);
        for (int i = 0; i < 500; i++)
        {
            await PublishAsync(client, "lab/hall1/bench/pump/data", Message(i));
        }

        await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "pending") == 500);
        await influx.StartAgainAsync();
        await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "stored") == 500);

        // Killed in the middle, the store gets the rest when it is back.
        await influx.KillAsync();
        for (int i = 500; i < 1000; i++)
        {
            await PublishAsync(client, "lab/hall1/bench/pump/data", Message(i));
        }

        await influx.StartAgainAsync();
        await linewatch.UntilAsync(api, "balance", answer => RecordedPlantTests.Total(answer, "stored") == 1000);
        IReadOnlyList<JsonElement[]> stored = await InfluxQuery.RowsAsync(influx.Address, "SELECT pressure FROM telemetry WHERE machine = 'pump'");
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (double)i), stored.Select(row => row[1].GetDouble()));
    }

    public void Dispose() => _folder.Dispose();

    private static string Message(int number) =>
        $$$"""{"ts":"{{{new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc).AddSeconds(number):O}}}","values":{"pressure":{{{number}}}}}""";

    private static Task PublishAsync(MqttClient client, string topic, string payload) =>
        client.PublishAsync(topic, Encoding.UTF8.GetBytes(payload), MqttQoS.AtLeastOnce, retain: false, default).AsTask();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
