using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>
/// A source that would decode messages on a topic nobody knows yet, as text for the <c>sources</c> of plant.yaml, and the
/// signals that its machine lacks. An engineer looks at it, accepts it (<see cref="AddTo"/>), and replays what was kept.
/// </summary>
/// <param name="Topic">The topic it was made for.</param>
/// <param name="Yaml">The source, one line of YAML.</param>
/// <param name="Explanation">What was recognised and what was guessed.</param>
/// <param name="Line">Line of the machine that sends it; null where the messages name machines themselves.</param>
/// <param name="Machine">That machine.</param>
/// <param name="Missing">What the message holds and no signal of the machine stands for.</param>
public sealed record MappingProposal(string Topic, string Yaml, string Explanation, string? Line, string? Machine, IReadOnlyList<SignalDraft> Missing)
{
    private const int MaximumDepth = 8;
    private static readonly string[] TimeNames = ["ts", "time", "timestamp", "t", "datetime", "date"];
    private static readonly string[] ValueNames = ["values", "data", "metrics", "fields", "v"];

    /// <summary>Proposes a source for a message; null when nothing in its topic names a machine of the plant.</summary>
    public static MappingProposal? For(string topic, ReadOnlySpan<byte> payload, Plant plant)
    {
        if (topic.StartsWith("spBv1.0/", StringComparison.Ordinal))
        {
            return new MappingProposal(topic, Source("sparkplug", "spBv1.0/#", "sparkplug", []), "the topic is Sparkplug's", null, null, []);
        }

        string[] levels = topic.Split('/');
        if (FindMachine(plant, levels) is not (int at, Line line, Machine machine))
        {
            return null;
        }

        string[] template = [.. levels];
        template[at] = "{machine}";
        List<string> recognised = [$"level {at + 1} is the machine '{machine.Id}'"];
        Replace(line.Id, "{line}", "the line");
        Replace(line.Area, "{area}", "the area");
        Replace(plant.Site, "{site}", "the site");
        string name = string.Concat(levels[at].Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant() + "-" + plant.Sources.Count;
        int last = levels.Length - 1;
        payload = payload.Trim(" \t\r\n"u8);
        if (payload.IsEmpty || payload[0] is not ((byte)'{' or (byte)'['))
        {
            string signalName = levels[last];
            bool known = last != at && machine.Signals.Any(signal => signal.SourceName == signalName);
            if (last != at)
            {
                template[last] = "{signal}";
                recognised.Add(known ? $"level {last + 1} is the signal '{signalName}'" : $"level {last + 1} is taken for the signal '{signalName}', which the machine does not have yet");
            }

            SignalDraft missing = new(signalName, !double.TryParse(Encoding.UTF8.GetString(payload), NumberStyles.Float, CultureInfo.InvariantCulture, out _) && !bool.TryParse(Encoding.UTF8.GetString(payload), out _));
            return new MappingProposal(topic, Source(name, string.Join('/', template), "value", []), string.Join("; ", recognised), line.Id, machine.Id, known || last == at ? [] : [missing]);
        }

        return ForJson(topic, payload, line, machine, name, string.Join('/', template), recognised);

        void Replace(string id, string placeholder, string what)
        {
            int index = Array.IndexOf(template, id);
            if (index >= 0)
            {
                template[index] = placeholder;
                recognised.Add($"level {index + 1} is {what} '{id}'");
            }
        }
    }

    /// <summary>
    /// Puts the source at the head of the <c>sources</c> of a plant file's text and the missing signals into their machine, and
    /// nothing else. Check the result with <see cref="PlantFile.Parse"/> before it is written.
    /// </summary>
    public string AddTo(string plantYaml) =>
        AddSource(Machine is not null && Line is not null && PlantText.AddSignals(plantYaml, Line, Machine, Missing) is { } changed ? changed : plantYaml);

    private string AddSource(string plantYaml)
    {
        List<string> lines = [.. plantYaml.Split('\n')];
        int at = lines.FindIndex(line => line.StartsWith("sources:", StringComparison.Ordinal));
        if (at < 0)
        {
            int before = lines.FindIndex(line => line.StartsWith("lines:", StringComparison.Ordinal));
            lines.InsertRange(Math.Max(before, 0), ["sources:", "  - " + Yaml, ""]);
        }
        else
        {
            string rest = lines[at]["sources:".Length..].Trim();
            if (rest.StartsWith('[') && rest.Contains(']', StringComparison.Ordinal))
            {
                // A list written in one line keeps its style.
                string inner = rest[1..rest.LastIndexOf(']')].Trim();
                lines[at] = $"sources: [{Yaml}{(inner.Length > 0 ? ", " + inner : "")}]";
            }
            else
            {
                string indent = lines.Skip(at + 1).FirstOrDefault(line => line.TrimStart().StartsWith('-')) is { } first ? first[..^first.TrimStart().Length] : "  ";
                lines.Insert(at + 1, indent + "- " + Yaml);
            }
        }

        return string.Join('\n', lines);
    }

    private static MappingProposal? ForJson(string topic, ReadOnlySpan<byte> payload, Line line, Machine machine, string name, string template, List<string> recognised)
    {
        try
        {
            Utf8JsonReader reader = new(payload);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement sample = document.RootElement;
            List<(string Key, string Value)> options = [];
            if (sample.ValueKind == JsonValueKind.Array)
            {
                sample = sample.EnumerateArray().FirstOrDefault(element => element.ValueKind == JsonValueKind.Object);
                if (sample.ValueKind != JsonValueKind.Object || sample.TryGetProperty("n", out _) || sample.TryGetProperty("bn", out _))
                {
                    return new MappingProposal(topic, Source(name, template, "senml", []), string.Join("; ", [.. recognised, "the payload is SenML"]), line.Id, machine.Id, []);
                }

                options.Add(("samples", "\"\""));
                recognised.Add("the payload is an array of samples");
            }

            JsonElement values = sample;
            foreach (JsonProperty member in sample.EnumerateObject())
            {
                if (TimeNames.Contains(member.Name, StringComparer.OrdinalIgnoreCase) && TimeFormat(member.Value) is { } format)
                {
                    options.Add(("time", Pointer(member.Name)));
                    options.Add(("timeFormat", format));
                    recognised.Add($"'{member.Name}' is the time, {format}");
                }
                else if (ValueNames.Contains(member.Name, StringComparer.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.Object)
                {
                    options.Add(("values", Pointer(member.Name)));
                    values = member.Value;
                    recognised.Add($"'{member.Name}' holds the values");
                }
            }

            List<SignalDraft> missing = [];
            foreach (JsonProperty member in values.EnumerateObject().Where(member => !options.Contains(("time", Pointer(member.Name)))))
            {
                AddMissing(member.Name, member.Value, machine, missing, 0);
            }

            return new MappingProposal(topic, Source(name, template, "json", options), string.Join("; ", recognised), line.Id, machine.Id, missing);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Adds what no signal stands for yet; a member of a member is named with a dot between. An array and null can be no signal's value.</summary>
    private static void AddMissing(string name, JsonElement value, Machine machine, List<SignalDraft> missing, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth < MaximumDepth:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    AddMissing(name + "." + member.Name, member.Value, machine, missing, depth + 1);
                }

                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.String:
                if (machine.Signals.All(signal => signal.SourceName != name) && missing.All(draft => draft.SourceName != name))
                {
                    bool isText = value.ValueKind == JsonValueKind.String && !double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out _);
                    missing.Add(new SignalDraft(name, isText));
                }

                break;
        }
    }

    private static string? TimeFormat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _) => "iso8601",
        JsonValueKind.Number => value.GetDouble() switch
        {
            > 1e17 => "unix-ns",
            > 1e14 => "unix-us",
            > 1e11 => "unix-ms",
            > 1e8 => "unix-s",
            _ => null,
        },
        _ => null,
    };

    private static (int At, Line Line, Machine Machine)? FindMachine(Plant plant, string[] levels)
    {
        // A line in the topic decides between machines of the same name.
        foreach (Line line in plant.Lines.OrderByDescending(line => levels.Contains(line.Id)))
        {
            foreach (Machine machine in line.Machines)
            {
                int at = Array.LastIndexOf(levels, machine.Id);
                if (at >= 0)
                {
                    return (at, line, machine);
                }
            }
        }

        return null;
    }

    private static string Pointer(string member) =>
        Quote("/" + member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    private static string Source(string name, string topic, string decoder, List<(string Key, string Value)> options)
    {
        StringBuilder yaml = new();
        yaml.Append("{ name: ").Append(name).Append(", topic: ").Append(Quote(topic)).Append(", decoder: ").Append(decoder);
        if (options.Count > 0)
        {
            yaml.Append(", options: { ").AppendJoin(", ", options.Select(option => option.Key + ": " + option.Value)).Append(" }");
        }

        return yaml.Append(" }").ToString();
    }

    /// <summary>A YAML text in double quotes; topics are the sender's choice.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
