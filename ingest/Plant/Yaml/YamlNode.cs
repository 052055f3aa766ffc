namespace Linewatch.Plants.Yaml;

internal enum YamlKind
{
    Scalar,
    Sequence,
    Mapping,
}

/// <summary>A node of a YAML document with the place it was written at.</summary>
internal sealed class YamlNode(YamlKind kind, int line, int column)
{
    public YamlKind Kind { get; } = kind;

    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>The text of a scalar.</summary>
    public string Text { get; init; } = "";

    /// <summary>Elements of a sequence.</summary>
    public List<YamlNode> Items { get; } = [];

    /// <summary>Members of a mapping, in file order; a key written twice is already reported and kept once.</summary>
    public List<(YamlNode Key, YamlNode Value)> Members { get; } = [];

    /// <summary>What it is, for messages.</summary>
    public string Description => Kind switch
    {
        YamlKind.Sequence => "a list",
        YamlKind.Mapping => "a mapping",
        _ => $"'{Shorten(Text)}'",
    };

    public YamlNode? Find(string key)
    {
        foreach ((YamlNode name, YamlNode value) in Members)
        {
            if (name.Text == key)
            {
                return value;
            }
        }

        return null;
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "…";
}
