using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Plants;

public sealed class PlantTextTests
{
    private const string Head = "plant: P # ours\nsite: s\ntimeZone: UTC\nsources: []\n";

    [Theory]
    [InlineData("lines:\n  - id: l\n    area: a\n    machines:\n      - id: m   # the filler\n        signals:\n          - { id: x }   # first\n          - id: y\n")]
    [InlineData("lines:\n  - id: l\n    area: a\n    machines:\n    - id: m\n      signals:\n      - { id: x }\n      - { id: y }\n")]
    [InlineData("lines:\n  - { id: l, area: a, machines: [{ id: other, signals: [{ id: z }] }, { id: m, signals: [{ id: x }, { id: y }] }] }\n")]
    [InlineData("lines:\r\n  - id: l\r\n    area: a\r\n    machines:\r\n      - id: m\r\n        signals:\r\n          - { id: x }\r\n          - { id: y }\r\n")]
    [InlineData("types:\n  t: { signals: [{ id: x }, { id: y }] }\nlines:\n  - id: l\n    area: a\n    machines:\n      - id: m\n        type: t\n")]
    [InlineData("types:\n  t: { signals: [{ id: x }, { id: y }] }\nlines:\n  - { id: l, area: a, machines: [{ id: m, type: t }] }\n")]
    [InlineData("types:\n  t: { signals: [{ id: x }, { id: y }] }\nlines:\n  - { id: l, area: a, machines: [{ id: m, type: t, signals: [] }] }\n")]
    public void AddSignals_in_every_way_of_writing_adds_to_the_machine_and_changes_nothing_else(string lines)
    {
        string text = Head + lines;

        string changed = PlantText.AddSignals(text, "l", "m", [new SignalDraft("Bowl Pressure", IsText: false), new SignalDraft("X", IsText: false), new SignalDraft("recipe", IsText: true)])!;

        PlantFile file = PlantFile.Parse(changed, "plant.yaml");
        Assert.Empty(file.Faults);
        Machine machine = file.Plant!.Lines[0].Machines[^1];
        Assert.Equal(
            [("bowl-pressure", "Bowl Pressure", false), ("recipe", "recipe", true), ("x", "x", false), ("x-2", "X", false), ("y", "y", false)],
            machine.Signals.Select(signal => (signal.Path.Signal, signal.SourceName, signal.IsText)).Order());
        Assert.Empty(Without(text, changed));
    }

    [Theory]
    [InlineData("l", "nobody")]
    [InlineData("nowhere", "m")]
    public void AddSignals_to_a_machine_that_is_not_there_gives_nothing(string line, string machine) =>
        Assert.Null(PlantText.AddSignals(Head + "lines:\n  - { id: l, area: a, machines: [{ id: m, signals: [{ id: x }] }] }\n", line, machine, [new SignalDraft("new", IsText: false)]));

    /// <summary>What of a text is no longer there, in order, in another.</summary>
    private static string Without(string text, string changed)
    {
        int at = 0;
        foreach (char c in changed)
        {
            at += at < text.Length && text[at] == c ? 1 : 0;
        }

        return text[at..];
    }
}
