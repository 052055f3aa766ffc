using Linewatch.BottlingPlant;
using Linewatch.BottlingPlant.Publishing;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class PublisherTests
{
    private static readonly DateTime Now = new(2026, 11, 16, 5, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Messages_of_the_past_go_out_at_once_and_later_ones_when_their_time_comes()
    {
        ManualTime clock = new(Now);
        List<int> sent = [];
        PlantPublisher publisher = new((message, _) => Send(sent, message), clock);

        Task run = publisher.RunAsync([Message(1, -3600), Message(2, 0), Message(3, 10), Message(4, 20)], CancellationToken.None);

        Assert.Equal([1, 2], sent);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([1, 2], sent);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Until(() => sent.Count == 3);
        clock.Advance(TimeSpan.FromSeconds(10));
        await run;
        Assert.Equal([1, 2, 3, 4], sent);
        Assert.Equal(4, publisher.Acknowledged);
    }

    [Theory]
    [InlineData(10, 1.0)]
    [InlineData(0.5, 20.0)]
    public async Task Speed_stretches_the_time_from_where_pacing_begins(double speed, double seconds)
    {
        ManualTime clock = new(Now);
        List<int> sent = [];
        PlantPublisher publisher = new((message, _) => Send(sent, message), clock) { Speed = speed, PacedFrom = Now.AddDays(-30) };

        Task run = publisher.RunAsync([Message(1, (-30 * 86_400) + 10)], CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(sent);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await run;
        Assert.Equal([1], sent);
    }

    [Fact]
    public async Task No_more_than_the_window_is_unacknowledged()
    {
        List<TaskCompletionSource> open = [];
        PlantPublisher publisher = new(
            (_, _) =>
            {
                open.Add(new TaskCompletionSource());
                return new ValueTask(open[^1].Task);
            },
            new ManualTime(Now)) { Window = 3 };

        Task run = publisher.RunAsync(Enumerable.Range(0, 5).Select(id => Message(id, -1)), CancellationToken.None);

        Assert.Equal(3, open.Count);
        open[1].SetResult();
        Assert.Equal(3, open.Count);
        open[0].SetResult();
        await Until(() => open.Count == 5);
        open[2].SetResult();
        open[3].SetResult();
        open[4].SetResult();
        await run;
        Assert.Equal(5, publisher.Acknowledged);
        Assert.Equal(Now.AddSeconds(-1), publisher.AcknowledgedThrough);
    }

    [SkippableFact]
    public async Task Broker_receives_every_message_as_the_plant_made_it()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        VirtualPlantOptions options = new() { Lines = 5, Start = Now, Dialect = Dialect.Mixed };
        List<string> expected = [.. new VirtualPlant(options).Messages(Now, Now.AddMinutes(5)).Select(message => Line(message.Topic, message.Payload))];
        await using Linewatch.Mqtt.MqttClient listener = new(new Linewatch.Mqtt.MqttClientOptions { Port = broker.Port, Host = "127.0.0.1" });
        await listener.ConnectAsync(CancellationToken.None);
        await listener.SubscribeAsync("#", Linewatch.Mqtt.MqttQoS.AtLeastOnce, CancellationToken.None);
        VirtualPlant plant = new(options);
        using CancellationTokenSource deadline = new(TimeSpan.FromMinutes(1));

        Task<List<string>> receiving = ReceiveAsync(listener, expected.Count, deadline.Token);
        await using (PlantConnection connection = new(plant, new BrokerAddress("127.0.0.1", broker.Port, null, null), Linewatch.Mqtt.MqttQoS.AtLeastOnce))
        {
            await connection.StartAsync(deadline.Token);
            PlantPublisher publisher = new(connection.PublishAsync, TimeProvider.System) { Speed = double.PositiveInfinity };
            await publisher.RunAsync(plant.Messages(Now, Now.AddMinutes(5)), deadline.Token);
        }

        List<string> received = await receiving;
        Assert.Equal(expected.Order(), received.Order());
    }

    private static async Task<List<string>> ReceiveAsync(Linewatch.Mqtt.MqttClient listener, int count, CancellationToken cancellationToken)
    {
        List<string> received = [];
        await foreach (Linewatch.Mqtt.MqttMessage message in listener.ReadAllAsync(cancellationToken))
        {
            received.Add(Line(message.Topic, message.Payload));
            message.Acknowledge();
            if (received.Count == count)
            {
                break;
            }
        }

        return received;
    }

    private static string Line(string topic, ReadOnlyMemory<byte> payload) => $"{topic} {Convert.ToHexString(payload.Span)}";

    private static SimulatedMessage Message(int id, double seconds) =>
        new(Now.AddSeconds(seconds), Now.AddSeconds(seconds), id.ToString(System.Globalization.CultureInfo.InvariantCulture), default);

    private static ValueTask Send(List<int> sent, SimulatedMessage message)
    {
        sent.Add(int.Parse(message.Topic, System.Globalization.CultureInfo.InvariantCulture));
        return ValueTask.CompletedTask;
    }

    /// <summary>Lets continuations run that another thread may have to resume.</summary>
    private static async Task Until(Func<bool> reached)
    {
        while (!reached())
        {
            await Task.Yield();
        }
    }
}
