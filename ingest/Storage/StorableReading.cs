using System.Text;
using Linewatch.Telemetry;

namespace Linewatch.Storage;

/// <summary>What every store can keep, so that all of them refuse the same readings with the same words.</summary>
internal static class StorableReading
{
    /// <summary>Longest text in UTF-8 bytes; InfluxDB's limit for a string field is 64 KiB.</summary>
    public const int MaximumTextBytes = 60_000;

    /// <summary>Most different values of a signal at one event time.</summary>
    public const int MaximumRepeats = 1_000;

    /// <summary>Why a reading cannot be kept, or null.</summary>
    public static string? Fault(in Reading reading)
    {
        if (reading.EventTime < UnixTime.Earliest || reading.EventTime >= UnixTime.Latest)
        {
            return $"event time {reading.EventTime:O} lies outside {UnixTime.Earliest:yyyy-MM-dd} to {UnixTime.Latest:yyyy-MM-dd}";
        }

        if (reading.Repeat > MaximumRepeats)
        {
            return $"more than {MaximumRepeats:N0} different values at event time {reading.EventTime:O}";
        }

        if (reading.Text is { } text)
        {
            return text.Length > MaximumTextBytes / 3 && Encoding.UTF8.GetByteCount(text) is int bytes and > MaximumTextBytes
                ? $"text of {bytes:N0} bytes; at most {MaximumTextBytes:N0} are kept"
                : null;
        }

        return double.IsFinite(reading.Value) || IsStaleMarker(reading) ? null : $"value {reading.Value} is not a finite number";
    }

    /// <summary>Whether the reading says only that the value before it no longer holds.</summary>
    public static bool IsStaleMarker(in Reading reading) =>
        reading.Text is null && double.IsNaN(reading.Value) && reading.Flags.HasFlag(ReadingFlags.Stale);
}
