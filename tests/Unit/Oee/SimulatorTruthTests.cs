using System.Text;
using Linewatch.BottlingPlant;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Oee;

/// <summary>
/// The engine against the virtual plant's truth, by the path that <c>linewatch backtest oee</c> takes. Two days here; the
/// README has the command for four weeks and several seeds.
/// </summary>
public sealed class SimulatorTruthTests
{
    private static readonly DateTime Start = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(3, Dialect.Json)]
    [InlineData(5, Dialect.PackML)]
    [InlineData(7, Dialect.Sparkplug)]
    public void Every_factor_stop_and_cause_is_the_truths(ulong seed, Dialect dialect)
    {
        OeeComparison comparison = Run(seed, dialect, ChaosOptions.None);

        Assert.True(comparison.Shifts >= 10);
        Assert.Equal((0, 0), (comparison.MissingShifts, comparison.WrongFactors));
        Assert.InRange(comparison.WorstFactor, 0, 0.0001);
        Assert.True(comparison.Stops > 200);
        Assert.Equal(comparison.Stops, comparison.StopsFound);
        AssertCauses(comparison, least: 0.99);
    }

    [Theory]
    [InlineData(4, Dialect.Weihenstephan)]
    [InlineData(6, Dialect.PackML)]
    public void Skewed_clocks_duplicates_and_late_messages_move_no_factor_by_a_tenth_of_a_point_and_hide_no_cause(ulong seed, Dialect dialect)
    {
        OeeComparison comparison = Run(seed, dialect, ChaosOptions.Some);

        Assert.Equal((0, 0), (comparison.MissingShifts, comparison.WrongFactors));
        Assert.InRange((double)comparison.StopsFound / comparison.Stops, OeeComparison.LeastStops, 1);
        AssertCauses(comparison, OeeComparison.LeastRight);
    }

    [Fact]
    public void Comparison_misses_a_wrong_factor_a_lost_stop_and_a_wrong_cause()
    {
        using TemporaryFolder folder = new();
        Write(folder["truth/shifts.csv"], "line,start,end,availability,performance,quality,oee", "l1,2026-06-01T04:00Z,2026-06-01T12:00Z,0.9,0.9,,0.8");
        Write(folder["out/shifts.csv"], "line,start,end,availability,performance,quality,oee", "l1,2026-06-01T04:00Z,2026-06-01T12:00Z,0.9,0.9,1,0.802");
        Write(
            folder["truth/stops.csv"],
            "line,machine,start,end,bucket,cause_machine",
            "l1,filler,2026-06-01T05:00:00Z,2026-06-01T05:01:00Z,lack,rinser",
            "l1,filler,2026-06-01T06:00:00Z,2026-06-01T06:03:00Z,minor-stop,filler");
        Write(
            folder["out/stops.csv"],
            "line,machine,start,end,bucket,cause_machine",
            "l1,filler,2026-06-01T05:00:00Z,2026-06-01T05:00:45Z,lack,",
            "l1,rinser,2026-06-01T06:00:00Z,2026-06-01T06:03:00Z,minor-stop,filler");

        OeeComparison comparison = new(folder["out"], folder["truth"], new Dictionary<string, string> { ["l1"] = "filler" });

        Assert.Equal((1, 0, 2), (comparison.Shifts, comparison.MissingShifts, comparison.WrongFactors));
        Assert.Equal((2, 0), (comparison.Stops, comparison.StopsFound));
        Assert.Equal((240, 0, 45), (comparison.Lost, comparison.Right, comparison.Unattributed));
        Assert.False(comparison.Passes);
    }

    private static void AssertCauses(OeeComparison comparison, double least)
    {
        Assert.True(comparison.LostToNeighbours > 10_000);
        Assert.InRange(comparison.Right / comparison.Lost, least, 1);
        Assert.InRange(comparison.RightAmongNeighbours / comparison.LostToNeighbours, least, 1);
        Assert.InRange(comparison.Unattributed / comparison.Lost, 0, OeeComparison.MostUnattributed);
    }

    private static void Write(string path, params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, lines);
    }

    private static OeeComparison Run(ulong seed, Dialect dialect, ChaosOptions chaos)
    {
        using TemporaryFolder folder = new();
        VirtualPlant virtualPlant = new(new VirtualPlantOptions
        {
            Lines = 2, Seed = seed, Start = Start, ProcessInterval = TimeSpan.FromHours(1), Dialect = dialect, Chaos = chaos,
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
        return new OeeComparison(folder["out"], folder["truth"], plant.Lines.ToDictionary(line => line.Id, line => line.CriticalMachine.Id));
    }
}
