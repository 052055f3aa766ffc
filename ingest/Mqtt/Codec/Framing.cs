using System.Buffers;
using System.Runtime.CompilerServices;

namespace Linewatch.Mqtt.Codec;

/// <summary>
/// Cuts a byte stream into control packets: fixed header and remaining length (section 2.1). No I/O, no decoding, no
/// allocation; a declared length is checked against the limit before anything waits for it.
/// </summary>
internal static class Framing
{
    /// <summary>Longest fixed header: one byte of type, four of remaining length.</summary>
    public const int LongestHeader = 5;

    /// <summary>Largest packet the standard can express. [MQTT 2.1.4]</summary>
    public const int LargestPacket = 268_435_455 + LongestHeader;

    /// <summary>The flags every type must carry, 0xFF where PUBLISH decides itself. [MQTT-2.1.3-1]</summary>
    private static ReadOnlySpan<byte> RequiredFlags => [0xFE, 0, 0, 0xFF, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];

    /// <summary>Reads the packet at the start of <paramref name="buffer"/>, or returns false when more bytes are needed.</summary>
    /// <exception cref="MqttProtocolException">Reserved type or flags, a remaining length of more than four bytes, or a packet above the limit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> buffer, int maximumPacketSize, out Frame frame)
    {
        // One length byte covers every packet below 130 bytes, two below 16 KiB.
        if (buffer.Length >= 2)
        {
            byte header = buffer[0];
            int length = buffer[1];
            int start = 2;
            if (length >= 0x80)
            {
                if (buffer.Length >= 3 && buffer[2] is > 0 and < 0x80)
                {
                    length = (length & 0x7F) | (buffer[2] << 7);
                    start = 3;
                }
                else if (!TryReadLength(buffer, out length, out start))
                {
                    CheckHeader(header);
                    frame = default;
                    return false;
                }
            }

            CheckHeader(header);
            int total = start + length;
            if (total > maximumPacketSize)
            {
                MqttProtocolException.Refuse(MqttReasonCode.PacketTooLarge, $"packet of {total} bytes, at most {maximumPacketSize} are accepted");
            }

            if (total <= buffer.Length)
            {
                frame = new Frame { Header = header, Body = buffer.Slice(start, length), Length = total };
                return true;
            }
        }
        else if (buffer.Length == 1)
        {
            CheckHeader(buffer[0]);
        }

        frame = default;
        return false;
    }

    /// <summary>The size of the packet that begins a buffer of several segments; false when its header is not complete.</summary>
    public static bool TryReadSize(in ReadOnlySequence<byte> buffer, int maximumPacketSize, out int size)
    {
        Span<byte> head = stackalloc byte[LongestHeader];
        int available = (int)Math.Min(buffer.Length, LongestHeader);
        buffer.Slice(0, available).CopyTo(head);
        if (available > 0)
        {
            CheckHeader(head[0]);
        }

        if (available < 2 || !TryReadLength(head[..available], out int length, out int start))
        {
            size = 0;
            return false;
        }

        size = start + length;
        if (size > maximumPacketSize)
        {
            MqttProtocolException.Refuse(MqttReasonCode.PacketTooLarge, $"packet of {size} bytes, at most {maximumPacketSize} are accepted");
        }

        return true;
    }

    /// <summary>Variable byte integer after the first byte. [MQTT 1.5.5]</summary>
    private static bool TryReadLength(ReadOnlySpan<byte> buffer, out int length, out int start)
    {
        length = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i + 1 >= buffer.Length)
            {
                start = 0;
                return false;
            }

            byte digit = buffer[i + 1];
            length |= (digit & 0x7F) << (7 * i);
            if (digit < 0x80)
            {
                if (i > 0 && digit == 0)
                {
                    // [MQTT-1.5.5-1] the shortest form must be used.
                    MqttProtocolException.Malformed("remaining length is not in its shortest form");
                }

                start = i + 2;
                return true;
            }
        }

        MqttProtocolException.Malformed("remaining length has more than four bytes");
        start = 0;
        return false;
    }

    private static void CheckHeader(byte header)
    {
        byte required = RequiredFlags[header >> 4];
        if (required != 0xFF && (header & 0x0F) != required)
        {
            MqttProtocolException.Malformed(header >> 4 == 0 ? "packet type 0 is reserved" : $"flags {header & 0x0F:X} of packet type {header >> 4} are reserved");
        }
    }
}
