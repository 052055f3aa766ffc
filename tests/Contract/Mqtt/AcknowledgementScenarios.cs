using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;
using Linewatch.Tests.Unit.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP: in their turn, out of turn, and broken. [MQTT 4.3]</summary>
internal static class AcknowledgementScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("an acknowledgement of the wrong kind ends the connection", WrongKindAsync),
        new("an acknowledgement that breaks the standard ends the connection", BrokenAsync) { MosquittoDiffers = "bears surplus bytes and undefined reasons" },
        new("acknowledgements nobody waits for are borne", UnknownAsync),
        new("PUBREC sent again brings PUBREL again", RepeatedAsync),
        new("identifiers of the two directions are independent", DirectionsAsync),
        V5("what the client refuses is not released", RefusedAsync),
        V5("acknowledgements may be short or long", LengthsAsync),
    ];

    private static Scenario V5(string name, Func<ScenarioWorld, Task> run) => new(name, run) { Only = MqttVersion.V5 };

    private static async Task WrongKindAsync(ScenarioWorld world)
    {
        (MqttQoS QoS, PacketType[] Acknowledgements)[] table =
        [
            (MqttQoS.AtLeastOnce, [PacketType.Pubrec]),
            (MqttQoS.AtLeastOnce, [PacketType.Pubcomp]),
            (MqttQoS.ExactlyOnce, [PacketType.Puback]),
            (MqttQoS.ExactlyOnce, [PacketType.Pubcomp]),
            (MqttQoS.ExactlyOnce, [PacketType.Pubrec, PacketType.Puback]),
        ];
        await using RawClient publisher = await world.ConnectAsync("p");
        foreach ((MqttQoS qos, PacketType[] acknowledgements) in table)
        {
            await using RawClient client = await world.ConnectAsync("a");
            await client.SubscribeAsync(world.Topic("t"), qos);
            await publisher.PublishAndWaitAsync(world.Topic("t"), "x", qos);
            ushort id = (await client.ReceivePublishAsync(acknowledge: false)).Id;
            foreach (PacketType type in acknowledgements)
            {
                client.Ack(type, id);
                if (type == PacketType.Pubrec && qos == MqttQoS.ExactlyOnce)
                {
                    await client.ReceiveAsync(PacketType.Pubrel);
                }
            }

            await ConnectionScenarios.ExpectClosedAsync(client, $"after {string.Join(" and ", acknowledgements)} for a message of {qos}");
        }
    }

    private static async Task BrokenAsync(ScenarioWorld world)
    {
        foreach (byte type in (byte[])[0x40, 0x50, 0x62, 0x70])
        {
            List<byte[]> broken = [[type, 0], [type, 1, 1], [type, 2, 0, 0]];
            if (world.Version == MqttVersion.V5)
            {
                broken.Add([type, 3, 0, 1, 0xFF]); // a reason that is not defined
                broken.Add([type, 4, 0, 1, 0, 1]); // a property block longer than the packet
                broken.Add([type, 6, 0, 1, 0, 2, 0x01, 1]); // a property of PUBLISH
                broken.Add([type, 12, 0, 1, 0, 8, 0x1F, 0, 1, 0x70, 0x1F, 0, 1, 0x71]); // a reason string twice
            }
            else
            {
                broken.Add([type, 3, 0, 1, 0]);
            }

            await BrokenPacketScenarios.ExpectEndsAsync(world, broken);
        }
    }

    private static async Task UnknownAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        client.Ack(PacketType.Puback, 97);
        client.Ack(PacketType.Pubcomp, 98);
        await client.PingAsync();

        client.Ack(PacketType.Pubrec, 99);

        Assert.Equal(99, (await client.ReceiveAsync(PacketType.Pubrel)).Id);
        await client.PingAsync();
    }

    private static async Task RepeatedAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "x", MqttQoS.ExactlyOnce);
        ushort id = (await client.ReceivePublishAsync(acknowledge: false)).Id;
        for (int i = 0; i < 2; i++)
        {
            client.Ack(PacketType.Pubrec, id);
            Assert.Equal(id, (await client.ReceiveAsync(PacketType.Pubrel)).Id);
        }

        client.Ack(PacketType.Pubcomp, id);
        await client.PingAsync();
    }

    private static async Task DirectionsAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("p");
        await publisher.PublishAndWaitAsync(world.Topic("t"), "theirs", MqttQoS.ExactlyOnce);
        ushort id = (await client.ReceivePublishAsync(acknowledge: false)).Id;

        client.Publish(world.Topic("other"), "ours", MqttQoS.ExactlyOnce, id);
        Assert.Equal(id, (await client.ReceiveAsync(PacketType.Pubrec)).Id);
        client.Ack(PacketType.Pubrec, id);
        Assert.Equal(id, (await client.ReceiveAsync(PacketType.Pubrel)).Id);
        client.Ack(PacketType.Pubrel, id);
        Assert.Equal(id, (await client.ReceiveAsync(PacketType.Pubcomp)).Id);
        client.Ack(PacketType.Pubcomp, id);

        await client.PingAsync();
    }

    private static async Task RefusedAsync(ScenarioWorld world)
    {
        await using RawClient client = await world.ConnectAsync("a");

        client.Ack(PacketType.Pubrec, 99, MqttReasonCode.UnspecifiedError);

        // The next packet is the answer to the ping. [MQTT-4.3.3-4]
        await client.PingAsync();
    }

    private static async Task LengthsAsync(ScenarioWorld world)
    {
        byte[][] tails = [[], [0], [0, 0], [0, 4, 0x1F, 0, 1, (byte)'r'], [0, 7, 0x26, 0, 1, (byte)'a', 0, 1, (byte)'b']];
        await using RawClient client = await world.ConnectAsync("a");
        await client.SubscribeAsync(world.Topic("t"), MqttQoS.ExactlyOnce);
        await using RawClient publisher = await world.ConnectAsync("p");
        foreach (byte[] tail in tails)
        {
            await publisher.PublishAndWaitAsync(world.Topic("t"), "x", MqttQoS.AtLeastOnce);
            Send(0x40, (await client.ReceivePublishAsync(acknowledge: false)).Id, tail);
            await publisher.PublishAndWaitAsync(world.Topic("t"), "x", MqttQoS.ExactlyOnce);
            ushort id = (await client.ReceivePublishAsync(acknowledge: false)).Id;
            Send(0x50, id, tail);
            Assert.Equal(id, (await client.ReceiveAsync(PacketType.Pubrel)).Id);
            Send(0x70, id, tail);
            client.Publish(world.Topic("other"), "x", MqttQoS.ExactlyOnce, 5);
            await client.ReceiveAsync(PacketType.Pubrec);
            Send(0x62, 5, tail);
            Assert.Equal(5, (await client.ReceiveAsync(PacketType.Pubcomp)).Id);
        }

        void Send(byte type, ushort id, byte[] tail) => client.Send([type, (byte)(2 + tail.Length), (byte)(id >> 8), (byte)id, .. tail]);
    }
}
