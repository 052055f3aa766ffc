using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Publishing and subscribing.</summary>
internal static class DeliveryScenarios
{
    private static readonly MqttQoS[] Qualities = Enum.GetValues<MqttQoS>();

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("a message arrives with the lower quality of service", LowerQualityAsync),
        new("messages of one publisher keep their order", OrderAsync),
        new("an empty message is delivered", EmptyMessageAsync),
        new("a large message is delivered whole", LargeMessageAsync),
        new("the longest topic and odd characters are kept", OddTopicsAsync),
        new("a message sent again before its release is delivered once", ExactlyOnceAsync),
        new("an unknown release is completed", UnknownReleaseAsync),
        new("a QoS 2 message is passed on when it is released", HeldAsync),
        new("the publisher's duplicate flag is not passed on", DuplicateAsync),
        new("overlapping subscriptions deliver at the highest quality", OverlappingAsync)
        {
            MosquittoDiffers = "delivers once, at the quality of the subscription it finds first",
            MosquittoDiffersIn = MqttVersion.V311,
        },
        new("several filters in one SUBSCRIBE are answered in their order", SeveralFiltersAsync),
        new("wildcards match whole levels", WildcardsAsync),
        new("no leading wildcard matches a topic that begins with $", DollarAsync),
        new("a subscription made again replaces the older one", ReplacedAsync),
        new("a filter that breaks the rules ends the connection", BrokenFilterAsync),
        new("topics differ by case and by a leading or trailing slash", DifferentTopicsAsync),
        new("messages of every length of the length field are delivered whole", LengthsAsync),
        new("topics and filters may have two hundred separators", DeepTopicAsync),
        new("after UNSUBSCRIBE nothing more comes", UnsubscribeAsync),
    ];

    private static async Task LowerQualityAsync(ScenarioWorld world)
    {
        foreach (MqttQoS granted in Qualities)
        {
            await using RawClient client = await world.ConnectAsync("a");
            Assert.Equal([(MqttReasonCode)granted], await client.SubscribeAsync(world.Topic("q"), granted));
            await using RawClient publisher = await world.ConnectAsync("b");
            foreach (MqttQoS qos in Qualities)
            {
                await publisher.PublishAndWaitAsync(world.Topic("q"), "x", qos);
                ReceivedPublish received = await client.ReceivePublishAsync();
                Assert.Equal(qos < granted ? qos : granted, received.QoS);
                Assert.False(received.Retain);
            }
        }
    }

    private static async Task OrderAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("o"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        for (ushort i = 1; i <= 50; i++)
        {
            publisher.Publish(world.Topic("o"), $"{i}", MqttQoS.AtLeastOnce, i);
        }

        for (int i = 1; i <= 50; i++)
        {
            Assert.Equal($"{i}", (await client.ReceivePublishAsync()).Payload);
        }
    }

    private static async Task EmptyMessageAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("e"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (MqttQoS qos in Qualities)
        {
            await publisher.PublishAndWaitAsync(world.Topic("e"), "", qos);
            Assert.Equal("", (await client.ReceivePublishAsync()).Payload);
        }
    }

    private static async Task LargeMessageAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("large"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        string payload = new('x', 500_000);

        await publisher.PublishAndWaitAsync(world.Topic("large"), payload);

        Assert.Equal(payload, (await client.ReceivePublishAsync()).Payload);
    }

    private static async Task OddTopicsAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await using RawClient publisher = await world.ConnectAsync("b");
        string stem = world.Topic("");
        string[] topics = [stem, stem + "/", stem + "\uFEFF line 1 füller 瓶", stem + new string('t', 65_535 - stem.Length)];
        foreach (string topic in topics)
        {
            Assert.Equal([MqttReasonCode.GrantedQoS1], await client.SubscribeAsync(topic, MqttQoS.AtLeastOnce));
            await publisher.PublishAndWaitAsync(topic, "x");
            Assert.Equal(topic, (await client.ReceivePublishAsync()).Topic);
        }
    }

    private static async Task ExactlyOnceAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("once"), MqttQoS.AtMostOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        publisher.Publish(world.Topic("once"), "1", MqttQoS.ExactlyOnce, 7);
        await publisher.ReceiveAsync(PacketType.Pubrec);
        publisher.Publish(world.Topic("once"), "1", MqttQoS.ExactlyOnce, 7, duplicate: true);
        await publisher.ReceiveAsync(PacketType.Pubrec);
        publisher.Ack(PacketType.Pubrel, 7);
        await publisher.ReceiveAsync(PacketType.Pubcomp);
        publisher.Publish(world.Topic("once"), "2", MqttQoS.ExactlyOnce, 7);
        await publisher.ReceiveAsync(PacketType.Pubrec);
        publisher.Ack(PacketType.Pubrel, 7);
        await publisher.ReceiveAsync(PacketType.Pubcomp);

        Assert.Equal(["1", "2"], (await client.DrainAsync()).Select(message => message.Payload));
    }

    private static async Task HeldAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("held"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        publisher.Publish(world.Topic("held"), "x", MqttQoS.ExactlyOnce, 7);
        await publisher.ReceiveAsync(PacketType.Pubrec);
        Assert.Empty(await client.DrainAsync());

        publisher.Ack(PacketType.Pubrel, 7);

        Assert.Equal("x", (await client.ReceivePublishAsync()).Payload);
    }

    private static async Task DuplicateAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("dup"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");

        publisher.Publish(world.Topic("dup"), "x", MqttQoS.AtLeastOnce, 7, duplicate: true);

        Assert.False((await client.ReceivePublishAsync()).Duplicate);
    }

    private static async Task ReplacedAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("r"), MqttQoS.AtMostOnce);
        await client.SubscribeAsync(world.Topic("r"), MqttQoS.AtLeastOnce);
        await using RawClient publisher = await world.ConnectAsync("b");

        await publisher.PublishAndWaitAsync(world.Topic("r"), "x", MqttQoS.ExactlyOnce);

        Assert.Equal(MqttQoS.AtLeastOnce, Assert.Single(await client.DrainAsync()).QoS);
    }

    private static async Task BrokenFilterAsync(ScenarioWorld world)
    {
        foreach (string filter in (string[])["a/#/b", "a#", "+a", "a/b+/c", "#/", "##", new('/', 201)])
        {
            await using RawClient client = await world.ConnectAsync("a");
            client.Send(buffer => new SubscribePacket(1, [new FilterRequest(filter, default)]).Write(buffer, world.Version));
            await ConnectionScenarios.ExpectClosedAsync(client, $"after SUBSCRIBE '{filter}'");
        }
    }

    private static async Task DifferentTopicsAsync(ScenarioWorld world)
    {
        string[] topics = [.. new[] { "a", "A", "/a", "a/", "a b" }.Select(world.Topic)];
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(topics[0], MqttQoS.AtMostOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (string topic in topics)
        {
            await publisher.PublishAndWaitAsync(topic, "x");
        }

        Assert.Equal(topics[0], Assert.Single(await client.DrainAsync()).Topic);
    }

    private static async Task LengthsAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtMostOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (int size in (int[])[0, 100, 110, 128, 16_000, 16_384, 2_097_152])
        {
            await publisher.PublishAndWaitAsync(world.Topic("t"), new string('x', size));
            Assert.Equal(size, (await client.ReceivePublishAsync()).Payload.Length);
        }
    }

    private static async Task DeepTopicAsync(ScenarioWorld world)
    {
        string stem = world.Topic("");
        string deep = stem + new string('/', 200 - stem.Count(letter => letter == '/'));
        await using RawClient client = await world.ConnectAsync("a");
        Assert.Equal([MqttReasonCode.Success], await client.SubscribeAsync(deep, MqttQoS.AtMostOnce));

        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(deep, "y");
        Assert.Contains(await client.DrainAsync(), message => message.Payload == "y");
    }

    private static async Task UnknownReleaseAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        client.Ack(PacketType.Pubrel, 99);

        Assert.Equal(99, (await client.ReceiveAsync(PacketType.Pubcomp)).Id);
    }

    private static async Task OverlappingAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("o/+"), MqttQoS.AtLeastOnce);
        await client.SubscribeAsync(world.Topic("o/#"), MqttQoS.ExactlyOnce);
        await client.SubscribeAsync(world.Topic("o/c"), MqttQoS.AtMostOnce);
        await using RawClient publisher = await world.ConnectAsync("b");

        await publisher.PublishAndWaitAsync(world.Topic("o/c"), "x", MqttQoS.ExactlyOnce);

        // One message with the highest quality, or one for each subscription. [MQTT-3.3.5-1]
        List<ReceivedPublish> all = [.. await client.TakeAsync(1), .. await client.DrainAsync()];
        Assert.True(all.Count is 1 or 3, $"{all.Count} messages");
        Assert.Equal(MqttQoS.ExactlyOnce, all.Max(message => message.QoS));
    }

    private static async Task SeveralFiltersAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        FilterRequest[] filters = [.. new[] { 2, 0, 1 }.Select(qos => new FilterRequest(world.Topic($"s/{qos}"), new SubscriptionOptions((MqttQoS)qos)))];

        client.Send(buffer => new SubscribePacket(11, filters).Write(buffer, world.Version));

        RawPacket answer = await client.ReceiveAsync(PacketType.Suback);
        Assert.Equal(11, answer.Id);
        Assert.Equal([MqttReasonCode.GrantedQoS2, MqttReasonCode.Success, MqttReasonCode.GrantedQoS1], SubackPacket.Decode(answer.AsFrame(), world.Version).ReasonCodes);
    }

    private static async Task WildcardsAsync(ScenarioWorld world)
    {
        (string Filter, string[] Matches, string[] Not)[] table =
        [
            ("w/+/z", ["w/a/z", "w//z"], ["w/z", "w/a/b/z", "w/a/Z"]),
            ("v/#", ["v", "v/a", "v/a/b", "v/"], ["vv/a"]),
            ("+/u", ["u/u"], ["u", "u/u/u"]),
        ];
        await using RawClient client = await world.ConnectAsync("a");
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach ((string filter, string[] matches, string[] not) in table)
        {
            await client.SubscribeAsync(world.Topic(filter), MqttQoS.AtMostOnce);
            foreach (string topic in matches.Concat(not))
            {
                await publisher.PublishAndWaitAsync(world.Topic(topic), "x");
            }

            Assert.Equal(matches.Select(world.Topic), (await client.DrainAsync()).Select(message => message.Topic));
        }
    }

    private static async Task DollarAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync("#", MqttQoS.AtMostOnce);
        await client.SubscribeAsync("+/+/B", MqttQoS.AtMostOnce);
        await client.DrainAsync();
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.DollarTopic("B"), "hidden");
        Assert.DoesNotContain(await client.DrainAsync(), message => message.Payload == "hidden");

        await client.SubscribeAsync(world.DollarTopic("+"), MqttQoS.AtMostOnce);
        await publisher.PublishAndWaitAsync(world.DollarTopic("B"), "seen");
        Assert.Contains(await client.DrainAsync(), message => message.Payload == "seen");
    }

    private static async Task UnsubscribeAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("one"), MqttQoS.ExactlyOnce);
        await client.SubscribeAsync(world.Topic("two"), MqttQoS.ExactlyOnce);
        client.Send(buffer => new UnsubscribePacket(3, [world.Topic("one"), world.Topic("never")]).Write(buffer, world.Version));
        RawPacket answer = await client.ReceiveAsync(PacketType.Unsuback);
        Assert.Equal(3, answer.Id);
        IReadOnlyList<MqttReasonCode> expected = world.Version == MqttVersion.V5 ? [MqttReasonCode.Success, MqttReasonCode.NoSubscriptionExisted] : [];
        Assert.Equal(expected, SubackPacket.Decode(answer.AsFrame(), world.Version).ReasonCodes);

        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("one"), "");
        await publisher.PublishAndWaitAsync(world.Topic("two"), "");

        Assert.Equal(world.Topic("two"), (await client.ReceivePublishAsync()).Topic);
        Assert.Empty(await client.DrainAsync());
    }
}
