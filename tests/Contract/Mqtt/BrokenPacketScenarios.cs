using Linewatch.Mqtt;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>Packets that break the standard: each ends the connection. [MQTT-4.13.1-1, MQTT-4.8.0-1 of 3.1.1]</summary>
internal static class BrokenPacketScenarios
{
    private const byte UnknownProperty = 0x7F;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("the first packet must be CONNECT", FirstPacketAsync),
        new("a broken CONNECT ends the connection", BrokenConnectAsync),
        new("an unknown protocol level is refused", ProtocolLevelAsync),
        new("a packet with wrong flags ends the connection", WrongFlagsAsync),
        new("a broken SUBSCRIBE or UNSUBSCRIBE ends the connection", BrokenSubscribeAsync),
        new("text that is not UTF-8 ends the connection", NotUtf8Async),
        new("a control character or non-character in a name ends the connection", ControlsAsync),
        new("a packet that only brokers send ends the connection", BrokersPacketAsync) { MosquittoDiffers = "takes SUBACK and others" },
        new("wrong flags or a body where there is none end the connection", WrongEmptyAsync) { MosquittoDiffers = "does not look at them in PINGREQ and acknowledgements" },
        new("a will follows a broken packet", WillAsync),
        new("after DISCONNECT nothing is answered", AfterDisconnectAsync),
        new("a property in the wrong packet ends the connection", WrongOwnerAsync) { Only = MqttVersion.V5 },
        new("a client is sent no packet larger than it accepts", TinyClientAsync) { Only = MqttVersion.V5 },
        new("a property that breaks its rules ends the connection", PropertiesAsync) { Only = MqttVersion.V5 },
        new("a client's subscription identifier or wildcard response topic ends the connection", ForeignPropertiesAsync)
        {
            Only = MqttVersion.V5,
            MosquittoDiffers = "lets both pass",
        },
    ];

    private static async Task FirstPacketAsync(ScenarioWorld world)
    {
        byte[][] packets =
        [
            [0x30, 4, 0, 1, (byte)'a', (byte)'x'],
            [0xC0, 0],
            [0x82, 6, 0, 1, 0, 1, (byte)'a', 0],
            [0xE0, 0],
        ];
        foreach (byte[] packet in packets)
        {
            await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), packet);
        }
    }

    private static async Task BrokenConnectAsync(ScenarioWorld world)
    {
        byte[] name = [0, 1, (byte)'c'];
        byte[] will = [.. Block(world), 0, 1, (byte)'w', 0, 0];
        List<byte[]> packets =
        [
            Connect(world, 0x03, name), // the reserved flag
            Connect(world, 0x1E, [.. name, .. will]), // will QoS 3
            Connect(world, 0x0A, name), // will QoS without a will
            Connect(world, 0x22, name), // will retain without a will
            Connect(world, 0x06, name), // a will that is not there
            Connect(world, 0x82, name), // a user name that is not there
            Connect(world, 0x02, [0, 9, (byte)'c']), // a client identifier longer than the packet
            Connect(world, 0x02, [0, 3, 0xED, 0xA0, 0x80]), // a surrogate
            Connect(world, 0x02, []), // no client identifier
            Connect(world, 0x02, [.. name, 0, 1, (byte)'u']), // a user name that its flag does not announce
            Connect(world, 0x82, [.. name, 0, 1, (byte)'u', 0, 1, (byte)'p']), // a password that its flag does not announce
            Connect(world, 0xC2, [.. name, 0, 1, (byte)'u']), // a password that is not there
            Connect(world, 0x06, [.. name, .. Block(world), 0, 1, (byte)'w']), // a will without payload
            [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0], // a length of five bytes
            [0x11, .. Connect(world, 0x02, name)[1..]],
        ];
        if (world.Version == MqttVersion.V5)
        {
            packets.Add(Connect(world, 0x02, name, 0x21, 0, 0)); // receive maximum 0
            packets.Add(Connect(world, 0x02, name, 0x27, 0, 0, 0, 0)); // maximum packet size 0
            packets.Add(Connect(world, 0x02, name, 0x11, 0, 0, 0, 1, 0x11, 0, 0, 0, 1)); // session expiry twice
            packets.Add(Connect(world, 0x02, name, UnknownProperty, 0));
        }
        else
        {
            packets.Add(Connect(world, 0x42, [.. name, 0, 1, (byte)'p'])); // a password without a user name
        }

        foreach (byte[] packet in packets)
        {
            await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), packet);
        }
    }

    private static async Task ProtocolLevelAsync(ScenarioWorld world)
    {
        await using RawClient client = await RawClient.OpenAsync(world.Port, world.Version);

        client.Send([0x10, 13, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 99, 2, 0, 30, 0, 1, (byte)'c']);

        RawPacket answer = await client.ReceiveAsync(Linewatch.Mqtt.Codec.PacketType.Connack);
        Assert.Equal([0, 1], answer.Body);
        Assert.Null(await client.ReceiveAsync());
    }

    private static async Task WrongFlagsAsync(ScenarioWorld world)
    {
        byte[] filter = [.. Block(world), 0, 1, (byte)'a'];
        byte[][] packets =
        [
            Packet(0x80, [0, 1, .. filter, 0]),
            Packet(0xA0, [0, 1, .. filter]),
            Packet(0x60, [0, 1]),
            Packet(0x00, []),
        ];
        await ExpectEndsAsync(world, packets);
    }

    private static async Task BrokenSubscribeAsync(ScenarioWorld world)
    {
        byte[] filter = [.. Block(world), 0, 1, (byte)'a'];
        List<byte[]> packets =
        [
            Packet(0x82, [0, 1, .. Block(world)]),
            Packet(0x82, [0, 0, .. filter, 0]),
            Packet(0x82, [0, 1, .. filter, 3]),
            Packet(0x82, [0, 1, .. filter, 0xC0]),
            Packet(0x82, [0, 1, .. filter]),
            Packet(0x82, [0, 1, .. filter, 0, 0]),
            Packet(0x82, [0, 1, .. Block(world), 0, 0, 0]), // an empty filter
            Packet(0x82, [0, 1, .. filter, 0, 0, 0, 0]), // an empty filter after a good one
            Packet(0x82, [0]),
            Packet(0xA2, [0, 1, .. Block(world), 0, 0]),
            Packet(0xA2, [0, 1, .. filter, 0, 0]),
            Packet(0xA2, [0]),
            Packet(0xA2, [0, 1, .. Block(world)]),
            Packet(0xA2, [0, 0, .. filter]),
        ];
        if (world.Version == MqttVersion.V5)
        {
            packets.Add(Packet(0x82, [0, 1, .. filter, 0x30])); // retain handling 3
            packets.Add(Packet(0x82, [0, 1, .. Block(world, 0x0B, 0), 0, 1, (byte)'a', 0])); // subscription identifier 0
        }

        await ExpectEndsAsync(world, packets);
    }

    private static async Task NotUtf8Async(ScenarioWorld world)
    {
        byte[][] texts = [[0, 2, 0xC3, 0x28], [0, 3, 0xED, 0xA0, 0x80], [0, 3, (byte)'a', 0, (byte)'b']];
        foreach (byte[] text in texts)
        {
            await ExpectEndAsync(await world.ConnectAsync("a"), Packet(0x30, [.. text, .. Block(world)]));
            await ExpectEndAsync(await world.ConnectAsync("a"), Packet(0x82, [0, 1, .. Block(world), .. text, 0]));
            await ExpectEndAsync(await world.ConnectAsync("a"), Packet(0xA2, [0, 1, .. Block(world), .. text]));
        }
    }

    private static async Task ControlsAsync(ScenarioWorld world)
    {
        byte[][] texts = [[1], [0x1F], [(byte)'\n'], [0x7F], [0xC2, 0x9F], [0xEF, 0xBF, 0xBF], [0xEF, 0xB7, 0x90]];
        foreach (byte[] text in texts)
        {
            byte[] name = [0, (byte)(text.Length + 2), (byte)'a', .. text, (byte)'b'];
            await ExpectEndsAsync(world, [Packet(0x30, [.. name, .. Block(world)]), Packet(0x82, [0, 1, .. Block(world), .. name, 0]), Packet(0xA2, [0, 1, .. Block(world), .. name])]);
            await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), Connect(world, 0x02, name));
            await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), Connect(world, 0x82, [0, 1, (byte)'c', .. name]));
            await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), Connect(world, 0x06, [0, 1, (byte)'c', .. Block(world), .. name, 0, 0]));
        }
    }

    private static Task BrokersPacketAsync(ScenarioWorld world) => ExpectEndsAsync(
        world,
        [
            Packet(0x20, [0, 0, .. Block(world)]),
            Packet(0x90, [0, 1, .. Block(world), 0]),
            Packet(0xB0, [0, 1, .. Block(world)]),
            Packet(0xD0, []),
            Packet(0xF0, []),
        ]);

    private static Task WrongEmptyAsync(ScenarioWorld world) =>
        ExpectEndsAsync(world, [[0xC0, 1, 0], [0xC1, 0], [0xE1, 0], [0x41, 2, 0, 1], [0x58, 2, 0, 1], [0x60, 2, 0, 1], [0x72, 2, 0, 1]]);

    private static async Task WillAsync(ScenarioWorld world)
    {
        await using RawClient witness = await world.ConnectAsync("witness");
        await witness.SubscribeAsync(world.Topic("will"), MqttQoS.ExactlyOnce);
        RawClient client = await world.ConnectAsync("a", will: new MqttWill { Topic = world.Topic("will"), QoS = MqttQoS.ExactlyOnce });

        await ExpectEndAsync(client, Packet(0x36, [0, 1, (byte)'a', 0, 1, .. Block(world)]));

        Assert.Equal(MqttQoS.ExactlyOnce, (await witness.ReceivePublishAsync()).QoS);
    }

    private static async Task WrongOwnerAsync(ScenarioWorld world)
    {
        byte[] filter = [0, 1, (byte)'a'];
        byte[][] foreign = [[0x23, 0, 1], [0x24, 1], [0x12, 0, 1, (byte)'x'], [0x18, 0, 0, 0, 1], [0x04, 1], [0x80, 0x01, 1]];
        foreach (byte[] block in foreign)
        {
            await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), Connect(world, 0x02, [0, 1, (byte)'c'], block));
            byte[] properties = Block(world, block);
            await ExpectEndsAsync(world, [Packet(0x82, [0, 1, .. properties, .. filter, 0]), Packet(0xA2, [0, 1, .. properties, .. filter]), Packet(0xE0, [0, .. properties])]);
        }

        await ExpectEndAsync(await RawClient.OpenAsync(world.Port, world.Version), Connect(world, 0x06, [0, 1, (byte)'c', .. Block(world, 0x11, 0, 0, 0, 1), .. filter, 0, 0]));
    }

    private static async Task TinyClientAsync(ScenarioWorld world)
    {
        foreach (byte most in (byte[])[2, 30])
        {
            await using RawClient client = await RawClient.OpenAsync(world.Port, world.Version);
            client.Send(Connect(world, 0x02, [0, 0], 0x27, 0, 0, 0, most)); // and the identifier that must be assigned is long

            RawPacket? answer = await client.ReceiveAsync();

            Assert.True(answer is null || answer.Body.Length + 2 <= most, $"{answer?.Body.Length + 2} bytes");
        }
    }

    private static async Task AfterDisconnectAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        client.Send([0xE0, 0, 0xC0, 0]);

        Assert.Null(await client.ReceiveAsync());
    }

    private static Task PropertiesAsync(ScenarioWorld world) => ExpectRefusalAsync(
        world,
        [
            [0x01, 1, 0x01, 1], // payload format twice
            [0x11, 0, 0, 0, 1], // session expiry, which belongs to CONNECT
            [0x26, 0, 2, 0xC3, 0x28, 0, 0], // a user property that is not UTF-8
            [UnknownProperty, 0],
        ]);

    private static Task ForeignPropertiesAsync(ScenarioWorld world) => ExpectRefusalAsync(world, [[0x0B, 1], [0x08, 0, 1, (byte)'#']]);

    private static async Task ExpectRefusalAsync(ScenarioWorld world, byte[][] blocks)
    {
        foreach (byte[] block in blocks)
        {
            await ExpectEndAsync(await world.ConnectAsync("a"), Packet(0x30, [0, 1, (byte)'a', .. Block(world, block)]));
        }
    }

    /// <summary>Each packet ends the connection of a client of its own.</summary>
    public static Task ExpectEndsAsync(ScenarioWorld world, IEnumerable<byte[]> packets) =>
        Task.WhenAll(packets.Select(async (packet, number) => await ExpectEndAsync(await world.ConnectAsync($"client-{number}"), packet)));

    private static async Task ExpectEndAsync(RawClient client, byte[] packet)
    {
        await using (client)
        {
            // A broker that puts up with it answers the ping.
            client.Send([.. packet, 0xC0, 0]);
            await ConnectionScenarios.ExpectClosedAsync(client, Convert.ToHexString(packet));
        }
    }

    private static byte[] Connect(ScenarioWorld world, byte flags, byte[] payload, params byte[] properties) =>
        Packet(0x10, [0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', (byte)world.Version, flags, 0, 30, .. Block(world, properties), .. payload]);

    private static byte[] Packet(byte header, byte[] body) => [header, (byte)body.Length, .. body];

    /// <summary>A property block; 3.1.1 has none.</summary>
    private static byte[] Block(ScenarioWorld world, params byte[] properties) =>
        world.Version == MqttVersion.V5 ? [(byte)properties.Length, .. properties] : [];
}
