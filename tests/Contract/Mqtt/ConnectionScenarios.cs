using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Connecting, keeping alive, breaking the rules, leaving a will.</summary>
internal static class ConnectionScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("a second CONNECT ends the connection", SecondConnectAsync),
        new("a wrong protocol name ends the connection", WrongNameAsync),
        new("an empty client identifier needs a clean session", EmptyIdentifierAsync) { Only = MqttVersion.V311 },
        new("an empty client identifier is assigned", AssignedIdentifierAsync) { Only = MqttVersion.V5 },
        new("a ping is answered", PingAsync),
        new("a broken PUBLISH ends the connection", BrokenPublishAsync),
        new("a will follows a cut connection and no goodbye", WillAsync),
        new("a retained will stays", RetainedWillAsync),
        new("a silent client is dropped and its will published", KeepAliveAsync) { IsTimed = true },
        new("a will follows a takeover", WillAfterTakeoverAsync),
        new("a will keeps its properties", WillPropertiesAsync) { Only = MqttVersion.V5 },
        new("an authentication method is refused", AuthenticationMethodAsync) { Only = MqttVersion.V5 },
        new("the newer connection takes the session over", TakeoverAsync)
        {
            MosquittoDiffers = "closes the older connection without its reason",
            MosquittoDiffersIn = MqttVersion.V5,
        },
    ];

    private static async Task SecondConnectAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        client.Send(buffer => new ConnectPacket { Version = world.Version, ClientId = "a", CleanStart = true }.Write(buffer));

        await ExpectClosedAsync(client);
    }

    private static async Task WrongNameAsync(ScenarioWorld world)
    {
        await using RawClient client = await RawClient.OpenAsync(world.Port, world.Version);

        client.Send([0x10, 12, 0, 2, (byte)'h', (byte)'j', (byte)world.Version, 2, 0, 30, 0, 2, (byte)'i', (byte)'d']);

        await ExpectClosedAsync(client);
    }

    private static async Task EmptyIdentifierAsync(ScenarioWorld world)
    {
        await using RawClient clean = await world.ConnectAsync("");
        await clean.PingAsync();
        await using RawClient resumed = await world.ConnectAsync("", clean: false, expected: MqttReasonCode.ClientIdentifierNotValid);
        await ExpectClosedAsync(resumed);
    }

    private static async Task AssignedIdentifierAsync(ScenarioWorld world)
    {
        await using RawClient one = await world.ConnectAsync("");
        await using RawClient two = await world.ConnectAsync("");

        Assert.NotEmpty(one.Connack.Properties!.AssignedClientIdentifier!);
        Assert.NotEqual(one.Connack.Properties.AssignedClientIdentifier, two.Connack.Properties!.AssignedClientIdentifier);
    }

    private static async Task PingAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.PingAsync();
        await client.PingAsync();
    }

    private static async Task BrokenPublishAsync(ScenarioWorld world)
    {
        byte[][] broken =
        [
            [0x36, 5, 0, 1, 0x61, 0, 1], // QoS 3
            [0x32, 5, 0, 1, 0x61, 0, 0], // packet identifier 0
            [0x30, 4, 0, 1, (byte)'#', 0], // a wildcard in a topic name
            [0x30, 4, 0, 9, 0x61, 0], // a topic longer than the packet
        ];
        foreach (byte[] packet in broken)
        {
            await using RawClient client = await world.ConnectAsync("a");
            client.Send(packet);
            await ExpectClosedAsync(client);
        }
    }

    private static async Task WillAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will/#"), MqttQoS.ExactlyOnce);
        MqttWill Will(string name) => new() { Topic = world.Topic("will/" + name), Payload = "gone"u8.ToArray(), QoS = MqttQoS.AtLeastOnce };

        RawClient polite = await world.ConnectAsync("polite", will: Will("polite"));
        await polite.DisconnectAsync();
        RawClient cut = await world.ConnectAsync("cut", will: Will("cut"));
        cut.Cut();

        ReceivedPublish received = await witness.ReceivePublishAsync();
        Assert.Equal(world.Topic("will/cut"), received.Topic);
        Assert.Equal("gone", received.Payload);
        Assert.Equal(MqttQoS.AtLeastOnce, received.QoS);
        Assert.Empty(await witness.DrainAsync());
    }

    private static async Task RetainedWillAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);
        RawClient cut = await world.ConnectAsync("cut", will: new MqttWill { Topic = world.Topic("will"), Payload = "gone"u8.ToArray(), Retain = true });
        cut.Cut();
        await witness.ReceivePublishAsync();

        await using RawClient late = await world.ConnectAsync("late");
        await late.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);

        Assert.True((await late.ReceivePublishAsync()).Retain);
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("will"), "", retain: true);
    }

    private static async Task KeepAliveAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness", keepAlive: 0);
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);

        await using RawClient silent = await world.ConnectAsync("silent", will: new MqttWill { Topic = world.Topic("will") }, keepAlive: 1);

        Assert.Equal(world.Topic("will"), (await witness.ReceivePublishAsync()).Topic);
        await ExpectClosedAsync(silent);
    }

    private static async Task WillAfterTakeoverAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);
        await using RawClient first = await world.ConnectAsync("same", will: new MqttWill { Topic = world.Topic("will"), Payload = "gone"u8.ToArray() });

        await using RawClient second = await world.ConnectAsync("same");

        Assert.Equal("gone", (await witness.ReceivePublishAsync()).Payload);
    }

    private static async Task WillPropertiesAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.AtMostOnce);
        MqttProperties said = new()
        {
            PayloadFormatIndicator = 1,
            ContentType = "text/plain",
            ResponseTopic = world.Topic("answer"),
            CorrelationData = [3, 3, 4],
            UserProperties = [new("b", "2"), new("a", "1"), new("b", "0")],
        };
        RawClient cut = await world.ConnectAsync("cut", will: new MqttWill { Topic = world.Topic("will"), Properties = said });

        cut.Cut();

        MqttProperties heard = (await witness.ReceivePublishAsync()).Properties;
        Assert.Equal(said.UserProperties, heard.UserProperties);
        Assert.Equal((said.PayloadFormatIndicator, said.ContentType, said.ResponseTopic), (heard.PayloadFormatIndicator, heard.ContentType, heard.ResponseTopic));
        Assert.Equal(said.CorrelationData, heard.CorrelationData);
        Assert.Null(heard.WillDelayInterval);
    }

    private static async Task AuthenticationMethodAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a", new MqttProperties { AuthenticationMethod = "unknown" }, expected: MqttReasonCode.BadAuthenticationMethod);

        Assert.Null(await client.ReceiveAsync());
    }

    private static async Task TakeoverAsync(ScenarioWorld world)
    {
        await using RawClient first = await world.ConnectLastingAsync("same");
        await first.SubscribeAsync(world.Topic("x"), MqttQoS.AtLeastOnce);

        await using RawClient second = await world.ConnectLastingAsync("same");

        Assert.True(second.Connack.SessionPresent);
        await first.ExpectEndAsync(MqttReasonCode.SessionTakenOver);
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("x"), "1");
        Assert.Equal("1", (await second.ReceivePublishAsync()).Payload);
    }

    /// <summary>The broker closes; a DISCONNECT or a refusing CONNACK may come before.</summary>
    internal static async Task ExpectClosedAsync(RawClient client, string sent = "")
    {
        RawPacket? packet = await client.ReceiveAsync();
        if (packet is not null)
        {
            Assert.True(packet.Type is PacketType.Disconnect or PacketType.Connack, $"{packet.Type} instead of the end {sent}");
            packet = await client.ReceiveAsync();
        }

        Assert.Null(packet);
    }
}
