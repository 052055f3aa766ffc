using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Users and access rules, from one pair of files for both brokers.</summary>
internal static class AccessScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Rules("a filter that the rules deny is refused", RefusedFilterAsync)
            with { MosquittoDiffers = "grants every filter and holds the messages back instead" },
        Rules("a denied topic reaches nobody, whatever is subscribed", DeniedTopicAsync) with { MosquittoDiffers = Closes },
        Rules("a wrong password is refused", WrongPasswordAsync),
        Rules("without user name nobody is let in", NoUserAsync),
        Rules("a client that is refused leaves no will", RefusedWillAsync),
        Rules("a filter wider than the rules brings what the rules allow", WiderAsync),
        Rules("a rule for reading does not allow writing", ReadOnlyAsync) with { MosquittoDiffers = Closes },
    ];

    private const string Closes = "acknowledges a denied publish and then closes the connection";

    private static Scenario Rules(string name, Func<ScenarioWorld, Task> run) => new(name, run) { NeedsRules = true };

    private static async Task RefusedFilterAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        Assert.Equal([MqttReasonCode.UnspecifiedError], await client.SubscribeAsync("test/nosubscribe", MqttQoS.ExactlyOnce));
        Assert.Equal([MqttReasonCode.GrantedQoS2], await client.SubscribeAsync("test/+", MqttQoS.ExactlyOnce));
    }

    private static async Task DeniedTopicAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync("test/#", MqttQoS.AtMostOnce);
        await using RawClient publisher = await world.ConnectAsync("b");
        await publisher.PublishAndWaitAsync("test/nosubscribe", "hidden");
        await publisher.PublishAndWaitAsync("test/open", "seen");

        Assert.Equal(["seen"], (await client.DrainAsync()).Select(message => message.Payload));
    }

    private static async Task WrongPasswordAsync(ScenarioWorld world)
    {
        foreach ((string user, string password) in ((string, string)[])[(ConformanceBrokers.User, "wrong"), ("nobody", ConformanceBrokers.Password)])
        {
            await ExpectRefusalAsync(world, user, password);
        }
    }

    private static async Task RefusedWillAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);

        await ExpectRefusalAsync(world, ConformanceBrokers.User, "wrong", new MqttWill { Topic = world.Topic("will") });

        Assert.Empty(await witness.DrainAsync());
    }

    private static Task NoUserAsync(ScenarioWorld world) => ExpectRefusalAsync(world, null, null);

    private static async Task WiderAsync(ScenarioWorld world)
    {
        await using RawClient limited = await RawClient.ConnectAsync(world.Port, world.Version, "limited", user: ConformanceBrokers.Limited, password: ConformanceBrokers.Password);
        Assert.Equal([MqttReasonCode.GrantedQoS1], await limited.SubscribeAsync("#", MqttQoS.AtLeastOnce));
        await using RawClient engineer = await world.ConnectAsync("a");
        await engineer.PublishAndWaitAsync(world.Topic("x"), "hidden");
        await engineer.PublishAndWaitAsync("open/x", "seen");

        Assert.Equal(["seen"], (await limited.DrainAsync()).Select(message => message.Payload));
    }

    private static async Task ReadOnlyAsync(ScenarioWorld world)
    {
        await using RawClient viewer = await RawClient.ConnectAsync(world.Port, world.Version, "viewer", user: ConformanceBrokers.Viewer, password: ConformanceBrokers.Password);
        Assert.Equal([MqttReasonCode.Success], await viewer.SubscribeAsync(world.Topic("#"), MqttQoS.AtMostOnce));
        viewer.Publish(world.Topic("r"), "forged", MqttQoS.AtLeastOnce, 5);
        RawPacket answer = await viewer.ReceiveAsync(PacketType.Puback);
        Assert.Equal(world.Version == MqttVersion.V5 ? MqttReasonCode.NotAuthorized : MqttReasonCode.Success, answer.Reason);

        await using RawClient engineer = await world.ConnectAsync("a");
        await engineer.PublishAndWaitAsync(world.Topic("r"), "real");

        Assert.Equal(["real"], (await viewer.DrainAsync()).Select(message => message.Payload));
    }

    /// <summary>"Bad user name or password" and "not authorized" are both right answers.</summary>
    private static async Task ExpectRefusalAsync(ScenarioWorld world, string? user, string? password, MqttWill? will = null)
    {
        await using RawClient client = await RawClient.OpenAsync(world.Port, world.Version);
        client.Send(buffer => new ConnectPacket
        {
            Version = world.Version,
            ClientId = "stranger",
            CleanStart = true,
            Will = will,
            UserName = user,
            Password = password is null ? null : System.Text.Encoding.UTF8.GetBytes(password),
        }.Write(buffer));
        RawPacket answer = await client.ReceiveAsync(PacketType.Connack);
        Assert.Contains(ConnackPacket.Decode(answer.Body, world.Version).ReasonCode, (MqttReasonCode[])[MqttReasonCode.BadUserNameOrPassword, MqttReasonCode.NotAuthorized]);
        Assert.Null(await client.ReceiveAsync());
    }
}
