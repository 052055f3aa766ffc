using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>The broker's behaviour on the wire, in both versions where both know it.</summary>
public sealed class BrokerTests : IAsyncLifetime
{
    private MqttBrokerHost _host = null!;

    public static TheoryData<MqttVersion> Versions => [MqttVersion.V311, MqttVersion.V5];

    public static TheoryData<MqttVersion, MqttQoS> VersionsAndQoS
    {
        get
        {
            TheoryData<MqttVersion, MqttQoS> data = [];
            foreach (MqttVersion version in Enum.GetValues<MqttVersion>())
            {
                foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
                {
                    data.Add(version, qos);
                }
            }

            return data;
        }
    }

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private int Port => _host.Port;

    public async Task InitializeAsync() => _host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { SysInterval = TimeSpan.Zero, TopicAliasMaximum = 2, ReceiveMaximum = 10 });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task A_message_goes_to_its_subscriber_with_the_lower_quality_of_service(MqttVersion version, MqttQoS granted)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, version, "a");
        Assert.Equal([(MqttReasonCode)granted], await client.SubscribeAsync("TopicA", granted));

        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "b");
            await publisher.PublishAndWaitAsync("TopicA", "x", qos);
            ReceivedPublish received = await client.ReceivePublishAsync();
            Assert.Equal(qos < granted ? qos : granted, received.QoS);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_second_connect_ends_the_connection(MqttVersion version)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, version, "a");

        client.Send(buffer => new ConnectPacket { Version = version, ClientId = "a", CleanStart = true }.Write(buffer));

        await client.ExpectEndAsync(MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task A_wrong_protocol_name_ends_the_connection_and_an_unknown_level_is_answered()
    {
        await using RawClient wrongName = await RawClient.OpenAsync(Port);
        wrongName.Send([0x10, 12, 0, 2, (byte)'h', (byte)'j', 4, 2, 0, 30, 0, 2, (byte)'i', (byte)'d']);
        Assert.Null(await wrongName.ReceiveAsync());

        await using RawClient wrongLevel = await RawClient.OpenAsync(Port);
        wrongLevel.Send([0x10, 14, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 9, 2, 0, 30, 0, 2, (byte)'i', (byte)'d']);
        RawPacket answer = await wrongLevel.ReceiveAsync(PacketType.Connack);
        Assert.Equal([0, 1], answer.Body);
        Assert.Null(await wrongLevel.ReceiveAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_empty_client_identifier_needs_a_clean_session_in_3_1_1_and_is_assigned_in_5(MqttVersion version)
    {
        await using RawClient clean = await RawClient.ConnectAsync(Port, version, "");
        Assert.Equal(version == MqttVersion.V5, clean.Connack.Properties?.AssignedClientIdentifier is { Length: > 0 });

        if (version == MqttVersion.V311)
        {
            await using RawClient resumed = await RawClient.ConnectAsync(Port, version, "", clean: false, expected: MqttReasonCode.ClientIdentifierNotValid);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Retained_messages_come_with_the_subscription_until_an_empty_one_clears_them(MqttVersion version)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, version, "a");
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await client.PublishAndWaitAsync($"kept/{(int)qos}", $"qos {(int)qos}", qos, retain: true);
        }

        await client.SubscribeAsync("kept/+", MqttQoS.ExactlyOnce);
        List<ReceivedPublish> kept = await client.DrainAsync();
        Assert.Equal(["qos 0", "qos 1", "qos 2"], kept.Select(message => message.Payload).Order());
        Assert.All(kept, message => Assert.True(message.Retain));

        await using RawClient other = await RawClient.ConnectAsync(Port, version, "b");
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await other.PublishAndWaitAsync($"kept/{(int)qos}", "", qos, retain: true);
        }

        await other.SubscribeAsync("kept/#", MqttQoS.ExactlyOnce);
        Assert.Empty(await other.DrainAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Messages_wait_for_a_client_that_is_away(MqttVersion version)
    {
        MqttProperties hour = new() { SessionExpiryInterval = 3600 };
        RawClient away = await RawClient.ConnectAsync(Port, version, "away", clean: false, hour);
        Assert.False(away.Connack.SessionPresent);
        await away.SubscribeAsync("+/+", MqttQoS.ExactlyOnce);
        await away.DisconnectAsync();

        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "b");
        foreach (MqttQoS qos in Enum.GetValues<MqttQoS>())
        {
            await publisher.PublishAndWaitAsync("a/b", $"{(int)qos}", qos);
        }

        await using RawClient back = await RawClient.ConnectAsync(Port, version, "away", clean: false, hour);
        Assert.True(back.Connack.SessionPresent);
        Assert.Equal("1", (await back.ReceivePublishAsync()).Payload);
        Assert.Equal("2", (await back.ReceivePublishAsync()).Payload);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_was_not_acknowledged_is_sent_again_as_duplicate(MqttVersion version)
    {
        MqttProperties hour = new() { SessionExpiryInterval = 3600 };
        RawClient client = await RawClient.ConnectAsync(Port, version, "b", clean: false, hour);
        await client.SubscribeAsync("TopicA/#", MqttQoS.ExactlyOnce);
        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "a");
        await publisher.PublishAndWaitAsync("TopicA/B", "one", MqttQoS.AtLeastOnce);
        await publisher.PublishAndWaitAsync("TopicA/C", "two", MqttQoS.ExactlyOnce);
        ReceivedPublish first = await client.ReceivePublishAsync(acknowledge: false);
        ReceivedPublish second = await client.ReceivePublishAsync(acknowledge: false);
        client.Cut();

        await using RawClient back = await RawClient.ConnectAsync(Port, version, "b", clean: false, hour);
        Assert.Equal(first with { Duplicate = true, Properties = null! }, await back.ReceivePublishAsync() with { Properties = null! });
        Assert.Equal(second with { Duplicate = true, Properties = null! }, await back.ReceivePublishAsync() with { Properties = null! });
        Assert.Empty(await back.DrainAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_released_exchange_goes_on_with_its_release_after_a_reconnect(MqttVersion version)
    {
        MqttProperties hour = new() { SessionExpiryInterval = 3600 };
        RawClient client = await RawClient.ConnectAsync(Port, version, "b", clean: false, hour);
        await client.SubscribeAsync("x", MqttQoS.ExactlyOnce);
        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "p");
        await publisher.PublishAndWaitAsync("x", "one", MqttQoS.ExactlyOnce);
        await client.ReceiveAsync(PacketType.Publish);
        client.Ack(PacketType.Pubrec, 1);
        await client.ReceiveAsync(PacketType.Pubrel);
        client.Publish("x", "two", MqttQoS.ExactlyOnce, id: 9);
        await client.ReceiveAsync(PacketType.Pubrec);
        client.Cut();

        await using RawClient back = await RawClient.ConnectAsync(Port, version, "b", clean: false, hour);
        Assert.Equal(1, (await back.ReceiveAsync(PacketType.Pubrel)).Id);
        back.Ack(PacketType.Pubcomp, 1);

        // And towards the broker: the same identifier before PUBREL is the same message.
        back.Publish("x", "two", MqttQoS.ExactlyOnce, id: 9, duplicate: true);
        await back.ReceiveAsync(PacketType.Pubrec);
        back.Ack(PacketType.Pubrel, 9);
        Assert.Equal("two", Assert.Single(await back.DrainAsync()).Payload);
    }

    [Fact]
    public async Task Clients_that_publish_to_each_other_exactly_once_do_not_wait_for_one_another()
    {
        const int Count = 300;
        await using MqttClient one = new(new MqttClientOptions { Host = "127.0.0.1", Port = Port });
        await using MqttClient two = new(new MqttClientOptions { Host = "127.0.0.1", Port = Port });
        await SubscribeAsync(one, "to/one");
        await SubscribeAsync(two, "to/two");

        await Task.WhenAll(PublishAsync(one, "to/two"), PublishAsync(two, "to/one"), TakeAsync(one), TakeAsync(two));

        static async Task SubscribeAsync(MqttClient client, string topic)
        {
            await client.ConnectAsync(Limit);
            await client.SubscribeAsync(topic, MqttQoS.ExactlyOnce, Limit);
        }

        static Task PublishAsync(MqttClient client, string topic) => Task.WhenAll(
            Enumerable.Range(0, Count).Select(_ => client.PublishAsync(topic, "x"u8.ToArray(), MqttQoS.ExactlyOnce, retain: false, Limit).AsTask()));

        static async Task TakeAsync(MqttClient client)
        {
            int taken = 0;
            await foreach (MqttMessage message in client.ReadAllAsync(Limit))
            {
                message.Acknowledge();
                if (++taken == Count)
                {
                    return;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Overlapping_subscriptions_deliver_once_with_the_highest_quality_of_service(MqttVersion version)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, version, "a");
        await client.SubscribeAsync("TopicA/#", new SubscriptionOptions(MqttQoS.ExactlyOnce), identifier: 2);
        await client.SubscribeAsync("TopicA/+", new SubscriptionOptions(MqttQoS.AtLeastOnce), identifier: 3);
        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "b");

        await publisher.PublishAndWaitAsync("TopicA/C", "x", MqttQoS.ExactlyOnce);

        ReceivedPublish received = await client.ReceivePublishAsync();
        Assert.Equal(MqttQoS.ExactlyOnce, received.QoS);
        Assert.Equal(version == MqttVersion.V5 ? [2u, 3u] : [], received.Properties.SubscriptionIdentifiers.Order());
        Assert.Empty(await client.DrainAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_will_is_published_when_the_connection_is_cut_and_not_after_disconnect(MqttVersion version)
    {
        await using RawClient witness = await RawClient.ConnectAsync(Port, version, "witness");
        await witness.SubscribeAsync("will/#", MqttQoS.ExactlyOnce);
        MqttWill Will(string name) => new() { Topic = "will/" + name, Payload = "gone"u8.ToArray(), QoS = MqttQoS.AtLeastOnce };

        RawClient polite = await RawClient.ConnectAsync(Port, version, "polite", will: Will("polite"));
        await polite.DisconnectAsync();
        RawClient cut = await RawClient.ConnectAsync(Port, version, "cut", will: Will("cut"));
        cut.Cut();

        Assert.Equal("will/cut", (await witness.ReceivePublishAsync()).Topic);
        Assert.Empty(await witness.DrainAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_silent_client_is_dropped_after_one_and_a_half_keep_alives_and_its_will_published(MqttVersion version)
    {
        await using RawClient witness = await RawClient.ConnectAsync(Port, version, "witness", keepAlive: 0);
        await witness.SubscribeAsync("will", MqttQoS.AtMostOnce);

        await using RawClient silent = await RawClient.ConnectAsync(Port, version, "silent", will: new MqttWill { Topic = "will" }, keepAlive: 1);

        Assert.Equal("will", (await witness.ReceivePublishAsync()).Topic);
        await silent.ExpectEndAsync(MqttReasonCode.KeepAliveTimeout);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Topics_that_begin_with_a_dollar_match_no_leading_wildcard(MqttVersion version)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, version, "a");
        await client.SubscribeAsync("#", MqttQoS.ExactlyOnce);
        await client.SubscribeAsync("+/B", MqttQoS.ExactlyOnce);
        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "b");
        await publisher.PublishAndWaitAsync("$TopicA/B", "hidden");
        Assert.Empty(await client.DrainAsync());

        await client.SubscribeAsync("$TopicA/+", MqttQoS.ExactlyOnce);
        await publisher.PublishAndWaitAsync("$TopicA/B", "seen");
        Assert.Equal("seen", (await client.ReceivePublishAsync()).Payload);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task After_unsubscribe_nothing_more_comes(MqttVersion version)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, version, "a");
        await client.SubscribeAsync("one", MqttQoS.ExactlyOnce);
        await client.SubscribeAsync("two", MqttQoS.ExactlyOnce);
        client.Send(buffer => new UnsubscribePacket(3, ["one", "never"]).Write(buffer, version));
        RawPacket answer = await client.ReceiveAsync(PacketType.Unsuback);
        IReadOnlyList<MqttReasonCode> expected = version == MqttVersion.V5 ? [MqttReasonCode.Success, MqttReasonCode.NoSubscriptionExisted] : [];
        Assert.Equal(expected, SubackPacket.Decode(answer.AsFrame(), version).ReasonCodes);

        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "b");
        await publisher.PublishAndWaitAsync("one", "");
        await publisher.PublishAndWaitAsync("two", "");

        Assert.Equal("two", (await client.ReceivePublishAsync()).Topic);
        Assert.Empty(await client.DrainAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_second_connection_with_the_same_identifier_takes_the_session_over(MqttVersion version)
    {
        MqttProperties hour = new() { SessionExpiryInterval = 3600 };
        await using RawClient first = await RawClient.ConnectAsync(Port, version, "same", clean: false, hour);
        await first.SubscribeAsync("x", MqttQoS.AtLeastOnce);

        await using RawClient second = await RawClient.ConnectAsync(Port, version, "same", clean: false, hour);

        Assert.True(second.Connack.SessionPresent);
        await first.ExpectEndAsync(MqttReasonCode.SessionTakenOver);
        await using RawClient publisher = await RawClient.ConnectAsync(Port, version, "p");
        await publisher.PublishAndWaitAsync("x", "1");
        Assert.Equal("1", (await second.ReceivePublishAsync()).Payload);
    }

    [Theory]
    [InlineData(new byte[] { 0x36, 5, 0, 1, 0x61, 0, 1 }, MqttReasonCode.MalformedPacket)]
    [InlineData(new byte[] { 0x32, 5, 0, 1, 0x61, 0, 0 }, MqttReasonCode.ProtocolError)]
    [InlineData(new byte[] { 0x30, 4, 0, 1, 0x23, 0 }, MqttReasonCode.TopicNameInvalid)]
    [InlineData(new byte[] { 0x30, 4, 0, 1, 0xFF, 0 }, MqttReasonCode.MalformedPacket)]
    [InlineData(new byte[] { 0x30, 4, 0, 9, 0x61, 0 }, MqttReasonCode.MalformedPacket)]
    [InlineData(new byte[] { 0x80, 2, 0, 1 }, MqttReasonCode.MalformedPacket)]
    [InlineData(new byte[] { 0x82, 3, 0, 1, 0 }, MqttReasonCode.ProtocolError)]
    [InlineData(new byte[] { 0x20, 2, 0, 0 }, MqttReasonCode.ProtocolError)]
    [InlineData(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0x7F }, MqttReasonCode.PacketTooLarge)]
    [InlineData(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, MqttReasonCode.MalformedPacket)]
    [InlineData(new byte[] { 0x00, 0 }, MqttReasonCode.MalformedPacket)]
    [InlineData(new byte[] { 0xF0, 0 }, MqttReasonCode.ProtocolError)]
    public async Task What_breaks_the_standard_ends_the_connection_with_the_reason(byte[] packet, MqttReasonCode reason)
    {
        await using RawClient client = await RawClient.ConnectAsync(Port, MqttVersion.V5, "a");

        client.Send(packet);

        await client.ExpectEndAsync(reason);
    }
}
