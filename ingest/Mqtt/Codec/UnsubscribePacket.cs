using System.Text;

namespace Linewatch.Mqtt.Codec;

/// <summary>UNSUBSCRIBE (section 3.10).</summary>
internal sealed record UnsubscribePacket(ushort PacketId, IReadOnlyList<string> Filters, MqttProperties? Properties = null)
{
    public static UnsubscribePacket Decode(ReadOnlySpan<byte> body, MqttVersion version)
    {
        FieldReader fields = new(body);
        ushort id = fields.ReadPacketId();
        MqttProperties? properties = version == MqttVersion.V5 ? MqttProperties.Decode(fields.ReadProperties(), PropertyOwner.Unsubscribe) : null;
        List<string> filters = [];
        while (!fields.AtEnd)
        {
            ReadOnlySpan<byte> filter = fields.ReadName("topic filter");
            TopicRules.CheckFilter(filter);
            filters.Add(Encoding.UTF8.GetString(filter));
        }

        if (filters.Count == 0)
        {
            // [MQTT-3.10.3-2]
            MqttProtocolException.Violation("UNSUBSCRIBE without a topic filter");
        }

        return new UnsubscribePacket(id, filters, properties);
    }

    public void Write(PacketBuffer buffer, MqttVersion version)
    {
        buffer.WriteByte(((int)PacketType.Unsubscribe << 4) | 2);
        int mark = buffer.BeginLength();
        buffer.WriteUInt16(PacketId);
        if (version == MqttVersion.V5)
        {
            MqttProperties.Write(buffer, Properties);
        }

        foreach (string filter in Filters)
        {
            buffer.WriteString(filter);
        }

        buffer.EndLength(mark);
    }
}
