using System.Text;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class ClientAliasTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Fact]
    public async Task Known_topics_are_sent_as_aliases_up_to_what_the_broker_allows()
    {
        await using ScriptedBroker broker = new();
        await using MqttClient client = Client(broker);
        Task connecting = client.ConnectAsync(Limit);
        await broker.AcceptAsync(properties: new MqttProperties { TopicAliasMaximum = 1 });
        await connecting;

        List<(string Topic, ushort Alias, string Payload)> seen = [];
        foreach ((string topic, MqttQoS qos) in ((string, MqttQoS)[])[("a", MqttQoS.AtMostOnce), ("a", MqttQoS.AtLeastOnce), ("b", MqttQoS.AtMostOnce), ("a", MqttQoS.ExactlyOnce)])
        {
            _ = client.PublishAsync(topic, "p"u8.ToArray(), qos, retain: false, Limit).AsTask();
            seen.Add(Read(await broker.ReceiveAsync(PacketType.Publish)));
        }

        Assert.Equal([("a", 1, "p"), ("", 1, "p"), ("b", 0, "p"), ("", 1, "p")], seen.Select(one => (one.Topic, (int)one.Alias, one.Payload)));
    }

    [Fact]
    public async Task Aliases_end_with_the_connection_and_what_is_sent_again_names_its_topic()
    {
        await using ScriptedBroker broker = new();
        await using MqttClient client = Client(broker);
        Task connecting = client.ConnectAsync(Limit);
        await broker.AcceptAsync(properties: new MqttProperties { TopicAliasMaximum = 5 });
        await connecting;
        Task[] publishes = [.. Enumerable.Range(0, 2).Select(i => client.PublishAsync("a", Encoding.UTF8.GetBytes($"{i}"), MqttQoS.AtLeastOnce, retain: false, Limit).AsTask())];
        await broker.ReceiveAsync(PacketType.Publish);
        Assert.Equal("", Read(await broker.ReceiveAsync(PacketType.Publish)).Topic);
        broker.Cut();

        await broker.AcceptAsync(sessionPresent: true);
        foreach (string payload in (string[])["0", "1"])
        {
            RawPacket again = await broker.ReceiveAsync(PacketType.Publish);
            Assert.Equal(("a", 0, payload), Read(again));
            Assert.Equal(8, again.Header & 8);
            ushort id = PublishPacket.Decode(again.AsFrame(), MqttVersion.V5).PacketId;
            broker.Send(buffer => AckPacket.Write(buffer, MqttVersion.V5, PacketType.Puback, id));
        }

        await Task.WhenAll(publishes);
    }

    [Theory]
    [InlineData(MqttQoS.AtMostOnce)]
    [InlineData(MqttQoS.AtLeastOnce)]
    public async Task A_message_the_broker_does_not_accept_for_its_size_is_refused_here(MqttQoS qos)
    {
        await using ScriptedBroker broker = new();
        await using MqttClient client = Client(broker);
        Task connecting = client.ConnectAsync(Limit);
        await broker.AcceptAsync(properties: new MqttProperties { MaximumPacketSize = 64 });
        await connecting;

        MqttPublishException refused = await Assert.ThrowsAsync<MqttPublishException>(() => client.PublishAsync("a", new byte[64], qos, retain: false, Limit).AsTask());

        Assert.Equal(MqttReasonCode.PacketTooLarge, refused.ReasonCode);
        Assert.Contains("64 bytes", refused.Message, StringComparison.Ordinal);
    }

    private static MqttClient Client(ScriptedBroker broker) => new(new MqttClientOptions
    {
        Host = "127.0.0.1",
        Port = broker.Port,
        ReconnectMinimum = TimeSpan.FromMilliseconds(10),
        ReconnectMaximum = TimeSpan.FromMilliseconds(20),
    });

    private static (string Topic, ushort Alias, string Payload) Read(RawPacket packet)
    {
        PublishPacket publish = PublishPacket.Decode(packet.AsFrame(), MqttVersion.V5);
        return (Encoding.UTF8.GetString(publish.Topic), publish.TopicAlias, Encoding.UTF8.GetString(publish.Payload));
    }
}
