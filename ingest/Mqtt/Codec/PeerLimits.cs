namespace Linewatch.Mqtt.Codec;

/// <summary>What the other end of a connection accepts, as it said in CONNECT or CONNACK.</summary>
internal readonly record struct PeerLimits(MqttVersion Version, int ReceiveMaximum, int MaximumPacketSize, int TopicAliasMaximum)
{
    /// <summary>Limits of a peer that has not said any.</summary>
    public static PeerLimits Before(MqttVersion version) => new(version, ushort.MaxValue, int.MaxValue, 0);

    /// <summary>Limits out of a CONNECT or CONNACK; of the topic aliases no more than we want are used.</summary>
    public static PeerLimits Of(MqttVersion version, MqttProperties? said, int wantedAliases) => new(
        version,
        said?.ReceiveMaximum ?? ushort.MaxValue,
        (int)Math.Min(said?.MaximumPacketSize ?? int.MaxValue, int.MaxValue),
        Math.Min(said?.TopicAliasMaximum ?? 0, wantedAliases));
}
