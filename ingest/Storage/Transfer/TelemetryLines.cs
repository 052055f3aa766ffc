using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Storage.Influx;

namespace Linewatch.Storage.Transfer;

/// <summary>One field of a line: a number, a text, or a stale marker.</summary>
internal readonly record struct TelemetryField(SignalPath Path, DateTime EventTime, double Value, string? Text, bool IsStale, int Repeat);

/// <summary>Lines of measurement <c>telemetry</c> in line protocol, times in nanoseconds. A text may hold line breaks.</summary>
internal sealed class TelemetryLines(TextReader input)
{
    private const int MaximumLine = 1 << 20;

    private long _next = 1;

    /// <summary>Number of the line that was read last.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the fields of the next line; false at the end.</summary>
    public bool TryRead(List<TelemetryField> fields, out string? fault)
    {
        fields.Clear();
        fault = null;
        while (ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            fault = line.Length >= MaximumLine ? $"more than {MaximumLine:N0} characters" : Parse(line, fields);
            return true;
        }

        return false;
    }

    /// <summary>A line up to a line break outside quotes; quotes count in the fields only.</summary>
    private string? ReadLine()
    {
        StringBuilder line = new();
        bool inQuotes = false, escaped = false, any = false;
        int spaces = 0;
        Line = _next;
        for (int read = input.Read(); read >= 0; read = input.Read())
        {
            any = true;
            char letter = (char)read;
            _next += letter == '\n' ? 1 : 0;
            if (letter == '\n' && !inQuotes)
            {
                break;
            }

            spaces += letter == ' ' && !escaped && !inQuotes ? 1 : 0;
            inQuotes ^= letter == '"' && !escaped && spaces == 1;
            escaped = letter == '\\' && !escaped;
            if (line.Length < MaximumLine)
            {
                line.Append(letter);
            }
        }

        return any ? line.ToString().TrimEnd('\r') : null;
    }

    private static string? Parse(string line, List<TelemetryField> fields)
    {
        List<string> parts = Split(line, ' ', quotes: true);
        if (parts.Count != 3)
        {
            return "not measurement,tags fields time";
        }

        List<string> head = Split(parts[0], ',', quotes: false);
        if (head[0] != InfluxSeries.Measurement)
        {
            return $"measurement '{head[0]}'; only '{InfluxSeries.Measurement}' is imported";
        }

        Dictionary<string, string> tags = [];
        foreach (string tag in head.Skip(1))
        {
            List<string> pair = Split(tag, '=', quotes: false);
            if (pair.Count != 2)
            {
                return $"tag '{tag}' is not name=value";
            }

            tags[Unescape(pair[0])] = Unescape(pair[1]);
        }

        if (!tags.TryGetValue("site", out string? site) || !tags.TryGetValue("area", out string? area)
            || !tags.TryGetValue("line", out string? plantLine) || !tags.TryGetValue("machine", out string? machine))
        {
            return "one of the tags site, area, line, machine is missing";
        }

        if (!int.TryParse(tags.GetValueOrDefault(InfluxSeries.RepeatTag, "0"), NumberStyles.None, CultureInfo.InvariantCulture, out int repeat))
        {
            return $"tag {InfluxSeries.RepeatTag} is '{tags[InfluxSeries.RepeatTag]}'; a number is expected";
        }

        if (!long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long nanoseconds))
        {
            return $"time '{parts[2]}' is not a number of nanoseconds";
        }

        foreach (string field in Split(parts[1], ',', quotes: true))
        {
            List<string> pair = Split(field, '=', quotes: true);
            if (pair.Count != 2 || Field(Unescape(pair[0]), pair[1]) is not { } read)
            {
                fields.Clear();
                return $"field '{field}' is not name=value";
            }

            fields.Add(read);
        }

        return null;

        TelemetryField? Field(string name, string value)
        {
            SignalPath Path(string suffix) => new(site, area, plantLine, machine, suffix.Length > 0 && name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name);
            DateTime eventTime = UnixTime.FromNanoseconds(nanoseconds);
            return value.Length >= 2 && value[0] == '"' && value[^1] == '"'
                    ? new TelemetryField(Path(InfluxSeries.TextSuffix), eventTime, double.NaN, UnescapeText(value[1..^1]), false, repeat)
                : value is "true" or "t" or "T" or "True" or "TRUE" ? new TelemetryField(Path(InfluxSeries.StaleSuffix), eventTime, double.NaN, null, true, repeat)
                : double.TryParse(value.AsSpan().TrimEnd('i'), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    ? new TelemetryField(Path(""), eventTime, number, null, false, repeat)
                : null;
        }
    }

    /// <summary>Splits at separators that are neither escaped nor, in fields, inside quotes.</summary>
    private static List<string> Split(string text, char separator, bool quotes)
    {
        List<string> parts = [];
        int start = 0;
        bool inQuotes = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"' && quotes)
            {
                inQuotes = !inQuotes;
            }
            else if (text[i] == separator && !inQuotes)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static string Unescape(string name) => name
        .Replace("\\,", ",", StringComparison.Ordinal).Replace("\\=", "=", StringComparison.Ordinal).Replace("\\ ", " ", StringComparison.Ordinal);

    private static string UnescapeText(string text)
    {
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool escape = text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\';
            i += escape ? 1 : 0;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
