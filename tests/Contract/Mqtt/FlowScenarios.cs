using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>What MQTT 5 limits: packet size and messages under way, in both directions. [MQTT 4.9]</summary>
internal static class FlowScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Flow("a packet larger than the client accepts is not sent", PacketSizeAsync),
        Flow("the client's receive maximum holds further messages back", ReceiveMaximumAsync),
        Flow("with the window full everything else is served", OtherPacketsAsync),
        Flow("an exchange that the client refuses is over and makes room", RefusedExchangeAsync),
        Flow("more open messages than the server's receive maximum end the connection", ReceiveMaximumExceededAsync)
            with { MosquittoDiffers = "announces no receive maximum when its in-flight window is unlimited" },
    ];

    private static Scenario Flow(string name, Func<ScenarioWorld, Task> run) => new(name, run) { Only = MqttVersion.V5 };

    private static async Task PacketSizeAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", new MqttProperties { MaximumPacketSize = 64 });
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("t"), new string('.', 64));
        await publisher.PublishAndWaitAsync(world.Topic("t"), new string('.', 32));

        Assert.Equal(32, (await client.ReceivePublishAsync()).Payload.Length);
        Assert.Empty(await client.DrainAsync());
    }

    private static async Task ReceiveMaximumAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", new MqttProperties { ReceiveMaximum = 2 });
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (string payload in (string[])["1", "2", "3"])
        {
            await publisher.PublishAndWaitAsync(world.Topic("t"), payload);
        }

        List<ReceivedPublish> window = await client.DrainAsync(acknowledge: false);
        Assert.Equal(["1", "2"], window.Select(message => message.Payload));
        client.Ack(PacketType.Puback, window[0].Id);
        Assert.Equal("3", (await client.ReceivePublishAsync()).Payload);
    }

    private static async Task OtherPacketsAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", new MqttProperties { ReceiveMaximum = 1 });
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "1");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "2");
        ReceivedPublish first = Assert.Single(await client.DrainAsync(acknowledge: false));

        await client.PingAsync();
        await client.SubscribeAsync(world.Topic("u"), MqttQoS.AtMostOnce);
        await publisher.PublishAndWaitAsync(world.Topic("u"), "at most once");

        Assert.Equal("at most once", (await client.ReceivePublishAsync()).Payload);
        client.Ack(PacketType.Puback, first.Id);
        Assert.Equal("2", (await client.ReceivePublishAsync()).Payload);
    }

    private static async Task RefusedExchangeAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", new MqttProperties { ReceiveMaximum = 1 });
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "1", MqttQoS.ExactlyOnce);
        await publisher.PublishAndWaitAsync(world.Topic("t"), "2", MqttQoS.ExactlyOnce);
        ReceivedPublish first = await client.ReceivePublishAsync(acknowledge: false);

        client.Ack(PacketType.Pubrec, first.Id, MqttReasonCode.UnspecifiedError);

        // No PUBREL comes before it. [MQTT-4.3.3-4]
        Assert.Equal("2", (await client.ReceivePublishAsync()).Payload);
    }

    private static async Task ReceiveMaximumExceededAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        int most = client.Connack.Properties!.ReceiveMaximum!.Value;
        for (int id = 1; id <= most + 1; id++)
        {
            client.Publish(world.Topic("t"), "", MqttQoS.ExactlyOnce, (ushort)id);
        }

        // Answering what comes, as a client does: the reason must still be readable afterwards.
        RawPacket? packet = await client.ReceiveAsync();
        while (packet is { Type: PacketType.Pubrec })
        {
            packet = await client.ReceiveAsync();
        }

        Assert.Equal(PacketType.Disconnect, packet?.Type);
        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, DisconnectPacket.Decode(packet!.AsFrame(), MqttVersion.V5).ReasonCode);
    }
}
