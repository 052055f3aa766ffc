using Linewatch.Mqtt;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>One run of a scenario: a broker's port, a version, credentials, and names nobody else uses.</summary>
internal sealed class ScenarioWorld(int port, MqttVersion version, bool withRules)
{
    private readonly string _name = Guid.NewGuid().ToString("N")[..10];

    public int Port => port;

    public MqttVersion Version => version;

    /// <summary>A topic of this run.</summary>
    public string Topic(string rest) => $"{_name}/{rest}";

    /// <summary>A topic that begins with '$', of this run.</summary>
    public string DollarTopic(string rest) => $"$dollar/{_name}/{rest}";

    /// <summary>Connects a client whose session ends with the connection.</summary>
    public Task<RawClient> ConnectAsync(
        string client, MqttProperties? properties = null, MqttWill? will = null, ushort keepAlive = 30, bool clean = true, MqttReasonCode expected = MqttReasonCode.Success) =>
        RawClient.ConnectAsync(
            port, version, client.Length == 0 ? "" : _name + client, clean, properties, will, keepAlive,
            withRules ? ConformanceBrokers.User : null, withRules ? ConformanceBrokers.Password : null, expected);

    /// <summary>Connects a client whose session outlives the connection.</summary>
    public Task<RawClient> ConnectLastingAsync(string client, bool clean = false) =>
        ConnectAsync(client, new MqttProperties { SessionExpiryInterval = 3600 }, clean: clean);

    /// <summary>Waits for whole seconds by the broker's own clock: the keep-alive of a silent client runs out and its will arrives.</summary>
    public async Task LetPassAsync(ushort keepAlive)
    {
        string topic = Topic("clock");
        await using RawClient witness = await ConnectAsync("clock-witness", keepAlive: 0);
        await witness.SubscribeAsync(topic, MqttQoS.AtMostOnce);
        await using RawClient silent = await ConnectAsync("clock", will: new MqttWill { Topic = topic }, keepAlive: keepAlive);
        await witness.ReceivePublishAsync();
    }
}
