namespace Linewatch.Plants;

/// <summary>Messages of one kind: which topics they come on and how they are decoded.</summary>
public sealed class Source
{
    /// <summary>Name for people and for the balance; unique within the plant.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Topic template, for instance <c>{site}/{area}/{line}/{machine}/data</c>: literal levels, placeholders
    /// (<c>site, area, line, machine, signal</c>), <c>+</c> for a level that does not matter, a trailing <c>#</c>.
    /// </summary>
    public required string Topic { get; init; }

    /// <summary>Name of the decoder: <c>json, value, influx, senml, csv, sparkplug, packml, weihenstephan</c>.</summary>
    public required string Decoder { get; init; }

    /// <summary>
    /// Whether it speaks Sparkplug: it reports by exception, so that silence only means that nothing changed, and what a message
    /// says depends on the births before it.
    /// </summary>
    public bool IsSparkplug => Decoder == "sparkplug";

    /// <summary>Settings of the decoder as written, for instance <c>time</c>, <c>timeFormat</c>, <c>values</c>; checked by the reader.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Constants for placeholders that the topic does not carry, for instance <c>site → rhine</c>.</summary>
    public IReadOnlyDictionary<string, string> Constants { get; init; } = new Dictionary<string, string>();
}
