using System.Text;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>What a client acknowledges, sends again and waits for.</summary>
public sealed class ClientFlowTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Theory]
    [InlineData(MqttQoS.AtLeastOnce, (int)PacketType.Puback)]
    [InlineData(MqttQoS.ExactlyOnce, (int)PacketType.Pubrec)]
    public async Task Acknowledgements_leave_in_the_order_of_the_messages_whatever_order_the_reader_has(MqttQoS qos, int answer)
    {
        await using ScriptedBroker broker = new();
        await using MqttClient client = Client(broker);
        await ConnectAsync(client, broker);
        broker.Send(buffer =>
        {
            for (ushort id = 1; id <= 3; id++)
            {
                PublishPacket.Write(buffer, MqttVersion.V5, (int)qos << 1, "t"u8, id, default, "p"u8);
            }
        });
        List<MqttMessage> messages = [];
        await foreach (MqttMessage message in client.ReadAllAsync(Limit))
        {
            messages.Add(message);
            if (messages.Count == 3)
            {
                break;
            }
        }

        messages[2].Acknowledge();
        messages[1].Acknowledge();
        await client.PublishAsync("nothing/acknowledged/yet", default, MqttQoS.AtMostOnce, retain: false, Limit);
        await broker.ReceiveAsync(PacketType.Publish);
        messages[0].Acknowledge();

        for (int id = 1; id <= 3; id++)
        {
            Assert.Equal(id, (await broker.ReceiveAsync((PacketType)answer)).Id);
        }
    }

    [Fact]
    public async Task What_is_sent_again_after_a_reconnect_is_no_more_than_the_window()
    {
        await using ScriptedBroker broker = new();
        await using MqttClient client = Client(broker, maximumInFlight: 3);
        await ConnectAsync(client, broker);
        Task[] publishes = [.. Enumerable.Range(0, 5).Select(i => client.PublishAsync("t", Encoding.UTF8.GetBytes($"{i}"), MqttQoS.AtLeastOnce, retain: false, Limit).AsTask())];
        Assert.Equal([("0", false), ("1", false), ("2", false)], await TakeAsync(broker, 3, acknowledge: false));
        broker.Cut();

        await broker.AcceptAsync(sessionPresent: true);

        Assert.Equal([("0", true), ("1", true), ("2", true), ("3", false), ("4", false)], await TakeAsync(broker, 5, acknowledge: true));
        await Task.WhenAll(publishes);
    }

    [Fact]
    public async Task A_publish_that_waits_for_its_turn_does_not_overtake_what_is_sent_again()
    {
        await using ScriptedBroker broker = new();
        await using MqttClient client = Client(broker, maximumInFlight: 2);
        await ConnectAsync(client, broker);
        Task[] publishes = [.. ((MqttQoS[])[MqttQoS.ExactlyOnce, MqttQoS.AtLeastOnce, MqttQoS.AtLeastOnce])
            .Select((qos, i) => client.PublishAsync("t", Encoding.UTF8.GetBytes($"{i}"), qos, retain: false, Limit).AsTask())];
        await TakeAsync(broker, 2, acknowledge: false);
        broker.Send(buffer => AckPacket.Write(buffer, MqttVersion.V5, PacketType.Pubrec, 1, MqttReasonCode.Success));
        await broker.ReceiveAsync(PacketType.Pubrel);
        broker.Cut();

        await broker.AcceptAsync(sessionPresent: false);

        Assert.Equal([("1", false), ("2", false)], await TakeAsync(broker, 2, acknowledge: true));
        await Task.WhenAll(publishes);
    }

    [Fact]
    public async Task Waits_between_attempts_double_with_jitter_and_end_at_thirty_seconds()
    {
        ImpatientTime time = new(attempts: 20);
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = Loopback.FreePort() }, time: time);

        client.Start();
        TimeSpan[] waits = await time.Waits.WaitAsync(Limit);

        Assert.All(waits.Index(), wait =>
        {
            double longest = Math.Min(30, 0.25 * Math.Pow(2, wait.Index));
            Assert.InRange(wait.Item.TotalSeconds, longest / 2, longest);
        });
        Assert.NotEqual(waits[^1], waits[^2]);
    }

    private static async Task ConnectAsync(MqttClient client, ScriptedBroker broker)
    {
        Task connecting = client.ConnectAsync(Limit);
        await broker.AcceptAsync();
        await connecting;
    }

    private static MqttClient Client(ScriptedBroker broker, int maximumInFlight = 1000) => new(new MqttClientOptions
    {
        Host = "127.0.0.1",
        Port = broker.Port,
        MaximumInFlight = maximumInFlight,
        ResponseTimeout = TimeSpan.FromMinutes(1),
        ReconnectMinimum = TimeSpan.FromMilliseconds(10),
        ReconnectMaximum = TimeSpan.FromMilliseconds(20),
    });

    private static async Task<List<(string Payload, bool Duplicate)>> TakeAsync(ScriptedBroker broker, int count, bool acknowledge)
    {
        List<(string, bool)> taken = [];
        for (int i = 0; i < count; i++)
        {
            PublishPacket publish = PublishPacket.Decode((await broker.ReceiveAsync(PacketType.Publish)).AsFrame(), MqttVersion.V5);
            taken.Add((Encoding.UTF8.GetString(publish.Payload), publish.Duplicate));
            ushort id = publish.PacketId;
            if (acknowledge)
            {
                broker.Send(buffer => AckPacket.Write(buffer, MqttVersion.V5, PacketType.Puback, id));
            }
        }

        return taken;
    }

    /// <summary>A clock that lets every wait between two attempts pass at once and notes how long it would have been.</summary>
    private sealed class ImpatientTime(int attempts) : TimeProvider
    {
        private readonly TaskCompletionSource<TimeSpan[]> _noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<TimeSpan> _waits = [];

        public Task<TimeSpan[]> Waits => _noted.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == new MqttClientOptions().ResponseTimeout)
            {
                // The limit of one attempt, not the wait for the next.
                return base.CreateTimer(callback, state, dueTime, period);
            }

            _waits.Add(dueTime);
            if (_waits.Count == attempts)
            {
                _noted.SetResult([.. _waits]);
            }

            return base.CreateTimer(callback, state, _waits.Count < attempts ? TimeSpan.Zero : dueTime, period);
        }
    }
}
