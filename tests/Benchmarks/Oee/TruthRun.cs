using System.Globalization;
using System.Text;
using Linewatch.BottlingPlant;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Oee;

/// <summary>The path of <c>linewatch backtest oee</c> over several simulated plants, each beside its truth; one row a plant.</summary>
public static class TruthRun
{
    private static readonly DateTime Start = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Runs every seed without chaos and with, prints a table, and returns 0 when every row passes.</summary>
    public static int Run(IEnumerable<ulong> seeds, int days, int lines, Dialect dialect, DirectoryInfo? keep)
    {
        bool pass = true;
        Console.WriteLine($"{"seed",5} {"chaos",5} {OeeComparison.Heading} {"CPU s",6}");
        foreach (ulong seed in seeds)
        {
            foreach (bool chaos in (bool[])[false, true])
            {
                using TemporaryFolder temporary = new();
                string folder = keep is null ? temporary.Path : Path.Combine(keep.FullName, $"{seed}{(chaos ? "-chaos" : "")}");
                TimeSpan before = Environment.CpuUsage.TotalTime;
                OeeComparison comparison = Compare(folder, days, new VirtualPlantOptions
                {
                    Lines = lines,
                    Seed = seed,
                    Start = Start,
                    ProcessInterval = TimeSpan.FromHours(1),
                    Dialect = dialect,
                    Chaos = chaos ? ChaosOptions.Some : ChaosOptions.None,
                });
                pass &= comparison.Passes;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{seed,5} {(chaos ? "some" : "none"),5} {comparison} {(Environment.CpuUsage.TotalTime - before).TotalSeconds,6:F0}{(comparison.Passes ? "" : "  MISSED")}"));
            }
        }

        return pass ? 0 : 1;
    }

    private static OeeComparison Compare(string folder, int days, VirtualPlantOptions options)
    {
        VirtualPlant virtualPlant = new(options);
        Plant plant = PlantFile.Parse(virtualPlant.PlantYaml, "plant.yaml").Plant ?? throw new InvalidOperationException("the virtual plant's file has faults");
        BacktestOee backtest = new(plant);
        foreach (SimulatedMessage message in virtualPlant.Messages(Start, Start.AddDays(days)))
        {
            backtest.Take(new RecordedMessage(message.PublishTime, Encoding.UTF8.GetBytes(message.Topic), message.Payload));
        }

        backtest.Finish();
        string results = Path.Combine(folder, "out");
        string truth = Path.Combine(folder, "truth");
        Directory.CreateDirectory(results);
        backtest.WriteShifts(Path.Combine(results, "shifts.csv"));
        backtest.WriteStops(Path.Combine(results, "stops.csv"));
        virtualPlant.WriteTruth(truth);
        OeeComparison comparison = new(results, truth, plant.Lines.ToDictionary(line => line.Id, line => line.CriticalMachine.Id));
        comparison.WriteDifferences(Path.Combine(results, "differences.csv"));
        return comparison;
    }
}
