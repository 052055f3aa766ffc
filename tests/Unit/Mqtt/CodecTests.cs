using System.Buffers;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class CodecTests
{
    private static readonly Gen<MqttVersion> Version = Gen.Elements(MqttVersion.V311, MqttVersion.V5);

    [Fact]
    public void Connect_survives_encoding_and_decoding() => Check(
        from version in Version from packet in AnyPacket.Connect(version) select packet,
        packet => Same(packet, ConnectPacket.Decode(Body(AnyPacket.Encode(packet.Write)))));

    [Fact]
    public void Subscribe_survives_encoding_and_decoding() => Check(
        AnyPacket.Subscribe,
        packet => Same(packet, SubscribePacket.Decode(Body(AnyPacket.Encode(buffer => packet.Write(buffer, MqttVersion.V5))), MqttVersion.V5) with { Properties = null }));

    [Fact]
    public void Publish_survives_decoding_and_encoding() => Check(
        from version in Version from packet in AnyPacket.Publish(version) select (version, packet),
        sample =>
        {
            Assert.True(Framing.TryRead(sample.packet, Framing.LargestPacket, out Frame frame));
            PublishPacket decoded = PublishPacket.Decode(frame, sample.version);
            PacketBuffer again = new();
            PublishPacket.Write(again, sample.version, frame.Flags, decoded.Topic, decoded.PacketId, decoded.Properties, decoded.Payload);
            return again.Written.SequenceEqual(sample.packet);
        });

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void Answers_survive_encoding_and_decoding(MqttVersion version)
    {
        MqttProperties? properties = version == MqttVersion.V5
            ? new MqttProperties
            {
                SessionExpiryInterval = 1, ReceiveMaximum = 2, MaximumQoS = 1, RetainAvailable = 0, MaximumPacketSize = 3, AssignedClientIdentifier = "id",
                TopicAliasMaximum = 4, ReasonString = "why", UserProperties = [new("k", "v")], WildcardSubscriptionAvailable = 1, SubscriptionIdentifierAvailable = 1,
                SharedSubscriptionAvailable = 0, ServerKeepAlive = 5, ResponseInformation = "ri", ServerReference = "other", AuthenticationMethod = "m", AuthenticationData = [1],
            }
            : null;
        ConnackPacket connack = new(false, MqttReasonCode.NotAuthorized, properties);
        Assert.True(Same(connack, ConnackPacket.Decode(Body(AnyPacket.Encode(buffer => connack.Write(buffer, version))), version)));

        SubackPacket suback = new(PacketType.Suback, 9, [MqttReasonCode.Success, MqttReasonCode.GrantedQoS2, MqttReasonCode.UnspecifiedError]);
        byte[] encoded = AnyPacket.Encode(buffer => suback.Write(buffer, version));
        Assert.True(Framing.TryRead(encoded, 100, out Frame frame));
        Assert.True(Same(suback, SubackPacket.Decode(frame, version)));

        DisconnectPacket disconnect = new(PacketType.Disconnect, version == MqttVersion.V5 ? MqttReasonCode.ServerMoved : MqttReasonCode.Success,
            version == MqttVersion.V5 ? new MqttProperties { ServerReference = "there", ReasonString = "moved" } : null);
        encoded = AnyPacket.Encode(buffer => disconnect.Write(buffer, version));
        Assert.True(Framing.TryRead(encoded, 100, out frame));
        Assert.True(Same(disconnect, DisconnectPacket.Decode(frame, version)));
    }

    [Fact]
    public void Any_fragmentation_of_the_stream_gives_the_same_packets() => Check(
        from version in Version
        from packets in AnyPacket.Encoded(version).NonEmptyListOf()
        from cuts in Gen.Choose(1, 40).NonEmptyListOf()
        select (packets, cuts),
        sample =>
        {
            byte[] stream = [.. sample.packets.SelectMany(packet => packet)];
            List<byte[]> found = [];
            byte[] buffer = new byte[stream.Length];
            int start = 0, end = 0, position = 0;
            for (int turn = 0; position < stream.Length; turn++)
            {
                int count = Math.Min(sample.cuts[turn % sample.cuts.Count], stream.Length - position);
                stream.AsSpan(position, count).CopyTo(buffer.AsSpan(end));
                (position, end) = (position + count, end + count);
                while (Framing.TryRead(buffer.AsSpan(start, end - start), Framing.LargestPacket, out Frame frame))
                {
                    found.Add(buffer.AsSpan(start, frame.Length).ToArray());
                    start += frame.Length;
                }
            }

            return found.Count == sample.packets.Count && found.Zip(sample.packets).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        });

    [Fact]
    public void The_size_of_a_packet_is_found_across_segments() => Check(
        from version in Version from packet in AnyPacket.Encoded(version) from cut in Gen.Choose(1, 6) select (packet, cut),
        sample =>
        {
            int cut = Math.Min(sample.cut, sample.packet.Length - 1);
            Piece first = new(sample.packet.AsMemory(0, cut));
            Piece last = first.Append(sample.packet.AsMemory(cut));
            ReadOnlySequence<byte> sequence = new(first, 0, last, last.Memory.Length);
            return Framing.TryReadSize(sequence, Framing.LargestPacket, out int size) && size == sample.packet.Length;
        });

    [Fact]
    public void A_hundred_thousand_mutated_packets_are_valid_or_a_protocol_error() => Mutations.Run(100_000, seed: 1);

    [Theory]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/#", "sport/a/b", true)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a/+/b", "a//b", true)]
    public void A_filter_matches_as_the_standard_says_live_and_retained(string filter, string topic, bool matches)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes(topic);
        RetainedMessages retained = new(capacity: 1);
        Assert.True(retained.Set(new BrokerMessage { Topic = name, Payload = [1] }));
        Assert.Equal(matches ? 1 : 0, retained.Match(filter, default).Count);
        Assert.True(retained.Set(new BrokerMessage { Topic = name, Payload = [] }));
        Assert.Equal(0, retained.Count);

        SubscriptionTree tree = new();
        BrokerSession session = new("c", null, new MqttBroker(new MqttBrokerOptions()));
        tree.Add(new Subscription(session, filter, default, 0));
        List<Subscription> found = [];
        tree.Match(name, found, []);
        Assert.Equal(matches ? 1 : 0, found.Count);
        Assert.True(tree.Remove(session, filter));
        Assert.Equal(0, tree.Count);
    }

    [Theory]
    [InlineData("a b", true)]
    [InlineData("温/度", true)]
    [InlineData("\u00A0", true)]
    [InlineData("\uFEFF", true)]
    [InlineData("\U0001F680", true)]
    [InlineData("a\n", false)]
    [InlineData("\u001F", false)]
    [InlineData("é\u007F", false)]
    [InlineData("\u009F", false)]
    [InlineData("\uFFFE", false)]
    [InlineData("\uFDD0", false)]
    [InlineData("\U0001FFFF", false)]
    public void A_topic_name_has_no_control_characters_and_non_characters(string topic, bool isName) =>
        Assert.Equal(isName, Record.Exception(() => TopicRules.Encode(topic)) is null);

    [Fact]
    public void DISCONNECT_says_no_more_than_it_must()
    {
        static byte[] Encode(MqttReasonCode reason, MqttProperties? properties = null) =>
            AnyPacket.Encode(buffer => new DisconnectPacket(PacketType.Disconnect, reason, properties).Write(buffer, MqttVersion.V5));

        Assert.Equal([0xE0, 0], Encode(MqttReasonCode.Success));
        Assert.Equal([0xE0, 1, 0x8E], Encode(MqttReasonCode.SessionTakenOver));
        Assert.Equal([0xE0, 7, 0, 5, 0x11, 0, 0, 0, 9], Encode(MqttReasonCode.Success, new MqttProperties { SessionExpiryInterval = 9 }));
    }

    private static ReadOnlySpan<byte> Body(byte[] packet)
    {
        Assert.True(Framing.TryRead(packet, Framing.LargestPacket, out Frame frame));
        Assert.Equal(packet.Length, frame.Length);
        return frame.Body;
    }

    /// <summary>Records hold lists and arrays: compared by their JSON.</summary>
    private static bool Same<T>(T expected, T actual)
    {
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
        return true;
    }

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) => Prop.ForAll(samples.ToArbitrary(), holds).QuickCheckThrowOnFailure();

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
