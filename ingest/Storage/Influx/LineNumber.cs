using System.Buffers.Text;
using System.Globalization;

namespace Linewatch.Storage.Influx;

/// <summary>Writes numbers the way line protocol takes them: the shortest text that reads back as the same double.</summary>
internal static class LineNumber
{
    /// <summary>Longest text of a double ("-2.2250738585072014E-308") or of a 64-bit integer.</summary>
    public const int MaximumLength = 26;

    /// <summary>Largest integer up to which every integer is a double.</summary>
    private const double ExactInteger = 1L << 53;

    /// <summary>Writes a finite value; returns the number of bytes.</summary>
    public static int Write(double value, Span<byte> destination)
    {
        // Machines report whole numbers and few decimals. A quotient of an exact integer and an exact power of ten is rounded
        // correctly (IEEE 754), so where it gives the value back, its decimal digits do too (W. D. Clinger, 1990).
        double scaled = value * 1000;
        if (Math.Abs(scaled) <= ExactInteger)
        {
            long whole = (long)value;
            if (whole == value && (whole != 0 || !double.IsNegative(value)))
            {
                Utf8Formatter.TryFormat(whole, destination, out int length);
                return length;
            }

            long thousandths = (long)Math.Round(scaled);
            if (thousandths / 1000.0 == value && thousandths != 0)
            {
                return WriteThousandths(thousandths, destination);
            }
        }

        value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        return written;
    }

    private static int WriteThousandths(long thousandths, Span<byte> destination)
    {
        int at = 0;
        if (thousandths < 0)
        {
            destination[at++] = (byte)'-';
            thousandths = -thousandths;
        }

        (long whole, long rest) = Math.DivRem(thousandths, 1000);
        Utf8Formatter.TryFormat(whole, destination[at..], out int length);
        at += length;
        destination[at++] = (byte)'.';
        destination[at++] = (byte)('0' + (rest / 100));
        if (rest % 100 != 0)
        {
            destination[at++] = (byte)('0' + (rest / 10 % 10));
            if (rest % 10 != 0)
            {
                destination[at++] = (byte)('0' + (rest % 10));
            }
        }

        return at;
    }
}
