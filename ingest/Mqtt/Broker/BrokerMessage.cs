using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>An application message the broker keeps: retained, queued, in flight or a will. Immutable.</summary>
internal sealed class BrokerMessage
{
    public required byte[] Topic { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>Properties that are forwarded, as a raw block: all but topic alias and expiry.</summary>
    public byte[] Properties { get; init; } = [];

    public MqttQoS QoS { get; init; }

    /// <summary>The flag it was published with.</summary>
    public bool Retain { get; init; }

    /// <summary>UTC instant after which nobody wants it; null = keeps for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Bytes it counts for in a queue.</summary>
    public int Size => Topic.Length + Payload.Length + Properties.Length + 64;

    /// <summary>Whole seconds left, at least 1; null without expiry. False when it has expired. [MQTT-3.3.2-5, MQTT-3.3.2-6]</summary>
    public bool TryGetExpiry(DateTimeOffset now, out uint? seconds)
    {
        seconds = null;
        if (ExpiresAt is not { } end)
        {
            return true;
        }

        if (end <= now)
        {
            return false;
        }

        seconds = (uint)Math.Max(1, (end - now).TotalSeconds);
        return true;
    }

    /// <summary>Splits a received property block into what is forwarded as it is and the expiry. [MQTT-3.3.2-4, -15, -16, -17, -18, -20]</summary>
    public static byte[] Forwardable(ReadOnlySpan<byte> block, out uint? expiry)
    {
        expiry = null;
        if (block.IsEmpty)
        {
            return [];
        }

        PacketBuffer kept = new();
        PropertyReader reader = new(block);
        int position = 0;
        while (reader.TryRead(out PropertyId id, out uint number, out _, out _))
        {
            int end = block.Length - reader.Remaining;
            if (id == PropertyId.MessageExpiryInterval)
            {
                expiry = number;
            }
            else if (id is not (PropertyId.TopicAlias or PropertyId.SubscriptionIdentifier or PropertyId.WillDelayInterval))
            {
                kept.Write(block[position..end]);
            }

            position = end;
        }

        byte[] result = kept.Written.ToArray();
        kept.Release();
        return result;
    }

    /// <summary>The message a will stands for.</summary>
    public static BrokerMessage OfWill(MqttWill will, DateTimeOffset now)
    {
        byte[] properties = [];
        uint? expiry = null;
        if (will.Properties is not null)
        {
            PacketBuffer buffer = new();
            will.Properties.WriteFields(buffer);
            properties = Forwardable(buffer.Written, out expiry);
            buffer.Release();
        }

        return new BrokerMessage
        {
            Topic = System.Text.Encoding.UTF8.GetBytes(will.Topic),
            Payload = will.Payload.ToArray(),
            Properties = properties,
            QoS = will.QoS,
            Retain = will.Retain,
            ExpiresAt = expiry is { } seconds ? now.AddSeconds(seconds) : null,
        };
    }
}
