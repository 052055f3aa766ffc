using System.Globalization;

namespace Linewatch.Plants.Yaml;

/// <summary>Reads a scalar; on success the value is not null.</summary>
internal delegate bool TryParseScalar<T>(string text, out T? value);

/// <summary>A kind of scalar: how it is read and, for messages, what is allowed.</summary>
internal sealed record ScalarKind<T>(string Allowed, TryParseScalar<T> TryParse);

/// <summary>The kinds of scalar that plant files use.</summary>
internal static class Scalars
{
    public static readonly ScalarKind<string> Text = new("a text that is not empty", static (text, out value) =>
    {
        value = text.Trim();
        return value.Length > 0;
    });

    public static readonly ScalarKind<string> AnyText = new("a text", static (text, out value) =>
    {
        value = text;
        return true;
    });

    public static readonly ScalarKind<string> Id = new("an identifier of lower-case letters, digits, '_', '-' and '.', at most 100", static (text, out value) =>
    {
        value = text;
        return text.Length is > 0 and <= 100 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '-' or '.');
    });

    public static readonly ScalarKind<bool> Switch = new("true or false", static (text, out value) => bool.TryParse(text, out value));

    public static readonly ScalarKind<double> Number = new("a number", static (text, out value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));

    public static readonly ScalarKind<double> PositiveNumber = new("a number above 0", static (text, out value) =>
        Number.TryParse(text, out value) && value > 0);

    public static readonly ScalarKind<double> NotNegative = new("a number of 0 or more", static (text, out value) =>
        Number.TryParse(text, out value) && value >= 0);

    public static readonly ScalarKind<decimal> Money = new("an amount of 0 or more", static (text, out value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value));

    public static readonly ScalarKind<int> Code = new("a whole number from 0 to 2147483647", static (text, out value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value));

    public static readonly ScalarKind<TimeOnly> LocalTime = new("a time such as \"06:00\", in quotes", static (text, out value) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out value));

    public static readonly ScalarKind<DateTime> LocalDateTime = new("a local time such as \"2026-11-23 02:00\"", static (text, out value) =>
        DateTime.TryParseExact(text, ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out value));

    public static readonly ScalarKind<DayOfWeek> Day = new("Mon, Tue, Wed, Thu, Fri, Sat or Sun", static (text, out value) =>
    {
        int index = Array.FindIndex(["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], day => day.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = (DayOfWeek)Math.Max(index, 0);
        return index >= 0;
    });

    public static readonly ScalarKind<TimeZoneInfo> TimeZone = new("an IANA time zone such as Europe/Berlin", static (text, out value) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(text, out value));

    public static readonly ScalarKind<TimeSpan> Duration = new(PlantDuration.Allowed, static (text, out value) => PlantDuration.TryParse(text, out value));

    /// <summary>A duration that may be nothing: a monobloc has no conveyor between its machines.</summary>
    public static readonly ScalarKind<TimeSpan> DurationOrNone = new("0 s or " + PlantDuration.Allowed, static (text, out value) =>
    {
        value = TimeSpan.Zero;
        return text is "0" or "0 s" || PlantDuration.TryParse(text, out value);
    });

    public static readonly ScalarKind<double> RatePerHour = new("a rate above 0 such as 36000/h, 600/min or 10/s", static (text, out value) =>
    {
        value = double.NaN;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !Number.TryParse(text[..slash].Trim(), out double number) || number <= 0)
        {
            return false;
        }

        value = number * (text[(slash + 1)..].Trim() switch { "h" => 1, "min" => 60, "s" => 3600, _ => double.NaN });
        return double.IsFinite(value);
    });

    public static readonly ScalarKind<double> Millilitres = new("a volume above 0 such as 500 ml, 50 cl or 1.5 l", static (text, out value) =>
    {
        value = TrySplit(text, out double number, out string unit) && number > 0
            ? number * (unit switch { "ml" or "mL" => 1, "cl" or "cL" => 10, "l" or "L" => 1000, _ => double.NaN })
            : double.NaN;
        return double.IsFinite(value);
    });

    public static readonly ScalarKind<double> Kilowatts = new("a power above 0 such as 22 kW or 750 W", static (text, out value) =>
    {
        value = TrySplit(text, out double number, out string unit) && number > 0
            ? number * (unit switch { "kW" => 1, "W" => 0.001, "MW" => 1000, _ => double.NaN })
            : double.NaN;
        return double.IsFinite(value);
    });

    /// <summary>One word of a list; matched exactly.</summary>
    public static ScalarKind<T> Word<T>(params (string Word, T Value)[] words) => new(
        string.Join(", ", words.Select(pair => pair.Word)),
        (text, out value) =>
        {
            foreach ((string word, T candidate) in words)
            {
                if (word == text)
                {
                    value = candidate;
                    return true;
                }
            }

            value = default;
            return false;
        });

    /// <summary>The members of an enum in kebab case.</summary>
    public static (string Word, T Value)[] Kebab<T>()
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => (KebabCase(value.ToString()), value))];

    public static string KebabCase(string name) => string.Concat(name.Select((c, i) =>
        char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>Splits "5 min" or "5min" into number and unit.</summary>
    private static bool TrySplit(string text, out double number, out string unit)
    {
        text = text.Trim();
        int end = text.Length;
        while (end > 0 && (char.IsAsciiLetter(text[end - 1]) || text[end - 1] == '%'))
        {
            end--;
        }

        unit = text[end..];
        return Number.TryParse(text[..end].Trim(), out number) && unit.Length > 0;
    }
}
