namespace Linewatch.Telemetry.Sparkplug;

/// <summary>Data types of Sparkplug B 3.0 (sparkplug_b.proto, enum DataType).</summary>
internal enum SparkplugType
{
    Unknown = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    UInt8 = 5,
    UInt16 = 6,
    UInt32 = 7,
    UInt64 = 8,
    Float = 9,
    Double = 10,
    Boolean = 11,
    String = 12,
    DateTime = 13,
    Text = 14,
    Uuid = 15,
    DataSet = 16,
    Bytes = 17,
    File = 18,
    Template = 19,
    Int8Array = 22,
    Int16Array = 23,
    Int32Array = 24,
    Int64Array = 25,
    UInt8Array = 26,
    UInt16Array = 27,
    UInt32Array = 28,
    UInt64Array = 29,
    FloatArray = 30,
    DoubleArray = 31,
    BooleanArray = 32,
    StringArray = 33,
    DateTimeArray = 34,
}

/// <summary>One metric as it lies in a payload. Its spans are valid as long as the payload's.</summary>
internal ref struct SparkplugMetric
{
    public ReadOnlySpan<byte> Name;
    public ulong? Alias;
    public ulong? Timestamp;
    public SparkplugType Type;
    public bool IsHistorical;
    public bool IsTransient;
    public bool IsNull;

    /// <summary>Field number of the value's kind; 0 = none.</summary>
    public int ValueField;
    public ulong Number;
    public ReadOnlySpan<byte> Data;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SparkplugMetric metric)
    {
        metric = default;
        ProtobufReader reader = new(bytes);
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    metric.Name = reader.Bytes();
                    break;
                case 2:
                    metric.Alias = reader.Number();
                    break;
                case 3:
                    metric.Timestamp = reader.Number();
                    break;
                case 4:
                    metric.Type = (SparkplugType)reader.Number();
                    break;
                case 5:
                    metric.IsHistorical = reader.Number() != 0;
                    break;
                case 6:
                    metric.IsTransient = reader.Number() != 0;
                    break;
                case 7:
                    metric.IsNull = reader.Number() != 0;
                    break;
                case >= 10 and <= 14:
                    metric.ValueField = field;
                    metric.Number = reader.Number();
                    break;
                case >= 15 and <= 19:
                    metric.ValueField = field;
                    metric.Data = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    /// <summary>The value of a scalar number or boolean; the type is the metric's own or, for data by alias, the birth's.</summary>
    public readonly double Scalar(SparkplugType type) => ValueField switch
    {
        12 => BitConverter.UInt32BitsToSingle((uint)Number),
        13 => BitConverter.UInt64BitsToDouble(Number),
        14 => Number != 0 ? 1 : 0,

        // Signed integers travel as the two's complement of their width.
        10 or 11 => type switch
        {
            SparkplugType.Int8 => (sbyte)Number,
            SparkplugType.Int16 => (short)Number,
            SparkplugType.Int32 => (int)Number,
            SparkplugType.Int64 => (long)Number,
            _ => Number,
        },
        _ => double.NaN,
    };
}
