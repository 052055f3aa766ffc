using System.CommandLine;
using Linewatch.BottlingPlant;

namespace Linewatch.Tests.Benchmarks.Oee;

/// <summary><c>oee</c>.</summary>
public static class OeeCommand
{
    /// <summary>The subcommand of this folder.</summary>
    public static Command Create()
    {
        Option<int> weeks = new("--weeks") { Description = "Weeks of one line to recompute; 52 = a year.", DefaultValueFactory = _ => 52 };
        Command oee = new("oee", "Recomputing one shift (goal 50 ms), a live snapshot, and a year of one line from its readings (goal 10 s).") { weeks };
        oee.SetAction((parsed, _) =>
        {
            RecomputationBenchmark.Run(parsed.GetValue(weeks));
            return Task.CompletedTask;
        });
        oee.Subcommands.Add(Truth());
        return oee;
    }

    private static Command Truth()
    {
        Option<ulong[]> seeds = new("--seeds") { Description = "Seeds of the virtual plant.", DefaultValueFactory = _ => [1, 2, 3], AllowMultipleArgumentsPerToken = true };
        Option<int> days = new("--days") { Description = "Days a run.", DefaultValueFactory = _ => 28 };
        Option<int> lines = new("--lines") { Description = "Lines a run.", DefaultValueFactory = _ => 3 };
        Option<Dialect> dialect = new("--dialect") { Description = "How the machines speak.", DefaultValueFactory = _ => Dialect.Mixed };
        Option<DirectoryInfo?> folder = new("--out") { Description = "Keep results, truth and differences.csv in a folder a run below this one." };
        Command truth = new("truth", "Every factor of every shift, stops and their causes against the virtual plant's truth, without chaos and with. Exit code 1 = a goal is missed.")
        {
            seeds, days, lines, dialect, folder,
        };
        truth.SetAction(parsed => TruthRun.Run(
            parsed.GetRequiredValue(seeds), parsed.GetValue(days), parsed.GetValue(lines), parsed.GetValue(dialect), parsed.GetValue(folder)));
        return truth;
    }
}
