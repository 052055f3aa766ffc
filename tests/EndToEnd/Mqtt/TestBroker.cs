using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>Whose broker a test runs against.</summary>
public enum Peer
{
    /// <summary>Debian's mosquitto.</summary>
    Mosquitto,

    /// <summary>Our own.</summary>
    Linewatch,
}

/// <summary>One of the brokers of <see cref="Peer"/> on a loopback port; can be killed and started again there.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly Mosquitto? _mosquitto;
    private MqttBrokerHost? _own;

    private TestBroker(Mosquitto? mosquitto, MqttBrokerHost? own)
    {
        _mosquitto = mosquitto;
        _own = own;
        Port = mosquitto?.Port ?? own!.Port;
    }

    public int Port { get; }

    public static async Task<TestBroker> StartAsync(Peer peer) => peer == Peer.Mosquitto
        ? new TestBroker(await Mosquitto.StartAsync(), null)
        : new TestBroker(null, await MqttBrokerHost.StartAsync(new MqttBrokerOptions()));

    public MqttClientOptions Options(MqttVersion version, string clientId = "") => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Version = version,
        ClientId = clientId,
        ReconnectMinimum = TimeSpan.FromMilliseconds(20),
        ReconnectMaximum = TimeSpan.FromMilliseconds(200),
    };

    public async Task KillAsync()
    {
        if (_mosquitto is not null)
        {
            await _mosquitto.KillAsync();
        }
        else
        {
            await _own!.DisposeAsync();
            _own = null;
        }
    }

    public async Task StartAgainAsync()
    {
        if (_mosquitto is not null)
        {
            await _mosquitto.StartAgainAsync();
        }
        else
        {
            _own = await MqttBrokerHost.StartAsync(new MqttBrokerOptions(), Port);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_mosquitto is not null)
        {
            await _mosquitto.DisposeAsync();
        }

        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }
}
