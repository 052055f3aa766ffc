using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>What a client accepts, as it said in CONNECT.</summary>
internal readonly record struct ClientLimits(MqttVersion Version, int ReceiveMaximum, int MaximumPacketSize, int TopicAliasMaximum)
{
    public static ClientLimits Before(MqttVersion version) => new(version, ushort.MaxValue, int.MaxValue, 0);

    public static ClientLimits Of(ConnectPacket connect, MqttBrokerOptions options) => new(
        connect.Version,
        connect.Properties?.ReceiveMaximum ?? ushort.MaxValue,
        (int)Math.Min(connect.Properties?.MaximumPacketSize ?? int.MaxValue, int.MaxValue),
        Math.Min(connect.Properties?.TopicAliasMaximum ?? 0, options.TopicAliasMaximum));
}
