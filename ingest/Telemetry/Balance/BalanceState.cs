using System.Buffers.Binary;
using System.Text;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Balance;

/// <summary>Reads the balance's state back. Little-endian, texts with their length before them.</summary>
internal ref struct BalanceStateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte()
    {
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public int Int()
    {
        int value = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        _rest = _rest[4..];
        return value;
    }

    public long Long()
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return value;
    }

    public OutcomeCounts Counts() => new() { Stored = Long(), Duplicate = Long(), Quarantined = Long() };

    public string Text()
    {
        int length = Int();
        string text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }
}

/// <summary>Writes the balance's state.</summary>
internal sealed class BalanceStateWriter
{
    private readonly System.Buffers.ArrayBufferWriter<byte> _bytes = new(1024);

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
    }

    public void Counts(in OutcomeCounts counts)
    {
        Long(counts.Stored);
        Long(counts.Duplicate);
        Long(counts.Quarantined);
    }

    public void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Int(length);
        Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length));
        _bytes.Advance(length);
    }
}
