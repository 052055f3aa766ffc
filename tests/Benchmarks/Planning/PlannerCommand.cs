using System.CommandLine;
using Linewatch.Jobs.Planning;
using Linewatch.Tests.Benchmarks.Planning.Truth;

namespace Linewatch.Tests.Benchmarks.Planning;

/// <summary><c>planner</c>, <c>planner-size</c>, <c>planner-cost</c> and <c>planning-truth</c>.</summary>
public static class PlannerCommand
{
    /// <summary>The subcommands of this folder.</summary>
    public static IEnumerable<Command> Create() => [Score(), Size(), Cost(), AgainstTruth()];

    private static Command Score()
    {
        Option<FileInfo> instances = new("--instances") { Description = "Planning instances (JSON).", Required = true };
        Option<FileInfo> optima = new("--optima") { Description = "Their optima (JSON).", Required = true };
        Option<FileInfo?> answers = new("--answers") { Description = "Scores what `linewatch backtest planner` wrote instead of running the optimiser here." };
        Command planner = new("planner", "Gap of the planner to known optima, beside earliest due date and doing nothing (goal: mean 1.5 %, p95 5 %, nothing broken).")
        {
            instances, optima, answers,
        };
        planner.SetAction((parsed, _) =>
        {
            PlannerBenchmark.Run(parsed.GetRequiredValue(instances), parsed.GetRequiredValue(optima), parsed.GetValue(answers));
            return Task.CompletedTask;
        });
        return planner;
    }

    private static Command Size()
    {
        Option<int> jobs = new("--jobs") { Description = "Jobs.", DefaultValueFactory = _ => 200 };
        Option<int> stops = new("--stops") { Description = "Stops.", DefaultValueFactory = _ => 60 };
        Command size = new("planner-size", "Time of one plan of a whole plant (goal: 200 jobs x 60 stops within 2 s).") { jobs, stops };
        size.SetAction((parsed, _) =>
        {
            PlannerSize.Run(parsed.GetValue(jobs), parsed.GetValue(stops));
            PlannerSize.RunPlant(parsed.GetValue(jobs));
            return Task.CompletedTask;
        });
        return size;
    }

    private static Command Cost()
    {
        Option<int> seeds = new("--seeds") { Description = "How many runs.", DefaultValueFactory = _ => 3 };
        Option<int> weeks = new("--weeks") { Description = "Length of a run.", DefaultValueFactory = _ => 52 };
        Option<double> moving = new("--move-cost-share") { Description = "What moving a placed job costs, as a share of its planned cost.", DefaultValueFactory = _ => new PlanMaintenanceOptions().MoveCostShare };
        Command cost = new("planner-cost", "Simulated cost of three lines: forecast and planner against run to failure (goal 40 % less) and the best fixed age (goal 15 % less).") { seeds, weeks, moving };
        cost.SetAction((parsed, _) =>
        {
            MaintenanceCostBenchmark.Run(parsed.GetValue(seeds), parsed.GetValue(weeks), parsed.GetValue(moving));
            return Task.CompletedTask;
        });
        return cost;
    }

    private static Command AgainstTruth()
    {
        Option<ulong[]> seeds = new("--seeds") { Description = "Seeds, one run each.", DefaultValueFactory = _ => [1, 2, 3], AllowMultipleArgumentsPerToken = true };
        Option<int> days = new("--days") { Description = "Days to simulate.", DefaultValueFactory = _ => 56 };
        Option<int> lines = new("--lines") { Description = "Lines.", DefaultValueFactory = _ => 3 };
        Option<double> every = new("--every") { Description = "Hours between two forecasts and plans.", DefaultValueFactory = _ => 4 };
        Option<bool> alerts = new("--alerts") { Description = "Runs detectors and alert rules as well and counts what calls operators; takes most of the time." };
        Command truth = new("planning-truth", "The virtual plant maintained by the product, held against what really happened: proposals in time (goal 90 %), false ones (goal 1 a machine-quarter), error of lives, cost (goal 40 % and 15 % less), alerts (goal 6 an hour).")
        {
            seeds, days, lines, every, alerts,
        };
        truth.SetAction((parsed, _) => PlanningTruthBenchmark.RunAsync(
            parsed.GetRequiredValue(seeds), parsed.GetValue(days), parsed.GetValue(lines), TimeSpan.FromHours(parsed.GetValue(every)), parsed.GetValue(alerts)));
        return truth;
    }
}
