using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class BrokerStoreTests : IDisposable
{
    private static readonly MqttProperties Hour = new() { SessionExpiryInterval = 3600 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Subscriptions_queued_and_retained_messages_survive_a_restart(MqttVersion version)
    {
        await using (MqttBrokerHost host = await StartAsync())
        {
            RawClient away = await RawClient.ConnectAsync(host.Port, version, "away", clean: false, Hour);
            await away.SubscribeAsync("q/#", MqttQoS.ExactlyOnce);
            await away.DisconnectAsync();
            await using RawClient publisher = await RawClient.ConnectAsync(host.Port, version, "p");
            await publisher.PublishAndWaitAsync("q/1", "one", MqttQoS.AtLeastOnce);
            await publisher.PublishAndWaitAsync("q/2", "two", MqttQoS.ExactlyOnce);
            await publisher.PublishAndWaitAsync("kept", "r", MqttQoS.AtLeastOnce, retain: true);
        }

        await using MqttBrokerHost again = await StartAsync();
        await using RawClient back = await RawClient.ConnectAsync(again.Port, version, "away", clean: false, Hour);
        Assert.True(back.Connack.SessionPresent);
        Assert.Equal("one", (await back.ReceivePublishAsync()).Payload);
        Assert.Equal("two", (await back.ReceivePublishAsync()).Payload);
        await back.SubscribeAsync("kept", MqttQoS.AtMostOnce);
        Assert.Equal("r", (await back.ReceivePublishAsync()).Payload);
    }

    [Fact]
    public async Task Open_exchanges_of_exactly_once_go_on_after_a_restart()
    {
        await using (MqttBrokerHost host = await StartAsync())
        {
            RawClient client = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "c", clean: false, Hour);
            await client.SubscribeAsync("x", MqttQoS.ExactlyOnce);
            client.Publish("x", "b", MqttQoS.ExactlyOnce, id: 7);
            await client.ReceiveAsync(PacketType.Pubrec);
            await using RawClient publisher = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "p");
            await publisher.PublishAndWaitAsync("x", "a", MqttQoS.ExactlyOnce);
            ushort delivered = (await client.ReceivePublishAsync(acknowledge: false)).Id;
            client.Ack(PacketType.Pubrec, delivered);
            await client.ReceiveAsync(PacketType.Pubrel);
            client.Cut();
        }

        await using MqttBrokerHost again = await StartAsync();
        await using RawClient back = await RawClient.ConnectAsync(again.Port, MqttVersion.V5, "c", clean: false, Hour);
        RawPacket release = await back.ReceiveAsync(PacketType.Pubrel);
        back.Ack(PacketType.Pubcomp, release.Id);
        back.Publish("x", "b", MqttQoS.ExactlyOnce, id: 7, duplicate: true);
        await back.ReceiveAsync(PacketType.Pubrec);
        back.Ack(PacketType.Pubrel, 7);
        await back.ReceiveAsync(PacketType.Pubcomp);
        Assert.Equal("b", Assert.Single(await back.DrainAsync()).Payload);
    }

    [Fact]
    public async Task What_came_before_a_client_was_back_after_a_restart_is_held_against_its_rules()
    {
        await using (MqttBrokerHost host = await StartAsync())
        {
            RawClient away = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "away", clean: false, Hour);
            await away.SubscribeAsync("#", MqttQoS.AtLeastOnce);
            await away.DisconnectAsync();
        }

        MqttBrokerOptions stricter = new()
        {
            DataFolder = _folder["broker"],
            SysInterval = TimeSpan.Zero,
            AnonymousRules = [new("secret/#", MqttAccess.Publish), new("#", MqttAccess.Both)],
        };
        await using MqttBrokerHost again = await MqttBrokerHost.StartAsync(stricter);
        await using RawClient publisher = await RawClient.ConnectAsync(again.Port, MqttVersion.V5, "p");
        await publisher.PublishAndWaitAsync("secret/x", "hidden");
        await publisher.PublishAndWaitAsync("open/x", "seen");

        await using RawClient back = await RawClient.ConnectAsync(again.Port, MqttVersion.V5, "away", clean: false, Hour);

        Assert.Equal(["seen"], (await back.DrainAsync()).Select(message => message.Payload));
    }

    [Fact]
    public void A_torn_tail_is_cut_and_what_was_committed_before_is_there()
    {
        string path = _folder["log"];
        using (KeyValueLog log = new(path, sync: false))
        {
            log.Put([1], [10]);
            log.Put([2], [20]);
            log.Delete([1]);
        }

        using (FileStream file = File.Open(path, FileMode.Append))
        {
            file.Write([1, 2, 3, 4, 5]);
        }

        using KeyValueLog again = new(path, sync: false);
        Assert.Equal(5, again.TornBytes);
        Assert.Equal((byte)2, Assert.Single(again.Entries()).Key[0]);
    }

    [Fact]
    public void A_file_that_is_mostly_dead_is_rewritten_and_keeps_what_lives()
    {
        string path = _folder["log"];
        using (KeyValueLog log = new(path, sync: false))
        {
            log.Put([9], [99]);
            for (int i = 0; i < 20_000; i++)
            {
                log.Put([1], new byte[1000]);
                log.Commit();
            }
        }

        Assert.InRange(new FileInfo(path).Length, 1, 17 * 1024 * 1024);
        using KeyValueLog again = new(path, sync: false);
        Assert.Equal(2, again.Entries().Count);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task Session_expiry_runs_on_while_the_broker_is_down(int secondsDown, bool present)
    {
        DateTimeOffset stopped = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        MqttProperties minute = new() { SessionExpiryInterval = 60 };
        await using (MqttBrokerHost host = await StartAsync(new ManualTime(stopped)))
        {
            RawClient client = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "away", clean: false, minute);
            await client.DisconnectAsync();
        }

        await using MqttBrokerHost again = await StartAsync(new ManualTime(stopped.AddSeconds(secondsDown)));
        await using RawClient back = await RawClient.ConnectAsync(again.Port, MqttVersion.V5, "away", clean: false, minute);

        Assert.Equal(present, back.Connack.SessionPresent);
    }

    [Fact]
    public async Task Expired_retained_messages_are_forgotten()
    {
        ManualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using (MqttBrokerHost host = await StartAsync(time))
        {
            await using RawClient client = await RawClient.ConnectAsync(host.Port, MqttVersion.V5, "c");
            await client.PublishAndWaitAsync("a/b", "short", retain: true, properties: new MqttProperties { MessageExpiryInterval = 10 });
            await client.PublishAndWaitAsync("a", "long", retain: true);
            Assert.Equal(2, host.Broker.RetainedMessages);

            time.Advance(TimeSpan.FromMinutes(2));

            Assert.Equal(1, host.Broker.RetainedMessages);
        }

        await using MqttBrokerHost again = await StartAsync(time);
        Assert.Equal(1, again.Broker.RetainedMessages);
    }

    private Task<MqttBrokerHost> StartAsync(TimeProvider time) =>
        MqttBrokerHost.StartAsync(new MqttBrokerOptions { DataFolder = _folder["broker"], SysInterval = TimeSpan.Zero }, time: time);

    private Task<MqttBrokerHost> StartAsync() => MqttBrokerHost.StartAsync(new MqttBrokerOptions { DataFolder = _folder["broker"], SysInterval = TimeSpan.Zero });
}
