using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Plants;

public sealed class LineSignalsTests
{
    private const string Text = """
        plant: P
        site: s
        timeZone: UTC
        sources: [{ name: v, topic: "{line}/{machine}/{signal}", decoder: value }]
        lines:
          - { id: a, area: hall, machines: [{ id: m, signals: [{ id: x }, { id: y }] }] }
          - { id: b, area: hall, machines: [{ id: m, signals: [{ id: x }] }, { id: n, signals: [{ id: x }, { id: y }] }] }
        """;

    [Fact]
    public void Signals_of_a_line_are_numbered_in_a_row_also_those_of_another_version_of_the_plant()
    {
        Line line = Load().Lines[1];

        foreach (Line version in (Line[])[line, Load().Lines[1]])
        {
            Assert.Equal([0, 1, 2], version.Machines.SelectMany(machine => machine.Signals).Select(line.Signals.IndexOf));
        }

        Assert.Equal(3, line.Signals.Count);
    }

    [Fact]
    public void Signal_of_another_line_has_no_number()
    {
        Plant plant = Load();

        Assert.All(plant.Lines[0].Machines[0].Signals, signal => Assert.Equal(-1, plant.Lines[1].Signals.IndexOf(signal)));
    }

    private static Plant Load() => PlantFile.Parse(Text, "plant.yaml").Plant!;
}
