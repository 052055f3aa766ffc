using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary><c>linewatch broker</c> as a user starts it.</summary>
public sealed class BrokerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(40)).Token;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_serves_keeps_sessions_over_a_restart_and_stops_at_Ctrl_C()
    {
        int port = Loopback.FreePort();
        int webSocketPort = Loopback.FreePort();
        string[] command = ["broker", "--port", $"{port}", "--websocket-port", $"{webSocketPort}", "--data", _folder["data"]];
        await using (LinewatchProcess broker = LinewatchProcess.Start(command))
        {
            await Loopback.WaitForListenerAsync(webSocketPort, broker.Process);
            await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = webSocketPort, WebSocketPath = "/mqtt" });
            await client.ConnectAsync(Limit);
            await client.PublishAsync("kept", "r"u8.ToArray(), MqttQoS.AtLeastOnce, retain: true, Limit);
            Assert.Equal(0, await broker.InterruptAsync());
            Assert.Contains($"mqtt://127.0.0.1:{port}", broker.Output, StringComparison.Ordinal);
            Assert.Contains($"ws://127.0.0.1:{webSocketPort}/mqtt", broker.Output, StringComparison.Ordinal);
        }

        await using LinewatchProcess again = LinewatchProcess.Start(command);
        await Loopback.WaitForListenerAsync(port, again.Process);
        await using MqttClient later = new(new MqttClientOptions { Host = "127.0.0.1", Port = port });
        await later.ConnectAsync(Limit);
        await later.SubscribeAsync("kept", MqttQoS.AtLeastOnce, Limit);
        Assert.True((await later.TakeAsync(1, Limit))[0].Retain);
    }

    [Fact]
    public async Task Users_and_rules_come_from_files()
    {
        int port = Loopback.FreePort();
        await File.WriteAllTextAsync(_folder["passwords"], $"engineer:{MqttUser.Hash("secret")}\n");
        await File.WriteAllTextAsync(_folder["rules"], "user engineer\ntopic readwrite plant/#\n");
        await using LinewatchProcess broker = LinewatchProcess.Start(
            ["broker", "--port", $"{port}", "--password-file", _folder["passwords"], "--acl-file", _folder["rules"], "--reveal-refused"]);
        await Loopback.WaitForListenerAsync(port, broker.Process);

        await using MqttClient stranger = new(new MqttClientOptions { Host = "127.0.0.1", Port = port });
        Assert.Equal(MqttReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttConnectException>(() => stranger.ConnectAsync(Limit))).ReasonCode);
        await using MqttClient engineer = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, UserName = "engineer", Password = "secret" });
        await engineer.ConnectAsync(Limit);
        await engineer.SubscribeAsync("plant/#", MqttQoS.AtLeastOnce, Limit);
        MqttSubscribeException refused = await Assert.ThrowsAsync<MqttSubscribeException>(() => engineer.SubscribeAsync("other", MqttQoS.AtLeastOnce, Limit));
        Assert.Equal(MqttReasonCode.NotAuthorized, refused.ReasonCode);
    }

    [Theory]
    [InlineData(0, "--websocket-port", "broker", "--help")]
    [InlineData(2, "--port is 70000", "broker", "--port", "70000")]
    [InlineData(2, "--websocket-port is 99999; allowed: 0 to 65535", "broker", "--websocket-port", "99999")]
    [InlineData(2, "there is no file", "broker", "--password-file", "no-such-file")]
    [InlineData(2, "--certificate and --key belong together", "broker", "--key", "/dev/null")]
    [InlineData(2, "--address 'nowhere'", "broker", "--address", "nowhere")]
    [InlineData(2, "holds a colon", "broker", "hash", "a:b")]
    public async Task It_answers_for_its_options(int exitCode, string expected, params string[] arguments)
    {
        (int actual, string output) = await LinewatchProcess.RunAsync(arguments);

        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal(exitCode, actual);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using MqttBrokerHost other = await MqttBrokerHost.StartAsync(new MqttBrokerOptions());

        (int exitCode, string output) = await LinewatchProcess.RunAsync("broker", "--port", $"{other.Port}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"{other.Port}", output, StringComparison.Ordinal);
    }
}
