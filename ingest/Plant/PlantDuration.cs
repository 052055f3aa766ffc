using System.Globalization;

namespace Linewatch.Plants;

/// <summary>Durations as plant files write them: <c>500 ms</c>, <c>40 s</c>, <c>5 min</c>, <c>2 h</c>, <c>1 d</c>.</summary>
public static class PlantDuration
{
    /// <summary>What is allowed, for messages.</summary>
    public const string Allowed = "a duration above 0 and up to 400 d, such as 500 ms, 40 s, 5 min, 2 h or 1 d";

    /// <summary>Reads a duration above 0 and up to 400 days.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        text = text.Trim();
        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
        {
            end--;
        }

        double seconds = text[end..] switch { "ms" => 0.001, "s" => 1, "min" => 60, "h" => 3600, "d" => 86400, _ => double.NaN };
        if (!double.TryParse(text[..end].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || number <= 0 || !(number * seconds <= 400 * 86400.0))
        {
            return false;
        }

        value = TimeSpan.FromSeconds(number * seconds);
        return true;
    }
}
