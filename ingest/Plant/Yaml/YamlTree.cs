using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Linewatch.Plants.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their line and column. Anchors and aliases are refused: with them a file
/// of a few lines can stand for a tree of billions of nodes, and plant files have <c>types</c> instead.
/// </summary>
internal sealed class YamlTree(FaultList faults)
{
    private const int MaximumDepth = 32;

    /// <summary>The root mapping, or null when the text is no YAML mapping; then the reason is among the faults.</summary>
    public YamlNode? Read(string text)
    {
        try
        {
            Parser parser = new(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                faults.Add(1, 1, "the file is empty; a plant needs at least: plant, site, timeZone, lines");
                return null;
            }

            YamlNode root = ReadNode(parser, 0);
            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out DocumentStart? second))
            {
                faults.Add(Line(second), Column(second), "a second document begins here; a plant file holds one");
            }

            if (root.Kind != YamlKind.Mapping)
            {
                faults.Add(root, $"found {root.Description} where the plant is expected: keys such as plant, site, timeZone, lines");
                return null;
            }

            return root;
        }
        catch (YamlException fault)
        {
            faults.Add((int)fault.Start.Line, (int)fault.Start.Column, "not valid YAML: " + fault.Message);
            return null;
        }
    }

    private YamlNode ReadNode(Parser parser, int depth)
    {
        ParsingEvent next = parser.Consume<ParsingEvent>();
        if (depth > MaximumDepth)
        {
            throw new YamlException(next.Start, next.End, $"nested deeper than {MaximumDepth} levels");
        }

        switch (next)
        {
            case Scalar scalar:
                RefuseAnchor(scalar);
                return new YamlNode(YamlKind.Scalar, Line(scalar), Column(scalar)) { Text = scalar.Value };

            case SequenceStart start:
                RefuseAnchor(start);
                YamlNode sequence = new(YamlKind.Sequence, Line(start), Column(start));
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    sequence.Items.Add(ReadNode(parser, depth + 1));
                }

                return sequence;

            case MappingStart start:
                RefuseAnchor(start);
                return ReadMapping(parser, start, depth);

            default:
                throw new YamlException(next.Start, next.End, "anchors and aliases (&name, *name) are not allowed in plant files; describe repeated machines under types");
        }
    }

    private YamlNode ReadMapping(Parser parser, MappingStart start, int depth)
    {
        YamlNode mapping = new(YamlKind.Mapping, Line(start), Column(start));
        HashSet<string> keys = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            YamlNode key = ReadNode(parser, depth + 1);
            YamlNode value = ReadNode(parser, depth + 1);
            if (key.Kind != YamlKind.Scalar)
            {
                faults.Add(key, $"found {key.Description} as a key; a key is a plain word");
            }
            else if (!keys.Add(key.Text))
            {
                faults.Add(key, $"the key '{key.Text}' is written twice here; once is allowed");
            }
            else
            {
                mapping.Members.Add((key, value));
            }
        }

        return mapping;
    }

    private static void RefuseAnchor(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            throw new YamlException(node.Start, node.End, $"the anchor &{node.Anchor} is not allowed in plant files; describe repeated machines under types");
        }
    }

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;
}
