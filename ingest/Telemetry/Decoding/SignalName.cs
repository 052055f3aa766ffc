using System.Buffers.Binary;

namespace Linewatch.Telemetry.Decoding;

/// <summary>A name as UTF-8; one of up to 16 bytes is compared without following a reference.</summary>
internal readonly struct SignalName
{
    private readonly ulong _first;
    private readonly ulong _last;
    private readonly int _length;

    public SignalName(byte[] name)
    {
        (_first, _last) = Pack(name);
        _length = name.Length;
        Bytes = name;
    }

    public byte[] Bytes { get; }

    public bool Is(ReadOnlySpan<byte> name) =>
        name.Length == _length && (name.Length > 16 ? name.SequenceEqual(Bytes) : Pack(name) == (_first, _last));

    /// <summary>The first 16 bytes; shorter names by overlapping reads, which together with the length tell them apart.</summary>
    private static (ulong, ulong) Pack(ReadOnlySpan<byte> name) => name.Length switch
    {
        >= 16 => (BinaryPrimitives.ReadUInt64LittleEndian(name), BinaryPrimitives.ReadUInt64LittleEndian(name[8..])),
        >= 8 => (BinaryPrimitives.ReadUInt64LittleEndian(name), BinaryPrimitives.ReadUInt64LittleEndian(name[^8..])),
        >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(name), BinaryPrimitives.ReadUInt32LittleEndian(name[^4..])),
        >= 2 => (BinaryPrimitives.ReadUInt16LittleEndian(name), BinaryPrimitives.ReadUInt16LittleEndian(name[^2..])),
        1 => (name[0], 0),
        _ => (0, 0),
    };
}
