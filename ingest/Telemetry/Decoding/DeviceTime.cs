using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Linewatch.Telemetry.Decoding;

/// <summary>How a machine writes its time.</summary>
internal enum DeviceTimeFormat
{
    /// <summary>ISO 8601, with an offset or Z; without either it is taken for UTC.</summary>
    Iso8601,

    /// <summary>Seconds since 1970, fractions allowed.</summary>
    UnixSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    UnixMilliseconds,

    /// <summary>Microseconds since 1970.</summary>
    UnixMicroseconds,

    /// <summary>Nanoseconds since 1970.</summary>
    UnixNanoseconds,
}

/// <summary>Reads machines' times into UTC, to the 100 ns that a <see cref="DateTime"/> holds.</summary>
internal static class DeviceTime
{
    private static readonly long LatestSeconds = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    public static DeviceTimeFormat Parse(string? name) => name switch
    {
        null or "iso8601" => DeviceTimeFormat.Iso8601,
        "unix-s" or "s" => DeviceTimeFormat.UnixSeconds,
        "unix-ms" or "ms" => DeviceTimeFormat.UnixMilliseconds,
        "unix-us" or "us" => DeviceTimeFormat.UnixMicroseconds,
        "unix-ns" or "ns" => DeviceTimeFormat.UnixNanoseconds,
        _ => throw new ArgumentException($"unknown time format '{name}'", nameof(name)),
    };

    public static bool TryRead(ReadOnlySpan<byte> text, DeviceTimeFormat format, out DateTime time) =>
        format == DeviceTimeFormat.Iso8601 ? TryIso8601(text, out time) : TryEpoch(text, format, out time);

    private static bool TryIso8601(ReadOnlySpan<byte> text, out DateTime time)
    {
        if (text.Length is >= 20 and <= 28 && text[^1] == (byte)'Z' && TryUtc(text, out time))
        {
            return true;
        }

        time = default;
        if (text.Length is 0 or > 40)
        {
            return false;
        }

        Span<char> characters = stackalloc char[text.Length];
        return Encoding.UTF8.TryGetChars(text, characters, out int count)
            && DateTime.TryParse(characters[..count], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out time)
            && text[0] is >= (byte)'0' and <= (byte)'9' && text.Contains((byte)'-');
    }

    /// <summary>The form nearly all machines use, 2026-11-22T10:00:00[.fraction]Z, without a detour over characters.</summary>
    private static bool TryUtc(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':' || text[16] != ':')
        {
            return false;
        }

        int year = (Two(text, 0) * 100) + Two(text, 2);
        int month = Two(text, 5);
        int day = Two(text, 8);
        int hour = Two(text, 11);
        int minute = Two(text, 14);
        int second = Two(text, 17);
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }

        long fraction = 0;
        if (text.Length > 20)
        {
            if (text[19] != '.')
            {
                return false;
            }

            long unit = TimeSpan.TicksPerSecond;
            foreach (byte digit in text[20..^1])
            {
                if (digit is < (byte)'0' or > (byte)'9')
                {
                    return false;
                }

                unit /= 10;
                fraction += (digit - '0') * unit;
            }
        }

        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(fraction);
        return true;
    }

    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        return (uint)tens > 9 || (uint)ones > 9 ? -10_000 : (tens * 10) + ones;
    }

    private static bool TryEpoch(ReadOnlySpan<byte> text, DeviceTimeFormat format, out DateTime time)
    {
        time = default;
        if (Utf8Parser.TryParse(text, out long whole, out int consumed) && consumed == text.Length)
        {
            return TryEpoch(whole, format, out time);
        }

        // Only seconds carry fractions in the wild, but a fraction of any unit means what it says.
        if (!Utf8Parser.TryParse(text, out decimal number, out consumed) || consumed != text.Length)
        {
            return false;
        }

        decimal ticks = number * format switch
        {
            DeviceTimeFormat.UnixSeconds => TimeSpan.TicksPerSecond,
            DeviceTimeFormat.UnixMilliseconds => TimeSpan.TicksPerMillisecond,
            DeviceTimeFormat.UnixMicroseconds => TimeSpan.TicksPerMicrosecond,
            _ => 0.01m,
        };
        if (ticks < 0 || ticks > LatestSeconds * (decimal)TimeSpan.TicksPerSecond)
        {
            return false;
        }

        time = DateTime.UnixEpoch.AddTicks((long)ticks);
        return true;
    }

    public static bool TryEpoch(long value, DeviceTimeFormat format, out DateTime time)
    {
        time = default;
        (long limit, long ticks) = format switch
        {
            DeviceTimeFormat.UnixSeconds => (LatestSeconds, TimeSpan.TicksPerSecond),
            DeviceTimeFormat.UnixMilliseconds => (LatestSeconds * 1000, TimeSpan.TicksPerMillisecond),
            DeviceTimeFormat.UnixMicroseconds => (LatestSeconds * 1_000_000, TimeSpan.TicksPerMicrosecond),
            _ => (long.MaxValue, 0),
        };
        if (value < 0 || value > limit)
        {
            return false;
        }

        time = DateTime.UnixEpoch.AddTicks(ticks == 0 ? value / 100 : value * ticks);
        return true;
    }
}
