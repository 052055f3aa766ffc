using System.Buffers.Binary;

namespace Linewatch.Telemetry.Sparkplug;

/// <summary>Elements of the numeric array types: little-endian, of one width.</summary>
internal static class SparkplugArray
{
    /// <summary>Bytes of an element; 0 for what is no array of numbers.</summary>
    public static int Width(SparkplugType type) => type switch
    {
        SparkplugType.Int8Array or SparkplugType.UInt8Array => 1,
        SparkplugType.Int16Array or SparkplugType.UInt16Array => 2,
        SparkplugType.Int32Array or SparkplugType.UInt32Array or SparkplugType.FloatArray => 4,
        SparkplugType.Int64Array or SparkplugType.UInt64Array or SparkplugType.DoubleArray or SparkplugType.DateTimeArray => 8,
        _ => 0,
    };

    /// <summary>The value of one element, given its bytes.</summary>
    public static double Element(ReadOnlySpan<byte> bytes, SparkplugType type) => type switch
    {
        SparkplugType.Int8Array => (sbyte)bytes[0],
        SparkplugType.UInt8Array => bytes[0],
        SparkplugType.Int16Array => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        SparkplugType.UInt16Array => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        SparkplugType.Int32Array => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        SparkplugType.UInt32Array => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        SparkplugType.FloatArray => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        SparkplugType.DoubleArray => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        SparkplugType.Int64Array => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };
}
