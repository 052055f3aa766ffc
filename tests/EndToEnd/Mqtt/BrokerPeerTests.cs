using System.Text;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>Our broker served to other people's clients: peer × version × transport.</summary>
public sealed class BrokerPeerTests : IAsyncLifetime, IClassFixture<NpmMqtt>
{
    private readonly NpmMqtt _npm;
    private MqttBrokerHost _host = null!;

    public BrokerPeerTests(NpmMqtt npm) => _npm = npm;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(40)).Token;

    public async Task InitializeAsync() => _host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions(), webSocketPort: 0);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [SkippableTheory]
    [InlineData("4", "tcp")]
    [InlineData("5", "tcp")]
    [InlineData("4", "websockets")]
    [InlineData("5", "websockets")]
    public async Task Paho_for_python_publishes_and_receives_at_every_quality_of_service(string version, string transport)
    {
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Tool.Require("python3");
        (int code, _) = await RunAsync(python, ["-c", "import paho.mqtt.client"]);
        Skip.If(code != 0, "needs python3-paho-mqtt, which is not installed");

        (int exit, string output) = await RunAsync(python, [Script("paho_peer.py"), Port(transport), version, transport]);

        Assert.True(exit == 0, output);
        Assert.Equal(["peer/0 paho 0 0", "peer/1 paho 1 1", "peer/2 paho 2 2"], Lines(output));
        Assert.Equal("paho 1", await RetainedAsync("peer/1"));
    }

    [SkippableTheory]
    [InlineData("4", "tcp")]
    [InlineData("5", "tcp")]
    [InlineData("4", "websockets")]
    [InlineData("5", "websockets")]
    public async Task Mqtt_js_publishes_and_receives_at_every_quality_of_service(string version, string transport)
    {
        string node = Tool.Require("node");
        Skip.If(_npm.Folder is null, "needs npm and the package 'mqtt', which could not be installed");

        (int exit, string output) = await RunAsync(node, [Script("npm_peer.js"), Port(transport), version, transport], new Dictionary<string, string> { ["NODE_PATH"] = _npm.Folder! });

        Assert.True(exit == 0, output);
        Assert.Equal(["peer/0 npm 0 0", "peer/1 npm 1 1", "peer/2 npm 2 2"], Lines(output));
        Assert.Equal("npm 1", await RetainedAsync("peer/1"));
    }

    [SkippableTheory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Mosquitto_pub_and_sub_work_together_over_our_broker(string version)
    {
        string publish = Tool.Require("mosquitto_pub");
        string subscribe = Tool.Require("mosquitto_sub");
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = _host.Port });
        await client.ConnectAsync(Limit);
        await client.SubscribeAsync("from/#", MqttQoS.ExactlyOnce, Limit);
        for (int qos = 0; qos < 3; qos++)
        {
            (int exit, string output) = await RunAsync(publish, ["-h", "127.0.0.1", "-p", Port("tcp"), "-V", version, "-q", $"{qos}", "-t", $"from/{qos}", "-m", $"m{qos}", "-r"]);
            Assert.True(exit == 0, output);

            // One by one: at QoS 0 a publisher is gone before the broker has read its message.
            Assert.Equal((MqttQoS)qos, Assert.Single(await client.TakeAsync(1, Limit)).QoS);
        }

        (int code, string lines) = await RunAsync(subscribe, ["-h", "127.0.0.1", "-p", Port("tcp"), "-V", version, "-q", "2", "-t", "from/+", "-C", "3", "-W", "20", "-F", "%t %p %q %r"]);
        Assert.True(code == 0, lines);
        Assert.Equal(["from/0 m0 0 1", "from/1 m1 1 1", "from/2 m2 2 1"], Lines(lines).Order());
    }

    private static string Script(string name) => Path.Combine(Tool.Repository, "tests", "EndToEnd", "Mqtt", "Peers", name);

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task<(int Exit, string Output)> RunAsync(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using ServerProcess process = new(program, arguments, environment);
        await process.Process.WaitForExitAsync(Limit);
        return (process.Process.ExitCode, process.Output);
    }

    private string Port(string transport) =>
        (transport == "tcp" ? _host.Port : _host.WebSocketPort).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string> RetainedAsync(string topic)
    {
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = _host.Port });
        await client.ConnectAsync(Limit);
        await client.SubscribeAsync(topic, MqttQoS.AtLeastOnce, Limit);
        return Encoding.UTF8.GetString((await client.TakeAsync(1, Limit))[0].Payload.Span);
    }
}
