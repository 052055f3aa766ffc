using FsCheck.Fluent;
using Linewatch.Mqtt;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>Valid packets with bytes changed, removed, inserted; decoded by everything that decodes.</summary>
internal static class Mutations
{
    /// <summary>What is done with a packet.</summary>
    public delegate void Decoder(ReadOnlySpan<byte> bytes, MqttVersion version);

    /// <summary>Runs; any exception but a protocol error fails. Null decodes with everything there is.</summary>
    public static void Run(int count, int seed, Decoder? decode = null)
    {
        decode ??= DecodeAll;
        byte[][] originals = [.. Enum.GetValues<MqttVersion>().SelectMany(version => AnyPacket.Encoded(version).Sample(200, size: 20))];
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] mutated = Mutate(originals[random.Next(originals.Length)], random);
            try
            {
                decode(mutated, (MqttVersion)random.Next(4, 6));
            }
            catch (MqttProtocolException)
            {
                // What hostile bytes deserve.
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"packet {Convert.ToHexString(mutated)} (turn {i}): {exception.Message}", exception);
            }
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveAt(at); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }
        }

        return [.. bytes];
    }

    private static void DecodeAll(ReadOnlySpan<byte> bytes, MqttVersion version)
    {
        while (Framing.TryRead(bytes, 1024 * 1024, out Frame frame))
        {
            bytes = bytes[frame.Length..];
            switch (frame.Type)
            {
                case PacketType.Connect: ConnectPacket.Decode(frame.Body); break;
                case PacketType.Connack: ConnackPacket.Decode(frame.Body, version); break;
                case PacketType.Publish:
                    PublishPacket publish = PublishPacket.Decode(frame, version);
                    if (!publish.Topic.IsEmpty)
                    {
                        TopicRules.CheckName(publish.Topic);
                    }

                    MqttProperties.OfPublish(publish.Properties);
                    BrokerMessage.Forwardable(publish.Properties, out _);
                    break;
                case PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp: AckPacket.Decode(frame, version); break;
                case PacketType.Subscribe:
                    foreach (FilterRequest request in SubscribePacket.Decode(frame.Body, version).Filters)
                    {
                        if (TopicRules.IsValidFilter(System.Text.Encoding.UTF8.GetBytes(request.Filter)))
                        {
                            TopicRules.SplitShare(request.Filter, out _, out _);
                        }
                    }

                    break;
                case PacketType.Suback or PacketType.Unsuback: SubackPacket.Decode(frame, version); break;
                case PacketType.Unsubscribe: UnsubscribePacket.Decode(frame.Body, version); break;
                case PacketType.Disconnect or PacketType.Auth: DisconnectPacket.Decode(frame, version); break;
                default: break;
            }
        }
    }
}
