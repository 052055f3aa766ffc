namespace Linewatch.Plants.Yaml;

/// <summary>Reads the sources: topic templates, decoders and their options.</summary>
internal sealed class SourceReader(FaultList faults)
{
    public IReadOnlyList<Source> Read(YamlSection top)
    {
        List<Source> sources = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (YamlNode node in top.List("sources"))
        {
            YamlSection section = new(node, "a source", faults);
            string name = section.Require("name", Scalars.Id, "");
            if (name.Length > 0 && !names.Add(name))
            {
                section.Fault("name", $"the source '{name}' is already described above; names are unique");
            }

            string topic = section.Require("topic", Scalars.Text, "");
            TopicTemplate? template = null;
            if (topic.Length > 0 && !TopicTemplate.TryParse(topic, out template, out string? fault))
            {
                section.Fault("topic", fault!);
            }

            string decoder = section.Require("decoder", DecoderNames.Kind, "");
            Dictionary<string, string> options = ReadOptions(section, decoder);
            Dictionary<string, string> constants = ReadConstants(section, template);
            section.Finish();
            if (template is not null && decoder.Length > 0)
            {
                DecoderNames.CheckPlaceholders(section, decoder, template, options, constants);
            }

            sources.Add(new Source { Name = name, Topic = topic, Decoder = decoder, Options = options, Constants = constants });
        }

        return sources;
    }

    private Dictionary<string, string> ReadOptions(YamlSection section, string decoder)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        if (section.Find("options") is not { } node)
        {
            return options;
        }

        YamlSection part = new(node, $"the options of decoder '{decoder}'", faults);
        foreach ((string key, ScalarKind<string> kind) in DecoderNames.Options(decoder))
        {
            if (part.Find(key) is { } value && part.TryRead(value, key, kind, out string? text))
            {
                options[key] = text;
            }
        }

        if (decoder.Length > 0)
        {
            part.Finish();
        }

        return options;
    }

    private static Dictionary<string, string> ReadConstants(YamlSection section, TopicTemplate? template)
    {
        Dictionary<string, string> constants = new(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in section.Map("constants"))
        {
            if (!Enum.TryParse(key.Text, ignoreCase: true, out TopicPart part) || key.Text != Word(part))
            {
                section.Fault(key, $"unknown constant '{key.Text}'{Nearest.Hint(key.Text, ["site", "area", "line", "machine", "signal"])}");
            }
            else if (template?.Parts.Contains(part) == true)
            {
                section.Fault(key, $"the topic already carries {{{key.Text}}}; a constant is for what the topic does not carry");
            }
            else if (section.TryRead(value, key.Text, Scalars.Text, out string? text))
            {
                constants[key.Text] = text;
            }
        }

        return constants;
    }

    private static string Word(TopicPart part) => part.ToString().ToLowerInvariant();
}
