using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Shared subscriptions. [MQTT 4.8.2]</summary>
internal static class SharedScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Shared("a shared subscription gives each message to one member", OneMemberAsync),
        Shared("groups and plain subscriptions do not share with one another", GroupsAsync),
        Shared("a shared subscription brings no retained messages", RetainedAsync)
            with { MosquittoDiffers = "sends them" },
        Shared("a shared subscription delivers at the quality it was granted", QualityAsync),
        Shared("a message that a member refuses goes to nobody else", RefusedAsync),
        Shared("who leaves a group gets nothing more", LeavingAsync),
        Shared("no local on a shared subscription ends the connection", NoLocalAsync) with { MosquittoDiffers = "grants it" },
        Shared("a shared subscription needs a name without wildcards and a filter", NameAsync) with { MosquittoDiffers = "takes an empty name" },
    ];

    private static Scenario Shared(string name, Func<ScenarioWorld, Task> run) => new(name, run) { Only = MqttVersion.V5 };

    private static string Filter(ScenarioWorld world, string group = "crew") => $"$share/{group}/{world.Topic("t")}";

    private static async Task OneMemberAsync(ScenarioWorld world)
    {
        await using RawClient one = await world.ConnectAsync("one");
        await using RawClient two = await world.ConnectAsync("two");
        await one.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);
        await two.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);
        await PublishAsync(world, 6);

        List<ReceivedPublish> first = await one.DrainAsync();
        List<ReceivedPublish> second = await two.DrainAsync();
        Assert.NotEmpty(first);
        Assert.NotEmpty(second);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], first.Concat(second).Select(message => message.Payload).Order());
    }

    private static async Task GroupsAsync(ScenarioWorld world)
    {
        RawClient[] clients = [await world.ConnectAsync("a"), await world.ConnectAsync("b"), await world.ConnectAsync("c")];
        string[] filters = [Filter(world, "early"), Filter(world, "late"), world.Topic("t")];
        for (int i = 0; i < clients.Length; i++)
        {
            await clients[i].SubscribeAsync(filters[i], MqttQoS.AtLeastOnce);
        }

        await PublishAsync(world, 3);

        foreach (RawClient client in clients)
        {
            Assert.Equal(["0", "1", "2"], (await client.DrainAsync()).Select(message => message.Payload));
            await client.DisposeAsync();
        }
    }

    private static async Task RetainedAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "kept", retain: true);
        await using RawClient client = await world.ConnectAsync("a");

        await client.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);

        Assert.Empty(await client.DrainAsync());
        await publisher.PublishAndWaitAsync(world.Topic("t"), "", retain: true);
    }

    private static async Task QualityAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(Filter(world), MqttQoS.AtMostOnce);

        await PublishAsync(world, 1);

        Assert.Equal(MqttQoS.AtMostOnce, (await client.ReceivePublishAsync()).QoS);
    }

    private static async Task RefusedAsync(ScenarioWorld world)
    {
        await using RawClient one = await world.ConnectAsync("one");
        await using RawClient two = await world.ConnectAsync("two");
        await one.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);
        await two.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);
        await PublishAsync(world, 1);
        List<ReceivedPublish> first = await one.DrainAsync(acknowledge: false);
        List<ReceivedPublish> second = await two.DrainAsync(acknowledge: false);
        RawClient taker = first.Count > 0 ? one : two;

        taker.Ack(PacketType.Puback, Assert.Single(first.Concat(second)).Id, MqttReasonCode.UnspecifiedError);

        Assert.Empty(await taker.DrainAsync());
        Assert.Empty(await (taker == one ? two : one).DrainAsync());
    }

    private static async Task LeavingAsync(ScenarioWorld world)
    {
        await using RawClient one = await world.ConnectAsync("one");
        await using RawClient two = await world.ConnectAsync("two");
        await one.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);
        await two.SubscribeAsync(Filter(world), MqttQoS.AtLeastOnce);
        one.Send(buffer => new UnsubscribePacket(3, [Filter(world)]).Write(buffer, world.Version));
        RawPacket answer = await one.ReceiveAsync(PacketType.Unsuback);
        Assert.Equal([MqttReasonCode.Success], SubackPacket.Decode(answer.AsFrame(), world.Version).ReasonCodes);

        await PublishAsync(world, 4);

        Assert.Equal(4, (await two.DrainAsync()).Count);
        Assert.Empty(await one.DrainAsync());
    }

    private static async Task NoLocalAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        client.Send(buffer => new SubscribePacket(1, [new FilterRequest(Filter(world), new SubscriptionOptions(MqttQoS.AtMostOnce, NoLocal: true))]).Write(buffer, world.Version));

        await ConnectionScenarios.ExpectClosedAsync(client);
    }

    private static async Task NameAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        foreach (string filter in (string[])["$share//t", "$share/crew", "$share/crew/", "$share/cr+ew/t", "$share/cr#ew/t"])
        {
            Assert.Equal([MqttReasonCode.TopicFilterInvalid], await client.SubscribeAsync(filter, MqttQoS.AtMostOnce));
        }
    }

    private static async Task PublishAsync(ScenarioWorld world, int count)
    {
        await using RawClient publisher = await world.ConnectAsync("publisher");
        for (int i = 0; i < count; i++)
        {
            await publisher.PublishAndWaitAsync(world.Topic("t"), $"{i}");
        }
    }
}
