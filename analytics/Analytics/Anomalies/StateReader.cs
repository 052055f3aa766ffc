using System.Buffers.Binary;
using System.Text;

namespace Linewatch.Analytics.Anomalies;

/// <summary>Reads what <see cref="StateWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">From every method: the bytes end early or do not fit what is asked for.</exception>
public sealed class StateReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    /// <summary>Whether everything was read.</summary>
    public bool AtEnd => _position == bytes.Length;

    /// <summary>Reads a number.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>Reads a whole number.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads a whole number that must lie between two bounds.</summary>
    public int ReadInt32(int minimum, int maximum)
    {
        long value = ReadInt64();
        return value >= minimum && value <= maximum
            ? (int)value
            : throw new InvalidDataException($"the saved state holds {value} where {minimum} to {maximum} is allowed");
    }

    /// <summary>Reads the ticks of a UTC time.</summary>
    public DateTime ReadUtc()
    {
        long ticks = ReadInt64();
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime(ticks, DateTimeKind.Utc)
            : throw new InvalidDataException($"the saved state holds {ticks} where the ticks of a time are expected");
    }

    /// <summary>Reads a text.</summary>
    public string ReadString() => Encoding.UTF8.GetString(Take(ReadInt32(0, bytes.Length)));

    /// <summary>Reads numbers into an array of exactly their count.</summary>
    public void Read(Span<double> values)
    {
        _ = ReadInt32(values.Length, values.Length);
        foreach (ref double value in values)
        {
            value = ReadDouble();
        }
    }

    /// <summary>Reads numbers of a count that was written before them.</summary>
    /// <param name="most">Most numbers allowed.</param>
    public double[] ReadNumbers(int most)
    {
        int count = ReadInt32(0, Math.Min(most, (bytes.Length - _position) / sizeof(double)));
        double[] values = new double[count];
        foreach (ref double value in values.AsSpan())
        {
            value = ReadDouble();
        }

        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (bytes.Length - _position < count)
        {
            throw new InvalidDataException($"the saved state ends after {bytes.Length} bytes");
        }

        ReadOnlySpan<byte> taken = bytes.Span.Slice(_position, count);
        _position += count;
        return taken;
    }
}
