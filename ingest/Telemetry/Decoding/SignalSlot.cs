using System.Buffers.Binary;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>
/// What decoding needs of a signal, side by side in memory: with tens of thousands of signals the cost of a message is the
/// cache lines it touches. Names of up to 16 bytes are compared without following a reference.
/// </summary>
internal readonly struct SignalSlot
{
    private readonly ulong _name0;
    private readonly ulong _name1;
    private readonly int _nameLength;

    public SignalSlot(Signal signal, byte[] name)
        : this(signal)
    {
        (_name0, _name1) = Pack(name);
        _nameLength = name.Length;
        Name = name;
    }

    public SignalSlot(Signal signal)
    {
        Signal = signal;
        Name = [];
        Scale = signal.Scale;
        Offset = signal.Offset;
        Minimum = signal.Minimum ?? double.NegativeInfinity;
        Maximum = signal.Maximum ?? double.PositiveInfinity;
        IsText = signal.IsText;
        IsCode = signal.Role is SignalRole.State or SignalRole.Mode or SignalRole.Program or SignalRole.FaultCode;
    }

    public Signal Signal { get; }

    public byte[] Name { get; }

    public double Scale { get; }

    public double Offset { get; }

    public double Minimum { get; }

    public double Maximum { get; }

    public bool IsText { get; }

    /// <summary>Whether values are whole numbers from 0.</summary>
    public bool IsCode { get; }

    public bool IsNamed(ReadOnlySpan<byte> name) =>
        name.Length == _nameLength && (name.Length > 16 ? name.SequenceEqual(Name) : Pack(name) == (_name0, _name1));

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
