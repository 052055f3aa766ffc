using Linewatch.Mqtt;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Retained messages.</summary>
internal static class RetainedScenarios
{
    private static readonly MqttQoS[] Qualities = Enum.GetValues<MqttQoS>();

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("retained messages come with the subscription until cleared", RetainedAsync),
        new("a subscription made again brings the retained messages again", SubscribedAgainAsync),
        new("the last retained message counts, and others change nothing", LastAsync),
        new("an empty retained message is delivered and not kept", EmptyAsync),
        new("a retained message carries the identifier of the subscription", IdentifierAsync) { Only = MqttVersion.V5 },
        new("a retained message expires, and its expiry is counted", ExpiryAsync) { Only = MqttVersion.V5, IsTimed = true },
    ];

    private static async Task RetainedAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        foreach (MqttQoS qos in Qualities)
        {
            await client.PublishAndWaitAsync(world.Topic($"kept/{(int)qos}"), $"qos {(int)qos}", qos, retain: true);
        }

        await client.SubscribeAsync(world.Topic("kept/+"), MqttQoS.ExactlyOnce);
        List<ReceivedPublish> kept = await client.TakeAsync(3);
        Assert.Equal(["qos 0", "qos 1", "qos 2"], kept.Select(message => message.Payload).Order());
        Assert.All(kept, message => Assert.True(message.Retain));
        Assert.Equal(Qualities, kept.Select(message => message.QoS).Order());

        await using RawClient other = await world.ConnectAsync("b");
        foreach (MqttQoS qos in Qualities)
        {
            await other.PublishAndWaitAsync(world.Topic($"kept/{(int)qos}"), "", qos, retain: true);
        }

        await other.SubscribeAsync(world.Topic("kept/#"), MqttQoS.ExactlyOnce);
        Assert.Empty(await other.DrainAsync());
    }

    private static async Task SubscribedAgainAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.PublishAndWaitAsync(world.Topic("kept"), "r", retain: true);
        await client.SubscribeAsync(world.Topic("kept"), MqttQoS.AtMostOnce);
        Assert.Equal(MqttQoS.AtMostOnce, (await client.ReceivePublishAsync()).QoS);

        await client.SubscribeAsync(world.Topic("kept"), MqttQoS.AtLeastOnce);

        Assert.Equal(MqttQoS.AtLeastOnce, (await client.ReceivePublishAsync()).QoS);
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "", retain: true);
    }

    private static async Task LastAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "first", retain: true);
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "second", retain: true);
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "passing");
        await using RawClient client = await world.ConnectAsync("a");

        await client.SubscribeAsync(world.Topic("kept"), MqttQoS.AtMostOnce);

        ReceivedPublish kept = Assert.Single(await client.DrainAsync());
        Assert.Equal(("second", MqttQoS.AtMostOnce, true), (kept.Payload, kept.QoS, kept.Retain));
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "", retain: true);
    }

    private static async Task EmptyAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("kept"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");

        await publisher.PublishAndWaitAsync(world.Topic("kept"), "", retain: true);

        ReceivedPublish received = await client.ReceivePublishAsync();
        Assert.Equal(("", false), (received.Payload, received.Retain));
        await publisher.SubscribeAsync(world.Topic("kept"), MqttQoS.AtLeastOnce);
        Assert.Empty(await publisher.DrainAsync());
    }

    private static async Task IdentifierAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "x", retain: true);
        await using RawClient client = await world.ConnectAsync("a");

        await client.SubscribeAsync(world.Topic("kept"), new SubscriptionOptions(MqttQoS.AtLeastOnce), identifier: 42);

        Assert.Equal([42u], (await client.ReceivePublishAsync()).Properties.SubscriptionIdentifiers);
        await publisher.PublishAndWaitAsync(world.Topic("kept"), "", retain: true);
    }

    private static async Task ExpiryAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("kept/short"), "short", retain: true, properties: new MqttProperties { MessageExpiryInterval = 1 });
        await publisher.PublishAndWaitAsync(world.Topic("kept/long"), "long", retain: true, properties: new MqttProperties { MessageExpiryInterval = 600 });

        await world.LetPassAsync(keepAlive: 2);

        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("kept/+"), MqttQoS.AtMostOnce);
        ReceivedPublish received = Assert.Single(await client.DrainAsync());
        Assert.Equal("long", received.Payload);
        Assert.InRange(received.Properties.MessageExpiryInterval!.Value, 590u, 599u);
        await publisher.PublishAndWaitAsync(world.Topic("kept/long"), "", retain: true);
    }
}
