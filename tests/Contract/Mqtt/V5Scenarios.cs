using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>What only MQTT 5 knows.</summary>
internal static class V5Scenarios
{
    private static readonly MqttProperties Hour = new() { SessionExpiryInterval = 3600 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        V5("session expiry decides whether the session is still there", SessionExpiryAsync),
        V5("a session ends after its seconds", SessionEndsAsync) with { IsTimed = true },
        V5("DISCONNECT changes the session expiry", ExpiryOnDisconnectAsync) with { IsTimed = true },
        V5("message expiry is counted while the message waits", MessageExpiryAsync) with { IsTimed = true },
        V5("properties are passed on as they came", PropertiesAsync),
        V5("a retained message keeps its properties", RetainedPropertiesAsync),
        V5("no local", NoLocalAsync),
        V5("retain as published", RetainAsPublishedAsync),
        V5("retain handling", RetainHandlingAsync),
        V5("subscription identifiers", IdentifiersAsync),
        V5("overlapping subscriptions deliver once with all identifiers", OverlappingIdentifiersAsync)
            with { MosquittoDiffers = "sends one message for each subscription" },
        V5("a subscription made again takes its new options and identifier", NewOptionsAsync) with { MosquittoDiffers = "keeps the options" },
        V5("a publisher learns that nobody subscribes", NobodyAsync),
        V5("a topic alias may be given to another topic", AliasMovedAsync),
        V5("client topic aliases end with the connection", ClientAliasAsync),
        V5("topic alias 0 ends the connection", AliasZeroAsync) with { MosquittoDiffers = "calls it a malformed packet" },
        V5("a topic alias above the maximum ends the connection", AliasAboveAsync),
        V5("the server uses topic aliases where the client allows them", ServerAliasAsync) with { MosquittoDiffers = "never uses topic aliases" },
        V5("a longer keep-alive is lowered and said", ServerKeepAliveAsync) with { MosquittoDiffers = "grants 65,535 s until configured" },
        V5("a delayed will waits, a reconnect cancels it, the session's end hastens it", WillDelayAsync)
            with { IsTimed = true, MosquittoDiffers = "waits for the delay although the session is over" },
        V5("DISCONNECT with will publishes it", DisconnectWithWillAsync),
        V5("a broken packet is answered with its reason", ReasonAsync) with { MosquittoDiffers = "closes without a reason" },
    ];

    private static Scenario V5(string name, Func<ScenarioWorld, Task> run) => new(name, run) { Only = MqttVersion.V5 };

    private static MqttProperties Expiry(uint seconds) => new() { SessionExpiryInterval = seconds };

    private static async Task SessionExpiryAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectAsync("a", Expiry(0));
        await client.DisconnectAsync();
        client = await world.ConnectAsync("a", Expiry(100), clean: false);
        Assert.False(client.Connack.SessionPresent);
        await client.DisconnectAsync();
        await using RawClient again = await world.ConnectAsync("a", Expiry(0), clean: false);
        Assert.True(again.Connack.SessionPresent);
    }

    private static async Task SessionEndsAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectAsync("a", Expiry(1));
        await client.DisconnectAsync();

        await world.LetPassAsync(keepAlive: 2);

        await using RawClient again = await world.ConnectAsync("a", Expiry(1), clean: false);
        Assert.False(again.Connack.SessionPresent);
    }

    private static async Task ExpiryOnDisconnectAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectAsync("a", Expiry(1));
        await client.DisconnectAsync(sessionExpiry: 600);
        await world.LetPassAsync(keepAlive: 2);
        client = await world.ConnectAsync("a", Expiry(600), clean: false);
        Assert.True(client.Connack.SessionPresent);

        await client.DisconnectAsync(sessionExpiry: 0);

        await using RawClient again = await world.ConnectAsync("a", Expiry(0), clean: false);
        Assert.False(again.Connack.SessionPresent);
    }

    private static async Task MessageExpiryAsync(ScenarioWorld world)
    {
        RawClient away = await world.ConnectAsync("away", Hour);
        await away.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await away.DisconnectAsync();
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "short", MqttQoS.AtLeastOnce, properties: new MqttProperties { MessageExpiryInterval = 1 });
        await publisher.PublishAndWaitAsync(world.Topic("t"), "long", MqttQoS.ExactlyOnce, properties: new MqttProperties { MessageExpiryInterval = 600 });

        await world.LetPassAsync(keepAlive: 2);

        await using RawClient back = await world.ConnectAsync("away", Hour, clean: false);
        ReceivedPublish received = (await back.TakeAsync(1))[0];
        Assert.Equal("long", received.Payload);
        Assert.InRange(received.Properties.MessageExpiryInterval!.Value, 590u, 599u);
    }

    private static MqttProperties Everything(string responseTopic) => new()
    {
        PayloadFormatIndicator = 1,
        ContentType = "text/plain",
        ResponseTopic = responseTopic,
        CorrelationData = [3, 3, 4],
        UserProperties = [new("a", "2"), new("c", "3"), new("a", "1")],
    };

    private static void AssertEverything(MqttProperties received, string responseTopic)
    {
        Assert.Equal((byte)1, received.PayloadFormatIndicator);
        Assert.Equal("text/plain", received.ContentType);
        Assert.Equal(responseTopic, received.ResponseTopic);
        Assert.Equal([3, 3, 4], received.CorrelationData);
        Assert.Equal([new("a", "2"), new("c", "3"), new("a", "1")], received.UserProperties);
    }

    private static async Task PropertiesAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await publisher.PublishAndWaitAsync(world.Topic("t"), "x", qos, properties: Everything(world.Topic("answer")));
            AssertEverything((await client.ReceivePublishAsync()).Properties, world.Topic("answer"));
        }
    }

    private static async Task RetainedPropertiesAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "x", retain: true, properties: Everything(world.Topic("answer")));
        await using RawClient client = await world.ConnectAsync("a");

        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtLeastOnce);

        AssertEverything((await client.ReceivePublishAsync()).Properties, world.Topic("answer"));
        await publisher.PublishAndWaitAsync(world.Topic("t"), "", retain: true);
    }

    private static async Task NoLocalAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await using RawClient other = await world.ConnectAsync("b");
        await client.SubscribeAsync(world.Topic("own"), new SubscriptionOptions(MqttQoS.AtLeastOnce, NoLocal: true));
        await other.SubscribeAsync(world.Topic("own"), new SubscriptionOptions(MqttQoS.AtLeastOnce, NoLocal: true));

        await client.PublishAndWaitAsync(world.Topic("own"), "mine");

        Assert.Equal("mine", (await other.ReceivePublishAsync()).Payload);
        Assert.Empty(await client.DrainAsync());
    }

    private static async Task RetainAsPublishedAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("flag"), new SubscriptionOptions(MqttQoS.AtMostOnce, RetainAsPublished: true));
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("flag"), "f", retain: false);
        await publisher.PublishAndWaitAsync(world.Topic("flag"), "t", retain: true);
        Assert.Equal([false, true], (await client.DrainAsync()).Select(message => message.Retain));
        await publisher.PublishAndWaitAsync(world.Topic("flag"), "", retain: true);
    }

    private static async Task RetainHandlingAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync(world.Topic("h"), "x", retain: true);
        await using RawClient client = await world.ConnectAsync("a");
        (RetainHandling Handling, string Filter, int Expected)[] table =
        [
            (RetainHandling.DoNotSend, "h", 0),
            (RetainHandling.SendIfNew, "h", 0),
            (RetainHandling.SendIfNew, "+", 1),
            (RetainHandling.Send, "h", 1),
            (RetainHandling.Send, "h", 1),
        ];
        foreach ((RetainHandling handling, string filter, int expected) in table)
        {
            await client.SubscribeAsync(world.Topic(filter), new SubscriptionOptions(MqttQoS.AtMostOnce, RetainHandling: handling));
            Assert.Equal(expected, (await client.DrainAsync()).Count);
        }

        await publisher.PublishAndWaitAsync(world.Topic("h"), "", retain: true);
    }

    private static async Task IdentifiersAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("i"), new SubscriptionOptions(MqttQoS.AtMostOnce), identifier: 268_435_455);
        await client.SubscribeAsync(world.Topic("j/#"), new SubscriptionOptions(MqttQoS.AtMostOnce), identifier: 2);
        await using RawClient publisher = await world.ConnectAsync("b");

        await publisher.PublishAndWaitAsync(world.Topic("i"), "x");
        await publisher.PublishAndWaitAsync(world.Topic("j/k"), "x");

        Assert.Equal([268_435_455u], (await client.ReceivePublishAsync()).Properties.SubscriptionIdentifiers);
        Assert.Equal([2u], (await client.ReceivePublishAsync()).Properties.SubscriptionIdentifiers);
    }

    private static async Task OverlappingIdentifiersAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("o"), new SubscriptionOptions(MqttQoS.ExactlyOnce), identifier: 2);
        await client.SubscribeAsync(world.Topic("o/#"), new SubscriptionOptions(MqttQoS.AtLeastOnce), identifier: 3);
        await using RawClient publisher = await world.ConnectAsync("b");

        await publisher.PublishAndWaitAsync(world.Topic("o"), "x", MqttQoS.AtLeastOnce);

        ReceivedPublish received = Assert.Single(await client.DrainAsync());
        Assert.Equal([2u, 3u], received.Properties.SubscriptionIdentifiers.Order());
    }

    private static async Task NewOptionsAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), new SubscriptionOptions(MqttQoS.AtMostOnce, NoLocal: true), identifier: 7);
        await client.PublishAndWaitAsync(world.Topic("t"), "own");
        Assert.Empty(await client.DrainAsync());
        await client.SubscribeAsync(world.Topic("t"), new SubscriptionOptions(MqttQoS.AtMostOnce));

        client.Publish(world.Topic("t"), "own");

        Assert.Empty(Assert.Single(await client.DrainAsync()).Properties.SubscriptionIdentifiers);
    }

    private static async Task NobodyAsync(ScenarioWorld world)
    {
        await using RawClient publisher = await world.ConnectAsync("b");
        publisher.Publish(world.Topic("t"), "x", MqttQoS.AtLeastOnce, 1);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await publisher.ReceiveAsync(PacketType.Puback)).Reason);
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtMostOnce);

        publisher.Publish(world.Topic("t"), "x", MqttQoS.AtLeastOnce, 1);

        Assert.Equal(MqttReasonCode.Success, (await publisher.ReceiveAsync(PacketType.Puback)).Reason);
    }

    private static async Task AliasMovedAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("+"), MqttQoS.AtMostOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        foreach (string topic in (string[])[world.Topic("one"), "", world.Topic("two"), ""])
        {
            publisher.Publish(topic, "x", properties: new MqttProperties { TopicAlias = 1 });
        }

        List<ReceivedPublish> received = await client.TakeAsync(4);
        Assert.Equal([world.Topic("one"), world.Topic("one"), world.Topic("two"), world.Topic("two")], received.Select(message => message.Topic));
        Assert.All(received, message => Assert.Null(message.Properties.TopicAlias));
    }

    private static async Task ClientAliasAsync(ScenarioWorld world)
    {
        RawClient client = await world.ConnectAsync("a", Hour);
        Assert.True(client.Connack.Properties!.TopicAliasMaximum > 0);
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.AtMostOnce);
        client.Publish(world.Topic("t"), "one", properties: new MqttProperties { TopicAlias = 1 });
        client.Publish("", "two", properties: new MqttProperties { TopicAlias = 1 });
        Assert.Equal([(world.Topic("t"), "one"), (world.Topic("t"), "two")], (await client.TakeAsync(2)).Select(message => (message.Topic, message.Payload)));
        client.Cut();

        await using RawClient again = await world.ConnectAsync("a", Hour, clean: false);
        again.Publish("", "three", properties: new MqttProperties { TopicAlias = 1 });
        Assert.Equal(PacketType.Disconnect, (await again.ReceiveAsync())?.Type);
    }

    private static async Task AliasZeroAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        client.Publish(world.Topic("t"), "x", MqttQoS.AtLeastOnce, properties: new MqttProperties { TopicAlias = 0 });

        await client.ExpectEndAsync(MqttReasonCode.TopicAliasInvalid);
    }

    private static async Task AliasAboveAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        ushort above = (ushort)(client.Connack.Properties!.TopicAliasMaximum!.Value + 1);

        client.Publish(world.Topic("t"), "x", properties: new MqttProperties { TopicAlias = above });

        await client.ExpectEndAsync(MqttReasonCode.TopicAliasInvalid);
    }

    private static async Task ServerAliasAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", new MqttProperties { TopicAliasMaximum = 1 });
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        List<ReceivedPublish> seen = [];
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await publisher.PublishAndWaitAsync(world.Topic("t"), "", qos);
            seen.Add(await client.ReceivePublishAsync());
        }

        Assert.Equal([(world.Topic("t"), 1), ("", 1), ("", 1)], seen.Select(message => (message.Topic, (int?)message.Properties.TopicAlias)));
    }

    private static async Task ServerKeepAliveAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", keepAlive: 120);

        Assert.Equal((ushort)60, client.Connack.Properties!.ServerKeepAlive);
    }

    private static async Task WillDelayAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will/#"), MqttQoS.AtMostOnce);
        MqttWill Will(string name, uint delay) => new() { Topic = world.Topic("will/" + name), Properties = new MqttProperties { WillDelayInterval = delay } };

        (await world.ConnectAsync("back", Hour, Will("back", 1))).Cut();
        (await world.ConnectAsync("short", Expiry(0), Will("short", 60))).Cut();
        Assert.Equal(world.Topic("will/short"), (await witness.ReceivePublishAsync()).Topic);
        await using RawClient back = await world.ConnectAsync("back", Hour, clean: false);
        (await world.ConnectAsync("late", Hour, Will("late", 2))).Cut();
        Assert.Equal(world.Topic("will/late"), (await witness.ReceivePublishAsync()).Topic);
    }

    private static async Task DisconnectWithWillAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);
        RawClient client = await world.ConnectAsync("a", will: new MqttWill { Topic = world.Topic("will") });

        await client.DisconnectAsync(MqttReasonCode.DisconnectWithWill);

        Assert.Equal(world.Topic("will"), (await witness.ReceivePublishAsync()).Topic);
    }

    private static async Task ReasonAsync(ScenarioWorld world)
    {
        (byte[] Packet, MqttReasonCode Reason)[] table =
        [
            ([0x36, 5, 0, 1, 0x61, 0, 1], MqttReasonCode.MalformedPacket),
            ([0x20, 3, 0, 0, 0], MqttReasonCode.ProtocolError),
        ];
        foreach ((byte[] packet, MqttReasonCode reason) in table)
        {
            await using RawClient client = await world.ConnectAsync("a");
            client.Send(packet);
            await client.ExpectEndAsync(reason);
        }
    }
}
