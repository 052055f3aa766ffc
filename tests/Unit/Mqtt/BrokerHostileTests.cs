using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>Peers that mean harm or know no better: the broker stays up, serves the others, and its memory stays bounded.</summary>
public sealed class BrokerHostileTests : IAsyncLifetime
{
    private MqttBrokerHost _host = null!;

    public async Task InitializeAsync() => _host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions
    {
        SysInterval = TimeSpan.Zero,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        MaximumConnections = 50,
        MaximumSubscriptions = 100,
        MaximumOutboxBytes = 256 * 1024,
        MaximumQueuedMessages = 100,
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_handshake_that_never_completes_is_closed()
    {
        await using RawClient silent = await RawClient.OpenAsync(_host.Port);
        await using RawClient slow = await RawClient.OpenAsync(_host.Port);
        slow.Send([0x10, 0x7F, 0]);

        Assert.Null(await silent.ReceiveAsync());
        Assert.Null(await slow.ReceiveAsync());
    }

    [Fact]
    public async Task A_declared_length_above_the_limit_is_refused_before_its_bytes_come()
    {
        await using RawClient client = await RawClient.OpenAsync(_host.Port);

        client.Send([0x10, 0xFF, 0xFF, 0xFF, 0x7F]);

        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Unreleased_messages_beyond_the_limit_are_passed_on_at_once()
    {
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { SysInterval = TimeSpan.Zero, MaximumQueuedBytes = 100 });
        await using RawClient subscriber = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "s");
        await subscriber.SubscribeAsync("t", MqttQoS.AtMostOnce);
        await using RawClient publisher = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "p");

        publisher.Publish("t", "held", MqttQoS.ExactlyOnce, id: 1);
        await publisher.ReceiveAsync(PacketType.Pubrec);
        publisher.Publish("t", "too much", MqttQoS.ExactlyOnce, id: 2);
        await publisher.ReceiveAsync(PacketType.Pubrec);

        Assert.Equal("too much", Assert.Single(await subscriber.DrainAsync()).Payload);
        publisher.Ack(PacketType.Pubrel, 2);
        publisher.Ack(PacketType.Pubrel, 1);
        await publisher.ReceiveAsync(PacketType.Pubcomp);
        await publisher.ReceiveAsync(PacketType.Pubcomp);
        Assert.Equal("held", Assert.Single(await subscriber.DrainAsync()).Payload);
    }

    [Fact]
    public async Task A_subscription_bomb_ends_at_the_limit()
    {
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "bomb");
        FilterRequest[] filters = [.. Enumerable.Range(0, 150).Select(i => new FilterRequest($"bomb/{i}/#", default))];

        client.Send(buffer => new SubscribePacket(1, filters).Write(buffer, MqttVersion.V5));

        IReadOnlyList<MqttReasonCode> codes = SubackPacket.Decode((await client.ReceiveAsync(PacketType.Suback)).AsFrame(), MqttVersion.V5).ReasonCodes;
        Assert.Equal(100, codes.Count(code => code == MqttReasonCode.Success));
        Assert.Equal(50, codes.Count(code => code == MqttReasonCode.QuotaExceeded));
    }

    [Fact]
    public async Task Topics_and_filters_of_any_depth_do_not_reach_the_trees()
    {
        string deep = new('/', 60_000);
        await using RawClient subscriber = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "deep");
        subscriber.Send(buffer => new SubscribePacket(1, [new FilterRequest(deep, default)]).Write(buffer, MqttVersion.V5));
        await subscriber.ExpectEndAsync(MqttReasonCode.TopicFilterInvalid);
        await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "deep");
        Assert.Equal([MqttReasonCode.Success], await client.SubscribeAsync(new string('/', 199), MqttQoS.AtMostOnce));

        client.Publish(deep, "x", retain: true);

        await client.ExpectEndAsync(MqttReasonCode.TopicNameInvalid);
    }

    [Fact]
    public async Task A_broker_that_was_asleep_does_not_blame_its_clients()
    {
        ManualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions { SysInterval = TimeSpan.Zero }, time: new SleepyTime(time));
        await using RawClient client = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "c", keepAlive: 10);

        time.Advance(TimeSpan.FromHours(1));

        await client.PingAsync();
    }

    [Theory]
    [InlineData(MqttQoS.AtMostOnce)]
    [InlineData(MqttQoS.AtLeastOnce)]
    public async Task A_subscriber_that_never_reads_is_bounded_and_others_are_served(MqttQoS qos)
    {
        await using RawClient deaf = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "deaf");
        await deaf.SubscribeAsync("flood", qos);
        await using RawClient other = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "other");
        await other.SubscribeAsync("calm", MqttQoS.AtLeastOnce);
        await using RawClient publisher = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "publisher");
        string payload = new('x', 60_000);
        for (int i = 0; i < 2000; i++)
        {
            publisher.Publish("flood", payload, qos, 1);
            if (qos != MqttQoS.AtMostOnce)
            {
                await publisher.ReceiveAsync(PacketType.Puback);
            }
        }

        await publisher.PublishAndWaitAsync("calm", "still here");

        Assert.Equal("still here", (await other.ReceivePublishAsync()).Payload);
        Assert.True(_host.Broker.DroppedMessages > 0, "nothing was dropped although the subscriber read nothing");
    }

    [Fact]
    public async Task Connections_above_the_limit_are_turned_away_and_room_is_found_again()
    {
        List<RawClient> clients = [];
        for (int i = 0; i < 50; i++)
        {
            clients.Add(await RawClient.ConnectAsync(_host.Port, MqttVersion.V311, $"c{i}"));
        }

        Assert.True(await IsTurnedAwayAsync());
        await clients[0].DisconnectAsync();
        clients[0] = await RawClient.ConnectAsync(_host.Port, MqttVersion.V311, "again");
        foreach (RawClient client in clients)
        {
            await client.DisposeAsync();
        }
    }

    /// <summary>A clock whose timers fire once an hour, as in a process that was suspended.</summary>
    private sealed class SleepyTime(ManualTime inner) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    }

    /// <summary>The broker closes the connection: in good order, or so soon that the kernel resets it.</summary>
    private async Task<bool> IsTurnedAwayAsync()
    {
        try
        {
            await using RawClient extra = await RawClient.OpenAsync(_host.Port);
            return await extra.ReceiveAsync() is null;
        }
        catch (Exception reset) when (reset is SocketException or IOException)
        {
            return true;
        }
    }

    [Fact]
    public async Task Random_bytes_after_connect_end_that_connection_alone()
    {
        await using RawClient witness = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, "witness");
        Random random = new(7);
        for (int i = 0; i < 40; i++)
        {
            await using RawClient client = await RawClient.ConnectAsync(_host.Port, MqttVersion.V5, $"r{i}");
            byte[] noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);
            client.Send(noise);
            client.Send([0x00, 0x00]);
        }

        await witness.PingAsync();
    }
}
