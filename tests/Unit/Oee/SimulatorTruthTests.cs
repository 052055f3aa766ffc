using System.Globalization;
using System.Text;
using Linewatch.BottlingPlant;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Oee;

/// <summary>
/// The engine against the virtual plant's truth, by the path that <c>linewatch backtest oee</c> takes. Two days here; the
/// README has the command for four weeks.
/// </summary>
public sealed class SimulatorTruthTests
{
    private static readonly DateTime Start = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Every_factor_of_every_shift_is_the_truths()
    {
        using TemporaryFolder folder = new();
        Run(folder, seed: 3, ChaosOptions.None);

        Dictionary<string, Row> found = Rows(folder["out/shifts.csv"], "line", "start");
        Dictionary<string, Row> truth = Rows(folder["truth/shifts.csv"], "line", "start");

        Assert.True(truth.Count >= 10);
        Assert.Equal(truth.Keys.Order(), found.Keys.Order());
        Assert.All(truth, shift => Assert.All(
            (string[])["availability", "performance", "quality", "oee"],
            factor => Assert.Equal(shift.Value.Number(factor), found[shift.Key].Number(factor), 0.0001)));
        Assert.All(truth, shift => Assert.Equal(shift.Value.Number("lack_s") + shift.Value.Number("tailback_s"),
            found[shift.Key].Number("lack_s") + found[shift.Key].Number("tailback_s"), 0.5));
    }

    [Fact]
    public void Skewed_clocks_duplicates_and_late_messages_move_no_factor_by_a_tenth_of_a_point()
    {
        using TemporaryFolder folder = new();
        Run(folder, seed: 4, ChaosOptions.Some);

        Dictionary<string, Row> found = Rows(folder["out/shifts.csv"], "line", "start");
        Dictionary<string, Row> truth = Rows(folder["truth/shifts.csv"], "line", "start");

        Assert.Equal(truth.Keys.Order(), found.Keys.Order());
        Assert.All(truth, shift => Assert.All(
            (string[])["availability", "performance", "quality", "oee"],
            factor => Assert.Equal(shift.Value.Number(factor), found[shift.Key].Number(factor), 0.001)));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void At_least_95_percent_of_the_lost_time_has_the_right_cause(ulong seed, bool chaos)
    {
        using TemporaryFolder folder = new();
        Run(folder, seed, chaos ? ChaosOptions.Some : ChaosOptions.None);
        double lost = 0;
        double right = 0;
        double unattributed = 0;
        ILookup<string, Row> found = File.ReadLines(folder["out/stops.csv"]).Skip(1).Select(line => new Row(Header(folder["out/stops.csv"]), line))
            .ToLookup(row => row["line"] + row["machine"]);
        Dictionary<string, Row>.ValueCollection shifts = Rows(folder["truth/shifts.csv"], "line", "start").Values;
        foreach (Row stop in Rows(folder["truth/stops.csv"], "line", "machine", "start").Values.Where(row => row["machine"] == "filler"))
        {
            if (!shifts.Any(shift => shift["line"] == stop["line"] && shift.Time("start") <= stop.Time("start") && stop.Time("end") <= shift.Time("end")))
            {
                continue;
            }

            DateTime middle = stop.Time("start") + ((stop.Time("end") - stop.Time("start")) / 2);
            Row? match = found[stop["line"] + "filler"].FirstOrDefault(row => row.Time("start") <= middle && middle < row.Time("end"));
            double seconds = stop.Number("lost_s");
            lost += seconds;
            right += match?["cause_machine"] == stop["cause_machine"] ? seconds : 0;
            unattributed += match?["cause_machine"].Length == 0 && stop["cause_machine"].Length > 0 ? seconds : 0;
        }

        Assert.True(lost > 10_000);
        Assert.True(right / lost >= 0.95, $"right: {right / lost:P1} of {lost:0} s");
        Assert.True(unattributed / lost < 0.03, $"unattributed: {unattributed / lost:P1} of {lost:0} s");
    }

    private static void Run(TemporaryFolder folder, ulong seed, ChaosOptions chaos)
    {
        VirtualPlant virtualPlant = new(new VirtualPlantOptions
        {
            Lines = 2, Seed = seed, Start = Start, ProcessInterval = TimeSpan.FromHours(1), Chaos = chaos,
        });
        Plant plant = PlantFile.Parse(virtualPlant.PlantYaml, "plant.yaml") is { Plant: { } read }
            ? read
            : throw new InvalidOperationException("the virtual plant's file has faults");
        BacktestOee backtest = new(plant);
        foreach (SimulatedMessage message in virtualPlant.Messages(Start, Start.AddDays(2)))
        {
            backtest.Take(new RecordedMessage(message.PublishTime, Encoding.UTF8.GetBytes(message.Topic), message.Payload));
        }

        backtest.Finish();
        Directory.CreateDirectory(folder["out"]);
        backtest.WriteShifts(folder["out/shifts.csv"]);
        backtest.WriteStops(folder["out/stops.csv"]);
        virtualPlant.WriteTruth(folder["truth"]);
    }

    private static Dictionary<string, Row> Rows(string path, params string[] key) =>
        File.ReadLines(path).Skip(1).Select(line => new Row(Header(path), line)).ToDictionary(row => string.Join(' ', key.Select(name => row[name])));

    private static string[] Header(string path) => File.ReadLines(path).First().Split(',');

    private sealed class Row(string[] header, string line)
    {
        private readonly string[] _fields = line.Split(',');

        public string this[string column] => _fields[Array.IndexOf(header, column)];

        public double Number(string column) => double.Parse(this[column], CultureInfo.InvariantCulture);

        public DateTime Time(string column) => DateTime.Parse(this[column], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
    }
}
