using System.Globalization;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.EndToEnd.MainPath;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Ingest;

/// <summary>A mosquitto with a small queue drops what it has acknowledged; nobody but itself knows.</summary>
public sealed class BrokerLossTests : IDisposable
{
    private const int Queue = 10;
    private const int Published = 200;

    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task Messages_that_the_broker_drops_while_Linewatch_is_away_become_an_alert()
    {
        await using Mosquitto mosquitto = await Mosquitto.StartAsync($"sys_interval 1\nmax_queued_messages {Queue}");
        (LinewatchProcess linewatch, HttpClient api) = await StartAsync(mosquitto);
        await using (linewatch)
        {
            using (api)
            {
                string seen = _folder["data/journal/dropped-by-broker"];
                await linewatch.UntilAsync(api, "status", _ => File.Exists(seen));
                Assert.Empty((await linewatch.UntilAsync(api, "alerts?rule=broker-drops", _ => true)).EnumerateArray());
            }

            await linewatch.InterruptAsync();
        }

        await using (MqttClient machine = new(new MqttClientOptions { Host = "127.0.0.1", Port = mosquitto.Port }))
        {
            await machine.ConnectAsync(default);
            for (int i = 0; i < Published; i++)
            {
                await machine.PublishAsync("lab/hall1/bench/pump/data", "{}"u8.ToArray(), MqttQoS.AtLeastOnce, retain: false, default);
            }
        }

        (linewatch, api) = await StartAsync(mosquitto);
        await using (linewatch)
        {
            using (api)
            {
                JsonElement alert = (await linewatch.UntilAsync(api, "alerts?rule=broker-drops&open=true", alerts => alerts.GetArrayLength() == 1))[0];
                Assert.Contains($"127.0.0.1:{mosquitto.Port} has dropped {Published - Queue} messages", alert.GetProperty("message").GetString(), StringComparison.Ordinal);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(LinewatchProcess Linewatch, HttpClient Api)> StartAsync(Mosquitto mosquitto)
    {
        int port = Loopback.FreePort();
        LinewatchProcess linewatch = LinewatchProcess.Start(
        [
            "serve", "--plant", Path.Combine(Tool.Repository, "tests/testdata/mainpath/plant.yaml"), "--data", _folder["data"],
            "--port", port.ToString(CultureInfo.InvariantCulture), "--broker", $"127.0.0.1:{mosquitto.Port}",
        ]);
        HttpClient api = LinewatchProcess.Api(port);
        await linewatch.UntilAsync(api, "status", status => RecordedPlantTests.IsOk(status, "broker"));
        return (linewatch, api);
    }
}
