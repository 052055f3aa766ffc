using System.Globalization;
using System.Text.RegularExpressions;

namespace Linewatch.Server.Api;

/// <summary>A time range of a request, UTC, [From, To).</summary>
internal readonly partial record struct TimeRange(DateTime From, DateTime To)
{
    /// <summary>Reads ISO 8601 texts; the default is the last hour. Returns the fault, or null.</summary>
    public static string? Read(string? from, string? to, TimeProvider clock, out TimeRange range) =>
        Read(from, to, TimeSpan.FromHours(1), clock, out range);

    /// <summary>Reads ISO 8601 texts; the default is as long as <paramref name="preset"/> and ends now. Returns the fault, or null.</summary>
    public static string? Read(string? from, string? to, TimeSpan preset, TimeProvider clock, out TimeRange range)
    {
        range = default;
        DateTime until = clock.GetUtcNow().UtcDateTime;
        if (to is not null && !TryReadInstant(to, out until))
        {
            return Fault("to", to);
        }

        DateTime since = until > DateTime.MinValue + preset ? until - preset : until;
        if (from is not null && !TryReadInstant(from, out since))
        {
            return Fault("from", from);
        }

        range = new TimeRange(since, until);
        return since < until ? null : $"from {since:u} is not before to {until:u}";
    }

    /// <summary>Reads a length of time: a whole number and s, m, h or d, for instance <c>15m</c>.</summary>
    public static bool TryReadLength(string text, out TimeSpan length)
    {
        length = default;
        Match match = Length().Match(text);
        if (!match.Success || !int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int count) || count == 0)
        {
            return false;
        }

        int seconds = match.Groups[2].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86400 };
        length = TimeSpan.FromSeconds((long)count * seconds);
        return true;
    }

    /// <summary>Reads an ISO 8601 instant as UTC; without an offset it is UTC.</summary>
    public static bool TryReadInstant(string text, out DateTime utc)
    {
        bool ok = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset read);
        utc = read.UtcDateTime;
        return ok;
    }

    /// <summary>What is wrong with an instant that cannot be read.</summary>
    public static string Fault(string name, string text) =>
        $"{name} is \"{text}\"; expected ISO 8601, for instance 2026-11-22T10:00:00Z";

    [GeneratedRegex("^([0-9]{1,6})([smhd])$")]
    private static partial Regex Length();
}
