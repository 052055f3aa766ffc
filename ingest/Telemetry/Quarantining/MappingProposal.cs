using System.Text;
using System.Text.Json;
using Linewatch.Plants;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>
/// A source that would decode messages on a topic nobody knows yet, as text for the <c>sources</c> of plant.yaml. An engineer
/// looks at it, accepts it (<see cref="AddTo"/>), and replays what was kept.
/// </summary>
/// <param name="Topic">The topic it was made for.</param>
/// <param name="Yaml">The source, one line of YAML.</param>
/// <param name="Explanation">What was recognised and what was guessed.</param>
/// <param name="UnknownNames">Names in the message that no signal of the machine has; they need signals of their own.</param>
public sealed record MappingProposal(string Topic, string Yaml, string Explanation, IReadOnlyList<string> UnknownNames)
{
    private static readonly string[] TimeNames = ["ts", "time", "timestamp", "t", "datetime", "date"];
    private static readonly string[] ValueNames = ["values", "data", "metrics", "fields", "v"];

    /// <summary>Proposes a source for a message; null when nothing in its topic names a machine of the plant.</summary>
    public static MappingProposal? For(string topic, ReadOnlySpan<byte> payload, Plant plant)
    {
        if (topic.StartsWith("spBv1.0/", StringComparison.Ordinal))
        {
            return new MappingProposal(topic, Source("sparkplug", "spBv1.0/#", "sparkplug", []), "the topic is Sparkplug's", []);
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

            return new MappingProposal(topic, Source(name, string.Join('/', template), "value", []), string.Join("; ", recognised), known ? [] : [signalName]);
        }

        return ForJson(topic, payload, machine, name, string.Join('/', template), recognised);

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
    /// Puts the source at the head of the <c>sources</c> of a plant file's text, and nothing else. Check the result with
    /// <see cref="PlantFile.Parse"/> before it is written.
    /// </summary>
    public string AddTo(string plantYaml)
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

    private static MappingProposal? ForJson(string topic, ReadOnlySpan<byte> payload, Machine machine, string name, string template, List<string> recognised)
    {
        try
        {
            Utf8JsonReader reader = new(payload);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                bool isSenml = document.RootElement.EnumerateArray().Take(1).Any(first => first.ValueKind == JsonValueKind.Object && (first.TryGetProperty("n", out _) || first.TryGetProperty("bn", out _)));
                return isSenml
                    ? new MappingProposal(topic, Source(name, template, "senml", []), string.Join("; ", [.. recognised, "the payload is SenML"]), [])
                    : new MappingProposal(topic, Source(name, template, "json", [("samples", "\"\"")]), string.Join("; ", [.. recognised, "the payload is an array of samples"]), []);
            }

            List<(string Key, string Value)> options = [];
            JsonElement values = document.RootElement;
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
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

            string[] unknown =
            [
                .. values.EnumerateObject()
                    .Select(member => member.Name)
                    .Where(member => machine.Signals.All(signal => signal.SourceName != member) && !options.Contains(("time", Pointer(member)))),
            ];
            return new MappingProposal(topic, Source(name, template, "json", options), string.Join("; ", recognised), unknown);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TimeFormat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when DateTimeOffset.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out _) => "iso8601",
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
