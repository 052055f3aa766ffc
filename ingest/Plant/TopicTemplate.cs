using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Linewatch.Plants;

/// <summary>What a placeholder of a topic template stands for.</summary>
public enum TopicPart
{
    /// <summary>ISA-95 site.</summary>
    Site,

    /// <summary>ISA-95 area.</summary>
    Area,

    /// <summary>Line.</summary>
    Line,

    /// <summary>Machine.</summary>
    Machine,

    /// <summary>Signal.</summary>
    Signal,
}

/// <summary>
/// A topic template such as <c>{site}/{area}/{line}/{machine}/data</c>: literal levels, a placeholder within a level
/// (<c>line-{line}</c>), <c>+</c> for a level that does not matter, a trailing <c>#</c> for all the rest, where
/// <c>{signal}</c> as the last level followed by <c>/#</c> is not allowed. Immutable.
/// </summary>
public sealed class TopicTemplate
{
    private readonly Level[] _levels;
    private readonly bool _openEnd;

    private TopicTemplate(string text, Level[] levels, bool openEnd)
    {
        Text = text;
        _levels = levels;
        _openEnd = openEnd;
    }

    /// <summary>The template as written.</summary>
    public string Text { get; }

    /// <summary>The placeholders it contains.</summary>
    public IEnumerable<TopicPart> Parts => _levels.Where(level => level.Part is not null).Select(level => level.Part!.Value);

    /// <summary>The MQTT topic filter that subscribes to everything the template can match.</summary>
    public string Filter => string.Join('/', _levels
        .Select(level => level.Any || level.Part is not null ? "+" : level.Prefix)
        .Concat(_openEnd ? ["#"] : []));

    /// <summary>Reads a template; false with the fault where it is not valid.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicTemplate? template, out string? fault)
    {
        template = null;
        fault = null;
        if (text.Length == 0 || Encoding.UTF8.GetByteCount(text) > 65535)
        {
            fault = "a topic template has 1 to 65535 bytes";
            return false;
        }

        string[] parts = text.Split('/');
        bool openEnd = parts[^1] == "#";
        List<Level> levels = [];
        HashSet<TopicPart> seen = [];
        foreach (string part in openEnd ? parts[..^1] : parts)
        {
            if (!TryLevel(part, out Level level, out fault))
            {
                return false;
            }

            if (level.Part is { } placeholder && !seen.Add(placeholder))
            {
                fault = $"the placeholder {{{placeholder.ToString().ToLowerInvariant()}}} stands twice; once is allowed";
                return false;
            }

            levels.Add(level);
        }

        template = new TopicTemplate(text, [.. levels], openEnd);
        return true;
    }

    /// <summary>
    /// Matches a topic. On success <paramref name="values"/>[(int)part] holds what each placeholder stands for, null where
    /// the template has none, and <paramref name="rest"/> the levels that a trailing <c>#</c> stands for.
    /// </summary>
    public bool TryMatch(string topic, Span<string?> values, out string rest)
    {
        values.Clear();
        rest = "";
        int start = 0;
        for (int i = 0; i < _levels.Length; i++)
        {
            if (start > topic.Length)
            {
                return false;
            }

            int end = topic.IndexOf('/', start);
            end = end < 0 ? topic.Length : end;
            ReadOnlySpan<char> level = topic.AsSpan(start, end - start);
            if (!_levels[i].TryMatch(level, values))
            {
                return false;
            }

            start = end + 1;
        }

        // "a/#" also matches "a". [MQTT-4.7.1-2]
        rest = start > topic.Length ? "" : topic[start..];
        return _openEnd || start > topic.Length;
    }

    private static bool TryLevel(string text, out Level level, out string? fault)
    {
        level = default;
        fault = null;
        if (text == "+")
        {
            level = new Level("", "", null, Any: true);
            return true;
        }

        int open = text.IndexOf('{', StringComparison.Ordinal);
        int close = text.IndexOf('}', StringComparison.Ordinal);
        if (text.AsSpan().IndexOfAny('+', '#') >= 0)
        {
            fault = $"found '{text}' as a level; + stands alone in a level, # stands alone as the last one";
            return false;
        }

        if (open < 0 && close < 0)
        {
            level = new Level(text, "", null, Any: false);
            return true;
        }

        if (open < 0 || close < open || text.IndexOf('{', open + 1) >= 0 || text.IndexOf('}', close + 1) >= 0)
        {
            fault = $"found '{text}' as a level; a level holds at most one placeholder in braces";
            return false;
        }

        string name = text[(open + 1)..close];
        TopicPart? part = name switch
        {
            "site" => TopicPart.Site,
            "area" => TopicPart.Area,
            "line" => TopicPart.Line,
            "machine" => TopicPart.Machine,
            "signal" => TopicPart.Signal,
            _ => null,
        };
        if (part is null)
        {
            fault = $"unknown placeholder {{{name}}}; allowed: {{site}}, {{area}}, {{line}}, {{machine}}, {{signal}}";
            return false;
        }

        level = new Level(text[..open], text[(close + 1)..], part, Any: false);
        return true;
    }

    private readonly record struct Level(string Prefix, string Suffix, TopicPart? Part, bool Any)
    {
        public bool TryMatch(ReadOnlySpan<char> text, Span<string?> values)
        {
            if (Any)
            {
                return true;
            }

            if (Part is not { } part)
            {
                return text.SequenceEqual(Prefix);
            }

            if (text.Length <= Prefix.Length + Suffix.Length || !text.StartsWith(Prefix, StringComparison.Ordinal) || !text.EndsWith(Suffix, StringComparison.Ordinal))
            {
                return false;
            }

            values[(int)part] = text[Prefix.Length..^Suffix.Length].ToString();
            return true;
        }
    }
}
