using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Linewatch.Analytics.Anomalies;

/// <summary>Writes the state of detectors as little-endian bytes; numbers keep every bit. Read back by <see cref="StateReader"/>.</summary>
public sealed class StateWriter(IBufferWriter<byte> output)
{
    /// <summary>Writes a number.</summary>
    public void Write(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(sizeof(double)), value);
        output.Advance(sizeof(double));
    }

    /// <summary>Writes a whole number.</summary>
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    /// <summary>Writes a text of at most a few hundred characters.</summary>
    public void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write((long)bytes.Length);
        output.Write(bytes);
    }

    /// <summary>Writes numbers, with their count before them.</summary>
    public void Write(ReadOnlySpan<double> values)
    {
        Write((long)values.Length);
        if (BitConverter.IsLittleEndian)
        {
            output.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (double value in values)
        {
            Write(value);
        }
    }
}
