using System.Globalization;

namespace Linewatch.Operations.Database;

/// <summary>UTC times as the database keeps them: <c>2026-11-22T10:00:00.0000000Z</c>, always 28 characters.</summary>
internal static class UtcText
{
    /// <summary>The text of a UTC time.</summary>
    /// <exception cref="ArgumentException">The time is not UTC: storing it would move it silently.</exception>
    public static string Format(DateTime utc) => utc.Kind == DateTimeKind.Utc
        ? utc.ToString("O", CultureInfo.InvariantCulture)
        : throw new ArgumentException($"{utc:O} is {utc.Kind}; times are stored as UTC", nameof(utc));

    /// <summary>The time of a text written by <see cref="Format"/>.</summary>
    public static DateTime Parse(string text) =>
        DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
