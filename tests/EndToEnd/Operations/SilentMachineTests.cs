using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Operations;

/// <summary>A machine falls silent while the others go on talking, so that at any moment something waits to be taken.</summary>
public sealed class SilentMachineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_machine_that_falls_silent_is_told_while_the_others_talk_on()
    {
        await File.WriteAllTextAsync(_folder["plant.yaml"], """
            plant: Lab
            site: lab
            timeZone: UTC
            sources: [{ name: values, topic: "{machine}/{signal}", decoder: value }]
            lines:
              - id: bench
                area: hall1
                machines:
                  - { id: pump, signals: [{ id: pressure }] }
                  - { id: fan, signals: [{ id: speed }] }

            """);
        int port = Loopback.FreePort();
        int mqttPort = Loopback.FreePort();
        await using LinewatchProcess linewatch = LinewatchProcess.Start(
            ["serve", "--plant", _folder["plant.yaml"], "--data", _folder["data"], "--port", Text(port), "--mqtt-port", Text(mqttPort)],
            new Dictionary<string, string>
            {
                ["LINEWATCH__OPERATIONS__ALERTS__RULES__0__NAME"] = "silent",
                ["LINEWATCH__OPERATIONS__ALERTS__RULES__0__KIND"] = "Silence",
                ["LINEWATCH__OPERATIONS__ALERTS__RULES__0__ONDELAY"] = "00:00:02",
            });
        using HttpClient api = LinewatchProcess.Api(port);
        await linewatch.UntilAsync(api, "status", _ => true);
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = mqttPort });
        await client.ConnectAsync(default);
        await client.PublishAsync("fan/speed", "1"u8.ToArray(), MqttQoS.AtLeastOnce, retain: false, default);
        using CancellationTokenSource told = new();
        Task talking = Task.Run(async () =>
        {
            for (int i = 0; !told.IsCancellationRequested; i++)
            {
                await client.PublishAsync("pump/pressure", Encoding.UTF8.GetBytes(Text(i)), MqttQoS.AtLeastOnce, retain: false, default);
            }
        });

        JsonElement alerts = await linewatch.UntilAsync(api, "alerts?rule=silent&open=true", answer => answer.GetArrayLength() > 0, TimeSpan.FromSeconds(30));

        await told.CancelAsync();
        await talking;
        Assert.Equal("fan", Assert.Single(alerts.EnumerateArray()).GetProperty("source").GetProperty("machine").GetString());
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
