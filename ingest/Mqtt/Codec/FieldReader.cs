using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Linewatch.Mqtt.Codec;

/// <summary>Reads the data types of section 1.5 from a packet's body, each length checked before use.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    public byte ReadByte(string field)
    {
        if (_rest.IsEmpty)
        {
            MqttProtocolException.Malformed($"packet ends before its {field}");
        }

        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ushort ReadUInt16(string field) => BinaryPrimitives.ReadUInt16BigEndian(Take(2, field));

    public uint ReadUInt32(string field) => BinaryPrimitives.ReadUInt32BigEndian(Take(4, field));

    /// <summary>Packet identifier, never 0. [MQTT-2.2.1-3]</summary>
    public ushort ReadPacketId()
    {
        ushort id = ReadUInt16("packet identifier");
        if (id == 0)
        {
            MqttProtocolException.Violation("packet identifier 0");
        }

        return id;
    }

    /// <summary>Variable byte integer. [MQTT 1.5.5]</summary>
    public uint ReadVariable(string field)
    {
        uint value = 0;
        for (int i = 0; i < 4; i++)
        {
            byte digit = ReadByte(field);
            value |= (uint)(digit & 0x7F) << (7 * i);
            if (digit < 0x80)
            {
                if (i > 0 && digit == 0)
                {
                    MqttProtocolException.Malformed($"{field} is not in its shortest form");
                }

                return value;
            }
        }

        MqttProtocolException.Malformed($"{field} has more than four bytes");
        return 0;
    }

    /// <summary>Binary data with a two-byte length. [MQTT 1.5.6]</summary>
    public ReadOnlySpan<byte> ReadBinary(string field) => Take(ReadUInt16(field), field);

    /// <summary>UTF-8 string: well formed, no surrogates, no U+0000. [MQTT-1.5.4-1, MQTT-1.5.4-2]</summary>
    public ReadOnlySpan<byte> ReadUtf8(string field)
    {
        ReadOnlySpan<byte> text = ReadBinary(field);
        CheckUtf8(text, field);
        return text;
    }

    /// <summary>UTF-8 string that names something, and so ends up in logs and lists: without control characters and non-characters too.</summary>
    public ReadOnlySpan<byte> ReadName(string field)
    {
        ReadOnlySpan<byte> name = ReadUtf8(field);
        RefuseControls(name, field);
        return name;
    }

    public string ReadString(string field) => Encoding.UTF8.GetString(ReadUtf8(field));

    /// <summary>The property block of a MQTT 5 packet; empty where the body ends before it (allowed at the end of acknowledgements).</summary>
    public ReadOnlySpan<byte> ReadProperties()
    {
        uint length = ReadVariable("property length");
        if (length > (uint)_rest.Length)
        {
            MqttProtocolException.Malformed($"property length {length} with {_rest.Length} bytes left");
        }

        return Take((int)length, "properties");
    }

    public ReadOnlySpan<byte> ReadRest()
    {
        ReadOnlySpan<byte> rest = _rest;
        _rest = default;
        return rest;
    }

    public readonly void ExpectEnd(string packet)
    {
        if (!_rest.IsEmpty)
        {
            MqttProtocolException.Malformed($"{_rest.Length} bytes after the end of {packet}");
        }
    }

    public static void CheckUtf8(ReadOnlySpan<byte> text, string field)
    {
        if (!Utf8.IsValid(text))
        {
            MqttProtocolException.Malformed($"{field} is not valid UTF-8");
        }

        if (text.Contains((byte)0))
        {
            MqttProtocolException.Malformed($"{field} contains U+0000");
        }
    }

    /// <summary>Refuses U+0001 … U+001F, U+007F … U+009F and the non-characters, which a receiver may. [MQTT 1.5.4]</summary>
    public static void RefuseControls(ReadOnlySpan<byte> text, string field)
    {
        if (HasControls(text))
        {
            MqttProtocolException.Malformed($"{field} contains a control character or a non-character");
        }
    }

    /// <summary>Whether valid UTF-8 holds control characters or non-characters.</summary>
    public static bool HasControls(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
        while (first >= 0)
        {
            text = text[first..];
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
            {
                return true;
            }

            text = text[length..];
            first = text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
        }

        return false;
    }

    private ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count > _rest.Length)
        {
            MqttProtocolException.Malformed($"{field} needs {count} bytes, {_rest.Length} are left");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
