using System.CommandLine;

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
        return oee;
    }
}
