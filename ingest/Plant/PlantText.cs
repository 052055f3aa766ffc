using Linewatch.Plants.Yaml;

namespace Linewatch.Plants;

/// <summary>Changes the text of a plant file at one place and leaves everything else, comments included, as somebody wrote it.</summary>
public static class PlantText
{
    /// <summary>
    /// Adds signals to a machine, before those it has. Check the result with <see cref="PlantFile.Parse"/> before it is written.
    /// </summary>
    /// <param name="text">The plant file.</param>
    /// <param name="line">Id of the line.</param>
    /// <param name="machine">Id of the machine.</param>
    /// <param name="signals">What is missing; a name whose id is taken gets a number behind it.</param>
    /// <returns>The changed text; null when the text has no such machine, or lists its signals in a way that is not understood.</returns>
    public static string? AddSignals(string text, string line, string machine, IReadOnlyCollection<SignalDraft> signals)
    {
        if (signals.Count == 0)
        {
            return text;
        }

        YamlNode? found = new YamlTree(new FaultList("")).Read(text)?
            .Find("lines")?.Items.FirstOrDefault(node => node.Find("id")?.Text == line)?
            .Find("machines")?.Items.FirstOrDefault(node => node.Find("id")?.Text == machine);
        if (found is null || PlantFile.Parse(text, "").Plant?.Lines.Single(known => known.Id == line).Machines.Single(known => known.Id == machine) is not { } now)
        {
            return null;
        }

        List<string> drafts = Drafts(signals, now);
        string newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        YamlNode place = found.Find("signals") ?? found;
        int at = Offset(text, place);
        string indent = newLine + new string(' ', place.Column - 1);
        string? added = (place.Kind, text[at]) switch
        {
            (YamlKind.Sequence, '-') => string.Concat(drafts.Select(draft => "- " + draft + indent)),
            (YamlKind.Sequence, '[') => string.Join(", ", drafts) + (place.Items.Count > 0 ? ", " : ""),
            (YamlKind.Mapping, '{') when place == found => $" signals: [{string.Join(", ", drafts)}],",
            (YamlKind.Mapping, _) when place == found => "signals:" + string.Concat(drafts.Select(draft => indent + "  - " + draft)) + indent,
            _ => null,
        };
        return added is null ? null : text.Insert(text[at] is '[' or '{' ? at + 1 : at, added);
    }

    private static List<string> Drafts(IEnumerable<SignalDraft> signals, Machine machine)
    {
        HashSet<string> ids = [.. machine.Signals.Select(signal => signal.Path.Signal)];
        List<string> drafts = [];
        foreach (SignalDraft signal in signals)
        {
            string id = signal.Id;
            for (int number = 2; !ids.Add(id); number++)
            {
                id = FormattableString.Invariant($"{signal.Id}-{number}");
            }

            drafts.Add(signal.ToYaml(id));
        }

        return drafts;
    }

    private static int Offset(string text, YamlNode node)
    {
        int start = 0;
        for (int line = 1; line < node.Line; line++)
        {
            start = text.IndexOf('\n', start) + 1;
        }

        return start + node.Column - 1;
    }
}
