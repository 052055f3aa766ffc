using System.Buffers.Binary;
using System.Text;

namespace Linewatch.BottlingPlant.Dialects;

/// <summary>
/// Writes a Sparkplug B payload in the protobuf wire format (field numbers of sparkplug_b.proto). Written by hand so that
/// it shares nothing with the decoder under test. Not thread-safe.
/// </summary>
internal sealed class SparkplugPayload
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;

    private byte[] _metric = new byte[256];
    private byte[] _payload = new byte[4096];
    private int _metricLength;
    private int _length;

    /// <summary>Begins a payload: timestamp (field 1).</summary>
    public void Begin(DateTime publishTime)
    {
        _length = 0;
        Tag(ref _payload, ref _length, 1, Varint);
        Number(ref _payload, ref _length, UnixMilliseconds(publishTime));
    }

    /// <summary>Begins a metric: name (1) when given, alias (2), timestamp (3), datatype (4) with a name.</summary>
    public void BeginMetric(string? name, ulong? alias, DateTime eventTime, SparkplugType type)
    {
        _metricLength = 0;
        if (name is not null)
        {
            Text(1, name);
        }

        if (alias is { } number)
        {
            Metric(2, number);
        }

        Metric(3, UnixMilliseconds(eventTime));
        if (name is not null)
        {
            Metric(4, (ulong)type);
        }
    }

    /// <summary>is_null (7).</summary>
    public void Null() => Metric(7, 1);

    /// <summary>long_value (11).</summary>
    public void Long(ulong value) => Metric(11, value);

    /// <summary>double_value (13).</summary>
    public void Double(double value)
    {
        Tag(ref _metric, ref _metricLength, 13, Fixed64);
        Reserve(ref _metric, _metricLength, 8);
        BinaryPrimitives.WriteDoubleLittleEndian(_metric.AsSpan(_metricLength), value);
        _metricLength += 8;
    }

    /// <summary>boolean_value (14).</summary>
    public void Boolean(bool value) => Metric(14, value ? 1UL : 0);

    /// <summary>string_value (15).</summary>
    public void String(string value) => Text(15, value);

    /// <summary>Ends the metric and adds it to the payload (field 2).</summary>
    public void EndMetric()
    {
        Tag(ref _payload, ref _length, 2, Bytes);
        Number(ref _payload, ref _length, (ulong)_metricLength);
        Reserve(ref _payload, _length, _metricLength);
        _metric.AsSpan(0, _metricLength).CopyTo(_payload.AsSpan(_length));
        _length += _metricLength;
    }

    /// <summary>Ends the payload with its sequence number (field 3), which an NDEATH has not.</summary>
    public byte[] End(byte? sequence)
    {
        if (sequence is { } number)
        {
            Tag(ref _payload, ref _length, 3, Varint);
            Number(ref _payload, ref _length, number);
        }

        return _payload.AsSpan(0, _length).ToArray();
    }

    private static ulong UnixMilliseconds(DateTime utc) => (ulong)new DateTimeOffset(utc).ToUnixTimeMilliseconds();

    private static void Tag(ref byte[] buffer, ref int length, int field, int wireType) =>
        Number(ref buffer, ref length, (ulong)((field << 3) | wireType));

    private static void Number(ref byte[] buffer, ref int length, ulong value)
    {
        Reserve(ref buffer, length, 10);
        while (value >= 0x80)
        {
            buffer[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[length++] = (byte)value;
    }

    private static void Reserve(ref byte[] buffer, int length, int more)
    {
        if (length + more > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + more));
        }
    }

    private void Metric(int field, ulong value)
    {
        Tag(ref _metric, ref _metricLength, field, Varint);
        Number(ref _metric, ref _metricLength, value);
    }

    private void Text(int field, string value)
    {
        Tag(ref _metric, ref _metricLength, field, Bytes);
        int count = Encoding.UTF8.GetByteCount(value);
        Number(ref _metric, ref _metricLength, (ulong)count);
        Reserve(ref _metric, _metricLength, count);
        _metricLength += Encoding.UTF8.GetBytes(value, _metric.AsSpan(_metricLength));
    }
}

/// <summary>Sparkplug B data types, as far as they are used here.</summary>
internal enum SparkplugType
{
    Int64 = 4,
    Double = 10,
    Boolean = 11,
    String = 12,
}
