using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>What a session keeps between connections.</summary>
internal static class SessionScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("a clean session begins empty", CleanAsync),
        new("a clean session forgets what waited", ForgottenAsync),
        new("a subscription made again after a reconnect is not doubled", MadeAgainAsync),
        new("messages wait for a client that is away", OfflineAsync),
        new("waiting messages come in their order", QueueOrderAsync),
        new("what was not acknowledged is sent again as duplicate", RedeliveryAsync),
        new("a released exchange goes on with its release", ReleaseAsync),
        new("an identifier received and not released is still known after a reconnect", StillKnownAsync),
    ];

    private static async Task CleanAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectLastingAsync("a");
        Assert.False(client.Connack.SessionPresent);
        await client.SubscribeAsync(world.Topic("x"), MqttQoS.AtLeastOnce);
        await client.DisconnectAsync();
        RawClient resumed = await world.ConnectLastingAsync("a");
        Assert.True(resumed.Connack.SessionPresent);
        await resumed.DisconnectAsync();

        await using RawClient clean = await world.ConnectAsync("a");

        Assert.False(clean.Connack.SessionPresent);
        await clean.PublishAndWaitAsync(world.Topic("x"), "1");
        Assert.Empty(await clean.DrainAsync());
    }

    private static async Task ForgottenAsync(ScenarioWorld world)
    {
        RawClient away = await world.ConnectLastingAsync("away");
        await away.SubscribeAsync(world.Topic("x"), MqttQoS.AtLeastOnce);
        await away.DisconnectAsync();
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("x"), "1");
        RawClient clean = await world.ConnectLastingAsync("away", clean: true);
        Assert.False(clean.Connack.SessionPresent);
        Assert.Empty(await clean.DrainAsync());
        await clean.DisconnectAsync();

        await using RawClient back = await world.ConnectLastingAsync("away");

        await publisher.PublishAndWaitAsync(world.Topic("x"), "2");
        Assert.Empty(await back.DrainAsync());
    }

    private static async Task MadeAgainAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectLastingAsync("a");
        await client.SubscribeAsync(world.Topic("x"), MqttQoS.AtLeastOnce);
        await client.DisconnectAsync();
        await using RawClient back = await world.ConnectLastingAsync("a");
        await back.SubscribeAsync(world.Topic("x"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("p");

        await publisher.PublishAndWaitAsync(world.Topic("x"), "1");

        Assert.Equal("1", Assert.Single(await back.DrainAsync()).Payload);
    }

    private static async Task OfflineAsync(ScenarioWorld world)
    {
        RawClient away = await world.ConnectLastingAsync("away");
        await away.SubscribeAsync(world.Topic("+"), MqttQoS.ExactlyOnce);
        await away.DisconnectAsync();
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await publisher.PublishAndWaitAsync(world.Topic("x"), $"{(int)qos}", qos);
        }

        await using RawClient back = await world.ConnectLastingAsync("away");

        Assert.True(back.Connack.SessionPresent);
        List<ReceivedPublish> received = await back.TakeAsync(2);
        if (received[0].QoS == MqttQoS.AtMostOnce)
        {
            // A broker may keep QoS 0 as well.
            received = [received[1], .. await back.TakeAsync(1)];
        }

        Assert.Equal(["1", "2"], received.Select(message => message.Payload));
        Assert.All(received, message => Assert.False(message.Duplicate));
    }

    private static async Task QueueOrderAsync(ScenarioWorld world)
    {
        RawClient away = await world.ConnectLastingAsync("away");
        await away.SubscribeAsync(world.Topic("q"), MqttQoS.ExactlyOnce);
        await away.DisconnectAsync();
        await using RawClient publisher = await world.ConnectAsync("b");
        string[] payloads = [.. Enumerable.Range(0, 20).Select(i => $"{i:D2}")];
        foreach (string payload in payloads)
        {
            await publisher.PublishAndWaitAsync(world.Topic("q"), payload, payload[1] % 2 == 0 ? MqttQoS.AtLeastOnce : MqttQoS.ExactlyOnce);
        }

        await using RawClient back = await world.ConnectLastingAsync("away");

        Assert.Equal(payloads, (await back.TakeAsync(payloads.Length)).Select(message => message.Payload));
    }

    private static async Task RedeliveryAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectLastingAsync("b");
        await client.SubscribeAsync(world.Topic("r/#"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("a");
        await publisher.PublishAndWaitAsync(world.Topic("r/1"), "one", MqttQoS.AtLeastOnce);
        await publisher.PublishAndWaitAsync(world.Topic("r/2"), "two", MqttQoS.ExactlyOnce);
        ReceivedPublish first = await client.ReceivePublishAsync(acknowledge: false);
        ReceivedPublish second = await client.ReceivePublishAsync(acknowledge: false);
        client.Cut();

        await using RawClient back = await world.ConnectLastingAsync("b");

        Assert.Equal(first with { Duplicate = true, Properties = null! }, await back.ReceivePublishAsync() with { Properties = null! });
        Assert.Equal(second with { Duplicate = true, Properties = null! }, await back.ReceivePublishAsync() with { Properties = null! });
        Assert.Empty(await back.DrainAsync());
    }

    private static async Task ReleaseAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectLastingAsync("b");
        await client.SubscribeAsync(world.Topic("x"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("x"), "one", MqttQoS.ExactlyOnce);
        ushort id = (await client.ReceivePublishAsync(acknowledge: false)).Id;
        client.Ack(PacketType.Pubrec, id);
        await client.ReceiveAsync(PacketType.Pubrel);
        client.Cut();

        await using RawClient back = await world.ConnectLastingAsync("b");

        Assert.Equal(id, (await back.ReceiveAsync(PacketType.Pubrel)).Id);
        back.Ack(PacketType.Pubcomp, id);
        Assert.Empty(await back.DrainAsync());
    }

    private static async Task StillKnownAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("w");
        await witness.SubscribeAsync(world.Topic("x"), MqttQoS.AtMostOnce);
        RawClient client = await world.ConnectLastingAsync("a");
        client.Publish(world.Topic("x"), "one", MqttQoS.ExactlyOnce, id: 9);
        await client.ReceiveAsync(PacketType.Pubrec);
        client.Cut();

        await using RawClient back = await world.ConnectLastingAsync("a");
        back.Publish(world.Topic("x"), "one", MqttQoS.ExactlyOnce, id: 9, duplicate: true);
        await back.ReceiveAsync(PacketType.Pubrec);
        back.Ack(PacketType.Pubrel, 9);
        await back.ReceiveAsync(PacketType.Pubcomp);

        Assert.Single(await witness.DrainAsync());
    }
}
