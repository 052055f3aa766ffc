using System.Text;

namespace Linewatch.Mqtt.Codec;

/// <summary>One filter of a SUBSCRIBE with its options. [MQTT 3.8.3.1]</summary>
/// <param name="Filter">Topic filter as sent; one that begins with "$share/" may break the rules, the receiver answers that by reason code.</param>
/// <param name="Options">QoS, no local, retain as published, retain handling.</param>
internal readonly record struct FilterRequest(string Filter, SubscriptionOptions Options);

/// <summary>SUBSCRIBE (section 3.8).</summary>
internal sealed record SubscribePacket(ushort PacketId, IReadOnlyList<FilterRequest> Filters, uint SubscriptionIdentifier = 0, MqttProperties? Properties = null)
{
    public static SubscribePacket Decode(ReadOnlySpan<byte> body, MqttVersion version)
    {
        FieldReader fields = new(body);
        ushort id = fields.ReadPacketId();
        MqttProperties? properties = version == MqttVersion.V5 ? MqttProperties.Decode(fields.ReadProperties(), PropertyOwner.Subscribe) : null;
        List<FilterRequest> filters = [];
        while (!fields.AtEnd)
        {
            ReadOnlySpan<byte> filter = fields.ReadName("topic filter");
            TopicRules.CheckFilter(filter);
            filters.Add(new FilterRequest(Encoding.UTF8.GetString(filter), SubscriptionOptions.Decode(fields.ReadByte("subscription options"), version)));
        }

        if (filters.Count == 0)
        {
            // [MQTT-3.8.3-2]
            MqttProtocolException.Violation("SUBSCRIBE without a topic filter");
        }

        return new SubscribePacket(id, filters, properties?.SubscriptionIdentifiers is [uint identifier] ? identifier : 0, properties);
    }

    public void Write(PacketBuffer buffer, MqttVersion version)
    {
        buffer.WriteByte(((int)PacketType.Subscribe << 4) | 2);
        int mark = buffer.BeginLength();
        buffer.WriteUInt16(PacketId);
        if (version == MqttVersion.V5)
        {
            int block = buffer.BeginLength();
            if (SubscriptionIdentifier != 0)
            {
                buffer.WriteByte((byte)PropertyId.SubscriptionIdentifier);
                buffer.WriteVariable(SubscriptionIdentifier);
            }

            foreach ((string name, string value) in Properties?.UserProperties ?? [])
            {
                buffer.WriteByte((byte)PropertyId.UserProperty);
                buffer.WriteString(name);
                buffer.WriteString(value);
            }

            buffer.EndLength(block);
        }

        foreach (FilterRequest request in Filters)
        {
            buffer.WriteString(request.Filter);
            buffer.WriteByte(request.Options.Encode(version));
        }

        buffer.EndLength(mark);
    }
}
