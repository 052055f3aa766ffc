using System.Text;
using System.Text.Json;
using Linewatch.Mqtt;

namespace Linewatch.Tests.EndToEnd.Operations;

/// <summary>A machine falls silent while another goes on talking, so that at any moment something waits to be taken.</summary>
public sealed class SilentMachineTests
{
    /// <summary>Messages on their way at once: with one alone there are moments when nothing waits.</summary>
    private const int Talkers = 64;

    [Fact]
    public async Task A_machine_that_falls_silent_is_told_while_another_talks_on()
    {
        await using KilledLinewatch linewatch = new(KilledLinewatch.Plant(), new Dictionary<string, string>
        {
            ["Operations:Alerts:Rules:0:Name"] = "silent",
            ["Operations:Alerts:Rules:0:Kind"] = "Silence",
            ["Operations:Alerts:Rules:0:OnDelay"] = "00:00:02",
        });
        await linewatch.StartAsync();
        await linewatch.PublishAsync("packer", Now, "\"state\":6");
        await using MqttClient client = await linewatch.ConnectAsync();
        using CancellationTokenSource told = new();
        Task talking = Task.WhenAll(Enumerable.Range(0, Talkers).Select(_ => Task.Run(async () =>
        {
            while (!told.IsCancellationRequested)
            {
                byte[] payload = Encoding.UTF8.GetBytes($$$"""{"ts":"{{{Now:O}}}","values":{"state":6}}""");
                await client.PublishAsync("lab/hall1/line1/filler/data", payload, MqttQoS.AtLeastOnce, retain: false, default);
            }
        })));

        JsonElement alerts = await linewatch.UntilAsync("alerts?rule=silent&open=true", answer => answer.GetArrayLength() > 0, TimeSpan.FromSeconds(30));

        await told.CancelAsync();
        await talking;
        Assert.Equal("packer", Assert.Single(alerts.EnumerateArray()).GetProperty("source").GetProperty("machine").GetString());
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;
}
