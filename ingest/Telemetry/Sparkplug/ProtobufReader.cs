using System.Buffers.Binary;

namespace Linewatch.Telemetry.Sparkplug;

/// <summary>
/// Reads the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding) from a span. Never throws: after
/// malformed bytes <see cref="Failed"/> is set and there are no further fields.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private int _wireType;

    /// <summary>Whether the bytes are no message.</summary>
    public bool Failed { get; private set; }

    /// <summary>Moves to the next field; false at the end or after malformed bytes.</summary>
    public bool TryReadField(out int field)
    {
        field = 0;
        if (_rest.IsEmpty || Failed)
        {
            return false;
        }

        ulong key = Varint();
        field = (int)(key >> 3);
        _wireType = (int)(key & 7);
        if (field == 0 || key > uint.MaxValue)
        {
            Failed = true;
        }

        return !Failed;
    }

    /// <summary>The field's value as a varint, or the bits of a fixed one.</summary>
    public ulong Number()
    {
        switch (_wireType)
        {
            case 0:
                return Varint();
            case 1 when _rest.Length >= 8:
                ulong wide = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return wide;
            case 5 when _rest.Length >= 4:
                uint narrow = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return narrow;
            default:
                Failed = true;
                return 0;
        }
    }

    /// <summary>The field's bytes: a text, a nested message, or bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        if (_wireType != 2)
        {
            Failed = true;
            return default;
        }

        ulong length = Varint();
        if (length > (ulong)_rest.Length)
        {
            Failed = true;
            return default;
        }

        ReadOnlySpan<byte> value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return value;
    }

    /// <summary>Passes over the field.</summary>
    public void Skip()
    {
        if (_wireType == 2)
        {
            Bytes();
        }
        else
        {
            Number();
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < _rest.Length; i++)
        {
            byte b = _rest[i];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        Failed = true;
        return 0;
    }
}
