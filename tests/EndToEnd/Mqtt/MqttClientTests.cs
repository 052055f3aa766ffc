using System.Text;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>The client against <c>mosquitto</c> and against our own broker: one table, both versions.</summary>
public sealed class MqttClientTests
{
    public static TheoryData<Peer, MqttVersion> Peers => new()
    {
        { Peer.Mosquitto, MqttVersion.V311 },
        { Peer.Mosquitto, MqttVersion.V5 },
        { Peer.Linewatch, MqttVersion.V311 },
        { Peer.Linewatch, MqttVersion.V5 },
    };

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [SkippableTheory]
    [MemberData(nameof(Peers))]
    public async Task Every_quality_of_service_arrives_in_order(Peer peer, MqttVersion version)
    {
        await using TestBroker broker = await TestBroker.StartAsync(peer);
        await using MqttClient client = new(broker.Options(version));
        await client.ConnectAsync(Limit);
        await client.SubscribeAsync("plant/+/speed", MqttQoS.ExactlyOnce, Limit);

        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await client.PublishAsync("plant/filler/speed", Encoding.UTF8.GetBytes($"v{(int)qos}"), qos, retain: false, Limit);
        }

        List<MqttMessage> received = await client.TakeAsync(3, Limit);
        Assert.Equal(["v0", "v1", "v2"], received.Select(message => Encoding.UTF8.GetString(message.Payload.Span)));
        Assert.Equal(Enum.GetValues<MqttQoS>(), received.Select(message => message.QoS));
    }

    [SkippableTheory]
    [MemberData(nameof(Peers))]
    public async Task Publishes_survive_a_broker_that_is_killed_and_started_again(Peer peer, MqttVersion version)
    {
        await using TestBroker broker = await TestBroker.StartAsync(peer);
        await using MqttClient subscriber = new(broker.Options(version));
        await using MqttClient publisher = new(broker.Options(version));
        await subscriber.ConnectAsync(Limit);
        await subscriber.SubscribeAsync("count", MqttQoS.AtLeastOnce, Limit);
        await publisher.ConnectAsync(Limit);
        await publisher.PublishAsync("count", "before"u8.ToArray(), MqttQoS.AtLeastOnce, retain: false, Limit);

        Task gone = subscriber.WaitForAsync(MqttClientState.Reconnecting, Limit);
        Task alsoGone = publisher.WaitForAsync(MqttClientState.Reconnecting, Limit);
        await broker.KillAsync();
        await gone;
        await alsoGone;
        ValueTask waiting = publisher.PublishAsync("count", "during"u8.ToArray(), MqttQoS.AtLeastOnce, retain: true, Limit);
        Assert.False(waiting.IsCompleted);
        await broker.StartAgainAsync();

        await waiting;
        List<MqttMessage> received = await subscriber.TakeAsync(2, Limit);
        Assert.Equal(["before", "during"], received.Select(message => Encoding.UTF8.GetString(message.Payload.Span)));
    }

    [Fact]
    public async Task ConnectAsync_without_a_broker_names_host_port_and_cause()
    {
        int port = Loopback.FreePort();
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = port });

        MqttConnectException failure = await Assert.ThrowsAsync<MqttConnectException>(() => client.ConnectAsync(Limit));

        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("refused", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task Start_keeps_trying_until_the_broker_is_there()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Peer.Linewatch);
        await broker.KillAsync();
        await using MqttClient client = new(broker.Options(MqttVersion.V5));
        Task failed = client.WaitForAsync(MqttClientState.Reconnecting, Limit);

        client.Start();
        await failed;
        Assert.Contains("refused", client.LastError, StringComparison.OrdinalIgnoreCase);
        Task connected = client.WaitForAsync(MqttClientState.Connected, Limit);
        await broker.StartAgainAsync();

        await connected;
        Assert.Null(client.LastError);
    }

    [Fact]
    public async Task A_thousand_publishes_may_be_outstanding_at_once()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Peer.Linewatch);
        await using MqttClient client = new(broker.Options(MqttVersion.V5));
        await client.ConnectAsync(Limit);
        await client.SubscribeAsync("n", MqttQoS.AtLeastOnce, Limit);

        Task[] publishes = [.. Enumerable.Range(0, 5000).Select(i => client.PublishAsync("n", BitConverter.GetBytes(i), MqttQoS.AtLeastOnce, retain: false, Limit).AsTask())];
        await Task.WhenAll(publishes);

        List<MqttMessage> received = await client.TakeAsync(5000, Limit);
        Assert.Equal(Enumerable.Range(0, 5000), received.Select(message => BitConverter.ToInt32(message.Payload.Span)));
    }
}
