namespace Linewatch.Plants.Yaml;

/// <summary>The decoders a source may name, and the options each takes.</summary>
internal static class DecoderNames
{
    private static readonly ScalarKind<string> Pointer = new("a JSON pointer such as /values or /a/0/b, or \"\" for the whole message", static (text, out value) =>
    {
        value = text;
        return text.Length == 0 || text[0] == '/';
    });

    private static readonly ScalarKind<string> TimeFormat = OneOf("iso8601", "unix-s", "unix-ms", "unix-us", "unix-ns");

    private static readonly Dictionary<string, (string Key, ScalarKind<string> Kind)[]> ByDecoder = new(StringComparer.Ordinal)
    {
        ["json"] =
        [
            ("time", Pointer), ("timeFormat", TimeFormat), ("values", Pointer), ("samples", Pointer), ("machines", Pointer),
            ("line", Pointer), ("machine", Pointer), ("signal", Pointer), ("value", Pointer),
        ],
        ["value"] = [],
        ["influx"] = [("precision", OneOf("ns", "us", "ms", "s")), ("line", Scalars.Text), ("machine", Scalars.Text)],
        ["senml"] = [],
        ["csv"] =
        [
            ("columns", Scalars.Text), ("separator", new("one ASCII character", static (text, out value) => (value = text).Length == 1 && char.IsAscii(text[0]))),
            ("timeFormat", TimeFormat),
        ],
        ["sparkplug"] = [("reorderTimeout", DurationText), ("rebirth", OneOf("true", "false"))],
        ["packml"] = [("time", Pointer), ("timeFormat", TimeFormat), ("values", Pointer)],
        ["weihenstephan"] = [("time", Pointer), ("timeFormat", TimeFormat), ("values", Pointer)],
    };

    public static ScalarKind<string> Kind { get; } = OneOf([.. ByDecoder.Keys]);

    private static ScalarKind<string> DurationText => new(Scalars.Duration.Allowed, static (text, out value) =>
    {
        value = text;
        return Scalars.Duration.TryParse(text, out _);
    });

    public static IReadOnlyList<(string Key, ScalarKind<string> Kind)> Options(string decoder) =>
        ByDecoder.TryGetValue(decoder, out (string, ScalarKind<string>)[]? options) ? options : [];

    /// <summary>Reports what the decoder needs to know and neither topic, constants nor options tell.</summary>
    public static void CheckPlaceholders(
        YamlSection section,
        string decoder,
        TopicTemplate template,
        Dictionary<string, string> options,
        Dictionary<string, string> constants)
    {
        // Sparkplug topics name group, node and device; SenML names and line protocol tags may name the machine.
        bool namesMachine = decoder is "sparkplug" or "senml" or "influx"
            || options.ContainsKey("machine") || options.ContainsKey("machines") || (options.TryGetValue("columns", out string? columns) && columns.Contains("machine", StringComparison.Ordinal));
        if (!namesMachine && !template.Parts.Contains(TopicPart.Machine) && !constants.ContainsKey("machine"))
        {
            section.Fault("topic", $"the topic '{template.Text}' does not tell the machine; allowed: a {{machine}} in the topic, or 'constants: {{ machine: … }}'");
        }

        if (decoder == "csv" && !options.ContainsKey("columns"))
        {
            section.Fault("options", "the decoder 'csv' needs the option 'columns': their names with commas between, such as \"time,machine,speed\"");
        }

        bool tellsSignal = template.Parts.Contains(TopicPart.Signal) || constants.ContainsKey("signal");
        if (decoder == "value" && !tellsSignal)
        {
            section.Fault("topic", $"the decoder '{decoder}' takes one signal a topic and '{template.Text}' does not tell it; allowed: a {{signal}} in the topic, or 'constants: {{ signal: … }}'");
        }
    }

    private static ScalarKind<string> OneOf(params string[] words) => Scalars.Word([.. words.Select(word => (word, word))]);
}
