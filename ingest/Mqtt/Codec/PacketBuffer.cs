using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Linewatch.Mqtt.Codec;

/// <summary>
/// Bytes to be sent: grows by renting, gives its array back when emptied, so that an idle connection holds none.
/// Writes the data types of section 1.5. Not thread-safe.
/// </summary>
internal sealed class PacketBuffer
{
    private byte[] _array = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _array.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Length);

    /// <summary>Empties the buffer and keeps its array for the next packet.</summary>
    public void Clear() => Length = 0;

    /// <summary>Takes back everything after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Empties the buffer and returns its array to the pool.</summary>
    public void Release()
    {
        Length = 0;
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    /// <summary>The next <paramref name="count"/> bytes, already counted as written.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_array.Length - Length < count)
        {
            Grow(count);
        }

        Span<byte> span = _array.AsSpan(Length, count);
        Length += count;
        return span;
    }

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"{bytes.Length} bytes do not fit a field of at most 65,535", nameof(bytes));
        }

        WriteUInt16((ushort)bytes.Length);
        Write(bytes);
    }

    public void WriteString(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"a text of {length} bytes does not fit a field of at most 65,535", nameof(text));
        }

        WriteUInt16((ushort)length);
        Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    /// <summary>Variable byte integer. [MQTT 1.5.5]</summary>
    public void WriteVariable(uint value) => PutVariable(Reserve(VariableSize(value)), value);

    /// <summary>Starts a part whose length precedes it as a variable byte integer; <see cref="EndLength"/> fills it in.</summary>
    public int BeginLength()
    {
        Reserve(4);
        return Length;
    }

    /// <summary>Ends the part begun at <paramref name="mark"/> and closes the gap its short length leaves.</summary>
    public void EndLength(int mark)
    {
        int length = Length - mark;
        int size = VariableSize((uint)length);
        PutVariable(_array.AsSpan(mark - 4, size), (uint)length);
        if (size < 4)
        {
            _array.AsSpan(mark, length).CopyTo(_array.AsSpan(mark - 4 + size));
            Length -= 4 - size;
        }
    }

    public static int VariableSize(uint value) => value switch
    {
        < 0x80 => 1,
        < 0x4000 => 2,
        < 0x20_0000 => 3,
        < 0x1000_0000 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "a variable byte integer holds at most 268,435,455"),
    };

    public static void PutVariable(Span<byte> target, uint value)
    {
        int i = 0;
        while (value >= 0x80)
        {
            target[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[i] = (byte)value;
    }

    private void Grow(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), Math.Max(512, _array.Length * 2)));
        _array.AsSpan(0, Length).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
