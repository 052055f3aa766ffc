using FsCheck;
using FsCheck.Fluent;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>Generates valid packets of every type and version, encoded.</summary>
internal static class AnyPacket
{
    private static readonly Gen<string> Text = Gen.Elements("", "a", "plant/ligne-é", "温度", "x y", new string('k', 300));

    private static readonly Gen<string> Topic = Gen.Elements("a", "plant/line-1/filler", "/", "a//b", "温/度", "$SYS/x");

    private static readonly Gen<string> Filter = Gen.Elements("a", "#", "+", "a/+/b", "plant/#", "$share/g/a/#");

    private static readonly Gen<byte[]> Bytes = Gen.Choose(0, 600).Select(size => Enumerable.Range(0, size).Select(i => (byte)(i * 31)).ToArray());

    private static readonly Gen<MqttQoS> QoS = Gen.Elements(Enum.GetValues<MqttQoS>());

    private static readonly Gen<bool> Bool = Gen.Elements(true, false);

    private static readonly Gen<ushort> Id = Gen.Choose(1, 65535).Select(id => (ushort)id);

    private static readonly Gen<KeyValuePair<string, string>[]> Pairs =
        (from name in Text from value in Text select new KeyValuePair<string, string>(name, value)).ArrayOf().Resize(3);

    /// <summary>Properties that PUBLISH and the will share.</summary>
    private static Gen<MqttProperties> MessageProperties =>
        from format in Gen.Elements<byte?>(null, 0, 1)
        from expiry in Gen.Elements<uint?>(null, 0, 1, uint.MaxValue)
        from type in Gen.Elements<string?>(null, "", "application/json")
        from answer in Gen.Elements<string?>(null, "answer/here")
        from correlation in Gen.Elements<byte[]?>(null, [], [1, 2, 3])
        from pairs in Pairs
        select new MqttProperties { PayloadFormatIndicator = format, MessageExpiryInterval = expiry, ContentType = type, ResponseTopic = answer, CorrelationData = correlation, UserProperties = pairs };

    /// <summary>One encoded packet.</summary>
    public static Gen<byte[]> Encoded(MqttVersion version) => Gen.OneOf(
        Connect(version).Select(packet => Encode(packet.Write)),
        Publish(version),
        from type in Gen.Elements(PacketType.Puback, PacketType.Pubrec, PacketType.Pubrel, PacketType.Pubcomp)
        from id in Id
        from reason in Gen.Elements(MqttReasonCode.Success, type < PacketType.Pubrel ? MqttReasonCode.NotAuthorized : MqttReasonCode.PacketIdentifierNotFound)
        select Encode(buffer => AckPacket.Write(buffer, version, type, id, reason)),
        Subscribe.Select(packet => Encode(buffer => packet.Write(buffer, version))),
        from id in Id
        from filters in Filter.NonEmptyListOf()
        select Encode(buffer => new UnsubscribePacket(id, [.. filters]).Write(buffer, version)),
        Gen.Constant(new byte[] { 0xC0, 0 }),
        from reason in Gen.Elements(MqttReasonCode.Success, MqttReasonCode.DisconnectWithWill)
        select Encode(buffer => new DisconnectPacket(PacketType.Disconnect, reason).Write(buffer, version)));

    /// <summary>CONNECT.</summary>
    public static Gen<ConnectPacket> Connect(MqttVersion version) =>
        from clean in Bool
        from id in Text
        from keepAlive in Gen.Choose(0, 65535)
        from user in Gen.Elements<string?>(null, "engineer")
        from password in Gen.Elements<byte[]?>(null, [0, 255])
        from hasWill in Bool
        from topic in Topic
        from payload in Bytes
        from qos in QoS
        from retain in Bool
        from willProperties in MessageProperties
        from delay in Gen.Elements<uint?>(null, 5)
        from properties in ConnectProperties
        select new ConnectPacket
        {
            Version = version,
            CleanStart = clean,
            ClientId = id,
            KeepAlive = (ushort)keepAlive,
            UserName = user,
            Password = version == MqttVersion.V311 && user is null ? null : password,
            Will = !hasWill ? null : new MqttWill { Topic = topic, Payload = payload, QoS = qos, Retain = retain, Properties = version == MqttVersion.V5 ? With(willProperties, delay) : null },
            Properties = version == MqttVersion.V5 ? properties : null,
        };

    /// <summary>SUBSCRIBE, with options that every version knows.</summary>
    public static Gen<SubscribePacket> Subscribe =>
        from id in Id
        from filters in (from filter in Filter from qos in QoS select new FilterRequest(filter, new SubscriptionOptions(qos))).NonEmptyListOf()
        from identifier in Gen.Elements(0u, 1u, 268_435_455u)
        select new SubscribePacket(id, [.. filters], identifier);

    private static Gen<MqttProperties> ConnectProperties =>
        from expiry in Gen.Elements<uint?>(null, 0, uint.MaxValue)
        from receive in Gen.Elements<ushort?>(null, 1, 65535)
        from size in Gen.Elements<uint?>(null, 1, uint.MaxValue)
        from alias in Gen.Elements<ushort?>(null, 0, 10)
        from method in Gen.Elements<string?>(null, "SCRAM-SHA-256")
        from data in Gen.Elements<byte[]?>(null, [9])
        from pairs in Pairs
        select new MqttProperties
        {
            SessionExpiryInterval = expiry,
            ReceiveMaximum = receive,
            MaximumPacketSize = size,
            TopicAliasMaximum = alias,
            AuthenticationMethod = method,
            AuthenticationData = method is null ? null : data,
            RequestProblemInformation = 1,
            RequestResponseInformation = 0,
            UserProperties = pairs,
        };

    public static Gen<byte[]> Publish(MqttVersion version) =>
        from qos in QoS
        from retain in Bool
        from topic in Topic
        from id in Id
        from payload in Bytes
        from properties in MessageProperties
        select Encode(buffer =>
        {
            PacketBuffer block = new();
            properties.WriteFields(block);
            PublishPacket.Write(buffer, version, ((int)qos << 1) | (retain ? 1 : 0), System.Text.Encoding.UTF8.GetBytes(topic), id, block.Written, payload);
        });

    public static byte[] Encode(Action<PacketBuffer> write)
    {
        PacketBuffer buffer = new();
        write(buffer);
        byte[] packet = buffer.Written.ToArray();
        buffer.Release();
        return packet;
    }

    private static MqttProperties With(MqttProperties properties, uint? delay)
    {
        properties.WillDelayInterval = delay;
        return properties;
    }
}
