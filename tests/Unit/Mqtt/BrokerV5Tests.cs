using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>What only MQTT 5 knows.</summary>
public sealed class BrokerV5Tests : IAsyncLifetime
{
    private MqttBrokerHost _host = null!;

    public async Task InitializeAsync() => _host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { SysInterval = TimeSpan.Zero, TopicAliasMaximum = 2, ReceiveMaximum = 10 });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Session_expiry_decides_whether_the_session_is_still_there()
    {
        RawClient client = await ConnectAsync("a", expiry: 0);
        await client.DisconnectAsync();
        client = await ConnectAsync("a", expiry: 1, clean: false);
        Assert.False(client.Connack.SessionPresent);
        await client.DisconnectAsync();
        client = await ConnectAsync("a", expiry: 100, clean: false);
        Assert.True(client.Connack.SessionPresent);
        await client.DisconnectAsync(sessionExpiry: 0);
        client = await ConnectAsync("a", expiry: 0, clean: false);
        Assert.False(client.Connack.SessionPresent);
        client.Send(buffer => new DisconnectPacket(PacketType.Disconnect, MqttReasonCode.Success, new MqttProperties { SessionExpiryInterval = 5 }).Write(buffer, MqttVersion.V5));
        await client.ExpectEndAsync(MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task Properties_are_passed_on_as_they_came()
    {
        await using RawClient client = await ConnectAsync("a");
        await client.SubscribeAsync("t", MqttQoS.ExactlyOnce);

        await using RawClient publisher = await ConnectAsync("b");
        await publisher.PublishAndWaitAsync("t", "", properties: new MqttProperties
        {
            PayloadFormatIndicator = 1,
            ContentType = "text/plain",
            ResponseTopic = "answer",
            CorrelationData = [3, 3, 4],
            UserProperties = [new("a", "2"), new("c", "3"), new("a", "1")],
        });

        MqttProperties received = (await client.ReceivePublishAsync()).Properties;
        Assert.Equal((byte)1, received.PayloadFormatIndicator);
        Assert.Equal("text/plain", received.ContentType);
        Assert.Equal("answer", received.ResponseTopic);
        Assert.Equal([3, 3, 4], received.CorrelationData);
        Assert.Equal([new("a", "2"), new("c", "3"), new("a", "1")], received.UserProperties);
    }

    [Fact]
    public async Task An_expired_message_is_not_delivered_and_a_waiting_one_says_what_is_left()
    {
        RawClient client = await ConnectAsync("away", expiry: 100);
        await client.SubscribeAsync("t", MqttQoS.ExactlyOnce);
        await client.DisconnectAsync();
        await using RawClient publisher = await ConnectAsync("b");
        await publisher.PublishAndWaitAsync("t", "short", MqttQoS.ExactlyOnce, properties: new MqttProperties { MessageExpiryInterval = 1 });
        await publisher.PublishAndWaitAsync("t", "long", MqttQoS.AtLeastOnce, properties: new MqttProperties { MessageExpiryInterval = 600 });

        // The will of a client that is cut arrives more than a second later: the time the first message needs to expire.
        await publisher.SubscribeAsync("later", MqttQoS.AtMostOnce);
        RawClient clock = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "clock", properties: new MqttProperties { SessionExpiryInterval = 60 }, will: new MqttWill { Topic = "later", Properties = new MqttProperties { WillDelayInterval = 1 } });
        clock.Cut();
        await publisher.ReceivePublishAsync();

        await using RawClient back = await ConnectAsync("away", expiry: 100, clean: false);
        ReceivedPublish received = await back.ReceivePublishAsync();
        Assert.Equal("long", received.Payload);
        Assert.InRange(received.Properties.MessageExpiryInterval!.Value, 1u, 599u);
    }

    [Fact]
    public async Task No_local_and_retain_as_published_and_retain_handling()
    {
        await using RawClient client = await ConnectAsync("a");
        await client.SubscribeAsync("own", new SubscriptionOptions(MqttQoS.AtMostOnce, NoLocal: true));
        await client.PublishAndWaitAsync("own", "mine");
        Assert.Empty(await client.DrainAsync());

        await client.SubscribeAsync("flag", new SubscriptionOptions(MqttQoS.AtMostOnce, RetainAsPublished: true));
        await using RawClient publisher = await ConnectAsync("b");
        await publisher.PublishAndWaitAsync("flag", "f", retain: false);
        await publisher.PublishAndWaitAsync("flag", "t", retain: true);
        Assert.Equal([false, true], (await client.DrainAsync()).Select(message => message.Retain));

        await client.SubscribeAsync("#", new SubscriptionOptions(MqttQoS.AtMostOnce, RetainHandling: RetainHandling.DoNotSend));
        Assert.Empty(await client.DrainAsync());
        await client.SubscribeAsync("#", new SubscriptionOptions(MqttQoS.AtMostOnce, RetainHandling: RetainHandling.SendIfNew));
        Assert.Empty(await client.DrainAsync());
        await client.SubscribeAsync("+", new SubscriptionOptions(MqttQoS.AtMostOnce, RetainHandling: RetainHandling.SendIfNew));
        Assert.Single(await client.DrainAsync());
        await client.SubscribeAsync("#", MqttQoS.AtMostOnce);
        Assert.Single(await client.DrainAsync());
    }

    [Fact]
    public async Task Client_topic_aliases_are_resolved_and_end_with_the_connection()
    {
        RawClient client = await ConnectAsync("a", expiry: 100);
        Assert.Equal((ushort)2, client.Connack.Properties!.TopicAliasMaximum);
        await client.SubscribeAsync("t", MqttQoS.AtMostOnce);
        client.Publish("t", "one", properties: new MqttProperties { TopicAlias = 1 });
        client.Publish("", "two", properties: new MqttProperties { TopicAlias = 1 });
        List<ReceivedPublish> received = await client.DrainAsync();
        Assert.Equal([("t", "one"), ("t", "two")], received.Select(message => (message.Topic, message.Payload)));
        client.Cut();

        await using RawClient again = await ConnectAsync("a", expiry: 100, clean: false);
        again.Publish("", "three", properties: new MqttProperties { TopicAlias = 1 });
        await again.ExpectEndAsync(MqttReasonCode.TopicAliasInvalid);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_topic_alias_out_of_range_ends_the_connection(ushort alias)
    {
        await using RawClient client = await ConnectAsync("a");

        client.Publish("t", "x", properties: new MqttProperties { TopicAlias = alias });

        await client.ExpectEndAsync(MqttReasonCode.TopicAliasInvalid);
    }

    [Fact]
    public async Task Server_topic_aliases_stand_for_the_topic_after_its_first_message()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a", properties: new MqttProperties { TopicAliasMaximum = 1 });
        await client.SubscribeAsync("+", MqttQoS.ExactlyOnce);
        await using RawClient publisher = await ConnectAsync("b");
        List<ReceivedPublish> seen = [];
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await publisher.PublishAndWaitAsync("t", "", qos);
            seen.Add(await client.ReceivePublishAsync());
        }

        await publisher.PublishAndWaitAsync("u", "", MqttQoS.AtMostOnce);
        seen.Add(await client.ReceivePublishAsync());

        Assert.Equal([("t", 1), ("", 1), ("", 1), ("u", null)], seen.Select(message => (message.Topic, (int?)message.Properties.TopicAlias)));
    }

    [Fact]
    public async Task A_packet_larger_than_the_client_accepts_is_not_sent()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a", properties: new MqttProperties { MaximumPacketSize = 64 });
        await client.SubscribeAsync("t", MqttQoS.AtLeastOnce);
        await using RawClient publisher = await ConnectAsync("b");
        await publisher.PublishAndWaitAsync("t", new string('.', 64));
        await publisher.PublishAndWaitAsync("t", new string('.', 32));

        Assert.Equal(32, (await client.ReceivePublishAsync()).Payload.Length);
        Assert.Empty(await client.DrainAsync());
    }

    [Fact]
    public async Task A_keep_alive_above_the_limit_is_lowered_and_said()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a", keepAlive: 120);

        Assert.Equal((ushort)60, client.Connack.Properties!.ServerKeepAlive);
    }

    [Fact]
    public async Task The_receive_maximum_of_the_client_holds_further_messages_back()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a", properties: new MqttProperties { ReceiveMaximum = 2 });
        await client.SubscribeAsync("t", MqttQoS.AtLeastOnce);
        await using RawClient publisher = await ConnectAsync("b");
        foreach (string payload in (string[])["1", "2", "3"])
        {
            await publisher.PublishAndWaitAsync("t", payload);
        }

        List<ReceivedPublish> window = await client.DrainAsync(acknowledge: false);
        Assert.Equal(["1", "2"], window.Select(message => message.Payload));
        client.Ack(PacketType.Puback, window[0].Id);
        Assert.Equal("3", (await client.ReceivePublishAsync()).Payload);
    }

    [Fact]
    public async Task More_unacknowledged_messages_than_the_receive_maximum_end_the_connection()
    {
        await using RawClient client = await ConnectAsync("a");
        Assert.Equal((ushort)10, client.Connack.Properties!.ReceiveMaximum);
        for (ushort id = 1; id <= 11; id++)
        {
            client.Publish("t", "", MqttQoS.ExactlyOnce, id);
        }

        for (int i = 0; i < 10; i++)
        {
            await client.ReceiveAsync(PacketType.Pubrec);
        }

        await client.ExpectEndAsync(MqttReasonCode.ReceiveMaximumExceeded);
    }

    [Fact]
    public async Task A_delayed_will_is_cancelled_by_a_reconnect_and_sent_when_the_session_ends_first()
    {
        await using RawClient witness = await ConnectAsync("witness");
        await witness.SubscribeAsync("will/#", MqttQoS.AtMostOnce);
        MqttWill Will(string name, uint delay) => new() { Topic = "will/" + name, Properties = new MqttProperties { WillDelayInterval = delay } };
        MqttProperties hour = new() { SessionExpiryInterval = 3600 };

        (await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "back", properties: hour, will: Will("back", 1))).Cut();
        (await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "short", properties: new MqttProperties(), will: Will("short", 60))).Cut();
        Assert.Equal("will/short", (await witness.ReceivePublishAsync()).Topic);
        await using RawClient back = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "back", clean: false, properties: hour);
        (await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "late", properties: hour, will: Will("late", 2))).Cut();
        Assert.Equal("will/late", (await witness.ReceivePublishAsync()).Topic);
    }

    [Fact]
    public async Task Disconnect_with_will_publishes_it()
    {
        await using RawClient witness = await ConnectAsync("witness");
        await witness.SubscribeAsync("will", MqttQoS.AtMostOnce);
        RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a", will: new MqttWill { Topic = "will" });

        await client.DisconnectAsync(MqttReasonCode.DisconnectWithWill);

        Assert.Equal("will", (await witness.ReceivePublishAsync()).Topic);
    }

    [Fact]
    public async Task A_shared_subscription_gives_each_message_to_one_member()
    {
        await using RawClient one = await ConnectAsync("one");
        await using RawClient two = await ConnectAsync("two");
        await using RawClient all = await ConnectAsync("all");
        await one.SubscribeAsync("$share/crew/t", MqttQoS.AtLeastOnce);
        await two.SubscribeAsync("$share/crew/t", MqttQoS.AtLeastOnce);
        await all.SubscribeAsync("t", MqttQoS.AtLeastOnce);
        await using RawClient publisher = await ConnectAsync("p");
        for (int i = 0; i < 6; i++)
        {
            await publisher.PublishAndWaitAsync("t", $"{i}");
        }

        string[] first = [.. (await one.DrainAsync()).Select(message => message.Payload)];
        string[] second = [.. (await two.DrainAsync()).Select(message => message.Payload)];
        Assert.Equal(3, first.Length);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], first.Concat(second).Order());
        Assert.Equal(6, (await all.DrainAsync()).Count);

        two.Cut();
        await publisher.PublishAndWaitAsync("t", "6");
        one.Send(buffer => new SubscribePacket(1, [new FilterRequest("$share/crew/t", new SubscriptionOptions(MqttQoS.AtMostOnce, NoLocal: true))]).Write(buffer, MqttVersion.V5));
    }

    [Theory]
    [InlineData("$share/g")]
    [InlineData("$share//t")]
    [InlineData("$share/g/a+")]
    public async Task A_shared_subscription_that_breaks_the_rules_is_refused(string filter)
    {
        await using RawClient client = await ConnectAsync("a");

        Assert.Equal([MqttReasonCode.TopicFilterInvalid], await client.SubscribeAsync(filter, MqttQoS.AtMostOnce));
    }

    [Theory]
    [InlineData("a/#/b")]
    [InlineData("a+")]
    [InlineData("")]
    public async Task A_filter_that_breaks_the_rules_ends_the_connection(string filter)
    {
        await using RawClient client = await ConnectAsync("a");

        client.Send(buffer => new SubscribePacket(1, [new FilterRequest(filter, default)]).Write(buffer, MqttVersion.V5));

        await client.ExpectEndAsync(MqttReasonCode.MalformedPacket);
    }

    [Fact]
    public async Task A_client_too_small_for_the_answer_to_SUBSCRIBE_is_told_so()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "a", properties: new MqttProperties { MaximumPacketSize = 20 });
        FilterRequest[] filters = [.. Enumerable.Range(0, 20).Select(i => new FilterRequest($"{i}", default))];

        client.Send(buffer => new SubscribePacket(1, filters).Write(buffer, MqttVersion.V5));

        await client.ExpectEndAsync(MqttReasonCode.PacketTooLarge);
    }

    [Fact]
    public async Task An_authentication_method_is_refused()
    {
        await using RawClient client = await RawClient.ConnectAsync(
            _host.Port, MqttVersion.V5, "a", properties: new MqttProperties { AuthenticationMethod = "SCRAM-SHA-1" }, expected: MqttReasonCode.BadAuthenticationMethod);

        Assert.Null(await client.ReceiveAsync());
    }

    private Task<RawClient> ConnectAsync(string clientId, uint expiry = 0, bool clean = true) =>
        RawClient.ConnectAsync(_host.Port, MqttVersion.V5, clientId, clean, new MqttProperties { SessionExpiryInterval = expiry });
}
