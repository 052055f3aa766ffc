using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Plants;

public sealed class PlantFileTests
{
    private static readonly string Example = Path.Combine(Tool.Repository, "ingest/Plant/plant.example.yaml");
    private static readonly string Broken = Path.Combine(Tool.Repository, "tests/testdata/plants/broken.yaml");

    private const string Minimal = """
        plant: P
        site: s
        timeZone: Europe/Berlin
        lines:
          - { id: l, area: a, machines: [{ id: m, signals: [{ id: x }] }] }
        """;

    [Fact]
    public void The_example_is_without_fault()
    {
        PlantFile file = PlantFile.Read(Example);

        Assert.Empty(file.Faults);
        Plant plant = file.Plant!;
        Line line = Assert.Single(plant.Lines);
        Assert.Equal("filler", line.CriticalMachine.Id);
        Assert.Equal("packer", line.CountingMachine.Id);
        Assert.Equal("cola-0.5", line.DefaultProduct?.Id);
        Assert.Equal(TimeSpan.FromMinutes(3), Assert.Single(line.Conveyors).Capacity);
        Assert.Equal(22000, line.IdealRates["water-1.0"]);
        Assert.Equal(3, line.Shifts.Shifts.Count);
        Assert.Equal(new DateTime(2026, 11, 23, 1, 0, 0, DateTimeKind.Utc), Assert.Single(line.Shifts.PlannedStops).Start);
        Assert.True(plant.TryGetSignal("rhine/hall1/line1/filler/bearing_vibration", out Signal? vibration));
        Assert.Equal(new WearLimit(4.5, true, "main bearing"), vibration.Wear);
        Assert.Equal([.. Enumerable.Range(0, plant.Signals.Count)], plant.Signals.Select(signal => signal.Index));
        Assert.Equal("/values", plant.Sources[0].Options["values"]);
    }

    [Fact]
    public void Detectors_are_chosen_for_a_machine_and_otherwise_for_a_signal()
    {
        PlantFile file = PlantFile.Parse("""
            plant: P
            site: s
            timeZone: Europe/Berlin
            lines:
              - id: l
                area: a
                machines:
                  - id: m
                    detectors: [cusum, nearest-neighbour]
                    signals: [{ id: x }, { id: y, detectors: [singular-spectrum, ewma] }, { id: s, role: state }]
            """, "plant.yaml");

        Assert.Empty(file.Faults);
        Assert.Equal(
            [[SignalDetector.Cusum, SignalDetector.NearestNeighbour], [SignalDetector.SingularSpectrum, SignalDetector.Ewma], []],
            file.Plant!.Signals.Select(signal => signal.Detectors));
    }

    [Theory]
    [InlineData("rowDetector: kernel-regression", RowDetector.KernelRegression, null)]
    [InlineData("kind: pump", null, null)]
    [InlineData("rowDetector: guess", null, "principal-components")]
    public void What_watches_the_rows_of_a_machine_is_chosen_or_nothing_does(string keys, RowDetector? chosen, string? says)
    {
        PlantFile file = PlantFile.Parse(Minimal.Replace("id: m", $"id: m, {keys}", StringComparison.Ordinal), "plant.yaml");

        Assert.Equal(chosen, file.Plant?.Lines[0].Machines[0].RowDetector);
        Assert.Equal(says is null ? 0 : 1, file.Faults.Count(fault => fault.Message.Contains(says ?? "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("support: flexible", VibrationSupport.Flexible, null)]
    [InlineData("kind: pump", VibrationSupport.Rigid, null)]
    [InlineData("support: springs", null, "rigid")]
    public void How_a_machine_stands_is_rigid_unless_the_file_says_otherwise(string keys, VibrationSupport? support, string? says)
    {
        PlantFile file = PlantFile.Parse(Minimal.Replace("id: m", $"id: m, {keys}", StringComparison.Ordinal), "plant.yaml");

        Assert.Equal(support, file.Plant?.Lines[0].Machines[0].Support);
        Assert.Equal(says is null ? 0 : 1, file.Faults.Count(fault => fault.Message.Contains(says ?? "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("detectors: [guess]", "nearest-neighbour")]
    [InlineData("role: state, detectors: [cusum]", "process only")]
    public void Detectors_that_there_are_not_or_that_cannot_be_are_refused(string keys, string says)
    {
        PlantFile file = PlantFile.Parse(Minimal.Replace("id: x", $"id: x, {keys}", StringComparison.Ordinal), "plant.yaml");

        Assert.Contains(says, Assert.Single(file.Faults).Message, StringComparison.Ordinal);
    }

    /// <summary>The broken file states behind every faulty line what must be reported there.</summary>
    [Fact]
    public void A_broken_file_reports_every_fault_where_it_stands()
    {
        PlantFile file = PlantFile.Read(Broken);
        string[] lines = File.ReadAllLines(Broken);
        (int Line, string Message)[] expected =
        [
            .. lines.SelectMany((line, i) => i > 0 && line.Contains(" # ", StringComparison.Ordinal)
                ? line[(line.IndexOf(" # ", StringComparison.Ordinal) + 3)..].Split(" | ").Select(message => (i + 1, message.Trim()))
                : []),
        ];

        Assert.Null(file.Plant);
        foreach ((int line, string message) in expected)
        {
            Assert.Contains(file.Faults, fault => fault.Line == line && fault.Message.Contains(message, StringComparison.Ordinal));
        }

        // The missing time zone has no line of its own: the plant itself lacks it.
        Assert.Contains(file.Faults, fault => fault.Message.Contains("lacks 'timeZone'", StringComparison.Ordinal));
        Assert.True(expected.Length + 1 == file.Faults.Count, string.Join('\n', file.Faults));
        Assert.All(file.Faults, fault => Assert.True(fault.Column > 0));
    }

    [Fact]
    public void A_fault_names_file_line_column_what_was_found_and_what_is_allowed()
    {
        PlantFault fault = Assert.Single(PlantFile.Parse(Minimal.Replace("site: s", "site: S", StringComparison.Ordinal), "my.yaml").Faults);

        Assert.Equal("my.yaml(2,7): found 'S' for 'site' of the plant; allowed: an identifier of lower-case letters, digits, '_', '-' and '.', at most 100", fault.ToString());
    }

    [Theory]
    [InlineData("timezone: Europe/Berlin", "did you mean 'timeZone'?")]
    [InlineData("prodcuts: []", "did you mean 'products'?")]
    [InlineData("xyzzy: 1", "allowed: plant, site, timeZone")]
    public void An_unknown_key_is_reported_with_the_nearest_known_one(string line, string hint)
    {
        Assert.Contains(PlantFile.Parse(Minimal + "\n" + line, "p").Faults, fault => fault.Message.Contains(hint, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a list")]
    [InlineData("plant: [")]
    [InlineData("\tplant: tab")]
    [InlineData("just text")]
    [InlineData("a: &x 1\nb: *x")]
    [InlineData("a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]")]
    public void What_is_no_plant_at_all_is_a_fault_and_no_exception(string text)
    {
        PlantFile file = PlantFile.Parse(text, "p");

        Assert.Null(file.Plant);
        Assert.NotEmpty(file.Faults);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Contains("nested deeper", Assert.Single(PlantFile.Parse("a: " + new string('[', 100_000), "p").Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_a_fault()
    {
        Assert.Contains("cannot be read", Assert.Single(PlantFile.Read("/nowhere/plant.yaml").Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_endless_faults_reports_the_first_thousand()
    {
        StringBuilder text = new(Minimal + "\n");
        for (int i = 0; i < 5000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"key{i}: 1\n");
        }

        Assert.Equal(1000, PlantFile.Parse(text.ToString(), "p").Faults.Count);
    }

    [Fact]
    public void A_type_gives_a_machine_what_it_does_not_say_itself()
    {
        const string Text = """
            plant: P
            site: s
            timeZone: UTC
            types:
              rinser:
                kind: rinser
                designRate: 40000/h
                signals: [{ id: state, role: state }, { id: flow, unit: l/h, max: 10 }]
            lines:
              - id: l
                area: a
                machines:
                  - { id: r1, type: rinser }
                  - { id: r2, type: rinser, designRate: 20000/h, signals: [{ id: flow, unit: l/h, max: 20 }, { id: extra }] }
            """;

        Plant plant = PlantFile.Parse(Text, "p").Plant!;

        Machine[] machines = [.. plant.Lines[0].Machines];
        Assert.Equal([40000, 20000], machines.Select(machine => machine.DesignRatePerHour!.Value));
        Assert.Equal(["state", "flow"], machines[0].Signals.Select(signal => signal.Path.Signal));
        Assert.Equal(["state", "flow", "extra"], machines[1].Signals.Select(signal => signal.Path.Signal));
        Assert.Equal([10, 20], machines.Select(machine => machine.Signals[1].Maximum!.Value));
    }

    [Fact]
    public void A_source_unit_is_converted_to_the_stored_one()
    {
        Plant plant = PlantFile.Parse(Minimal.Replace("{ id: x }", "{ id: x, unit: Cel, sourceUnit: \"[degF]\", source: TempF }", StringComparison.Ordinal), "p").Plant!;

        Signal signal = plant.Signals[0];
        Assert.Equal(100, (212 * signal.Scale) + signal.Offset, 9);
        Assert.Equal("TempF", signal.SourceName);
    }

    [Fact]
    public void An_own_state_map_may_build_on_a_standard()
    {
        Plant plant = PlantFile.Parse(Minimal.Replace("id: m,", "id: m, states: { base: packml, map: { 5: tailback, 40: set-up, 41: transition }, names: { 40: Format } },", StringComparison.Ordinal), "p").Plant!;

        StateMap map = plant.Lines[0].Machines[0].States;
        Assert.Equal(Bucket.Tailback, map.States[5]);
        Assert.Equal(Bucket.SetUp, map.States[40]);
        Assert.Null(map.States[41]);
        Assert.Equal("Format", map.StateNames[40]);
        Assert.Equal(Bucket.Run, map.States[6]);
    }

    [Fact]
    public void Fifty_thousand_signals_load()
    {
        StringBuilder text = new("plant: P\nsite: s\ntimeZone: UTC\nlines:\n");
        for (int line = 0; line < 50; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: l{line}\n    area: a\n    machines:\n");
            for (int machine = 0; machine < 20; machine++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - id: m{machine}\n        signals:\n");
                for (int signal = 0; signal < 50; signal++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"          - {{ id: s{signal}, name: Signal {signal}, unit: bar, min: 0, max: 10, deadband: 0.01 }}\n");
                }
            }
        }

        PlantFile file = PlantFile.Parse(text.ToString(), "p");

        Assert.Equal(50_000, file.Plant!.Signals.Count);
        Assert.Empty(file.Faults);
    }
}
