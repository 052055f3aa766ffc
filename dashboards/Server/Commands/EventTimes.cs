using System.Globalization;
using System.Text.RegularExpressions;

namespace Linewatch.Server.Commands;

/// <summary>
/// Reads the event times of one recording, in the order of its rows, and none that could be meant otherwise: no day and month without
/// a year in front, no time of day without a date, no number that is no time since 1970. Not thread-safe.
/// </summary>
/// <param name="zone">Zone of times that name none.</param>
/// <param name="format">How they are written, for instance <c>dd.MM.yyyy HH:mm:ss</c>; null = as <see cref="Allowed"/> says.</param>
internal sealed partial class EventTimes(TimeZoneInfo zone, string? format = null)
{
    // Seconds from 1973 to 2199; milliseconds likewise are a thousand times that, so neither is ever taken for the other, nor
    // 20260302 or 20260302101433 for either.
    private const double FirstSecond = 1e8;
    private const double LastSecond = 7.25e9;

    private DateTime _last;

    /// <summary>What is allowed, for messages.</summary>
    public string Allowed => format is not null ? $"allowed is '{format}', as --time-format says"
        : "allowed are ISO 8601, 'yyyy-MM-dd HH:mm:ss' and seconds or milliseconds since 1970; tell another form with --time-format";

    /// <summary>Reads a time.</summary>
    /// <param name="text">As written.</param>
    /// <param name="utc">The time, UTC. Of the two an hour that a clock change repeats can mean, the first that is newer than the time read before.</param>
    /// <returns>False where it is none, or the zone has no such time because of a clock change.</returns>
    public bool TryRead(string text, out DateTime utc)
    {
        utc = default;
        if (format is not null)
        {
            return DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces, out DateTime told)
                && TryUtc(told, out utc);
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double epoch))
        {
            double seconds = epoch > LastSecond ? epoch / 1000 : epoch;
            if (seconds is < FirstSecond or > LastSecond)
            {
                return false;
            }

            utc = _last = DateTime.UnixEpoch.AddMilliseconds(epoch > LastSecond ? epoch : epoch * 1000);
            return true;
        }

        return YearFirst().IsMatch(text)
            && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces, out DateTime parsed)
            && TryUtc(parsed, out utc);
    }

    private bool TryUtc(DateTime parsed, out DateTime utc)
    {
        utc = default;
        if (parsed.Kind != DateTimeKind.Unspecified)
        {
            utc = parsed.ToUniversalTime();
        }
        else if (zone.IsInvalidTime(parsed))
        {
            return false;
        }
        else if (zone.IsAmbiguousTime(parsed))
        {
            TimeSpan[] offsets = zone.GetAmbiguousTimeOffsets(parsed);
            utc = DateTime.SpecifyKind(parsed - offsets.Max(), DateTimeKind.Utc);
            utc = utc > _last ? utc : DateTime.SpecifyKind(parsed - offsets.Min(), DateTimeKind.Utc);
        }
        else
        {
            utc = TimeZoneInfo.ConvertTimeToUtc(parsed, zone);
        }

        _last = utc;
        return true;
    }

    [GeneratedRegex(@"^\d{4}([-/])\d{1,2}\1\d{1,2}(\D|$)")]
    private static partial Regex YearFirst();
}
