using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>
/// The QoS 0 frames of the message under way, encoded once for each version however many subscribers get the same bytes.
/// Used by one thread at a time.
/// </summary>
internal sealed class SharedFrames
{
    private readonly PacketBuffer _v311 = new();
    private readonly PacketBuffer _v5 = new();

    /// <summary>The frame without retain flag, topic alias and subscription identifiers.</summary>
    public ReadOnlySpan<byte> Get(MqttVersion version, in OutgoingMessage message)
    {
        PacketBuffer frame = version == MqttVersion.V5 ? _v5 : _v311;
        if (frame.Length == 0)
        {
            PublishPacket.Write(frame, version, flags: 0, message.Topic, packetId: 0, message.Properties, message.Payload, message.Expiry);
        }

        return frame.Written;
    }

    /// <summary>Another message follows.</summary>
    public void Clear()
    {
        _v311.Clear();
        _v5.Clear();
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _v311.Release();
        _v5.Release();
    }
}
