using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Linewatch.Analytics.Planning;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch backtest planner</c>: places the jobs of planning instances into their stops with the production optimiser.</summary>
internal static class BacktestPlannerCommand
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The command, to be put below <c>backtest</c>. Exit codes: 0 done, 1 a file cannot be read or written, 2 wrong input.</summary>
    public static Command Create()
    {
        Option<FileInfo> instances = new("--instances")
        {
            Description = "JSON array of instances: id, horizon_days, stops (start_day, crew_hours by skill), jobs (weibull_beta, weibull_eta_days, age_days, cost_planned, cost_failure, duration_h, skill, parts_available_day).",
            Required = true,
        };
        Option<FileInfo> results = new("--out") { Description = "File for the answers: a JSON array of id, assignment (stop index of each job, -1 = not planned), cost.", Required = true };
        Command command = new("planner", "Places maintenance jobs into planned stops at least expected cost.")
        {
            instances, results,
        };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(
            Run(arguments.GetRequiredValue(instances), arguments.GetRequiredValue(results), cancellationToken)));
        return command;
    }

    private static int Run(FileInfo file, FileInfo results, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<PlanningInstance> instances = PlanningInstanceJson.Parse(File.ReadAllText(file.FullName));
            List<Answer> answers = [];
            int proved = 0;
            Stopwatch watch = Stopwatch.StartNew();
            foreach (PlanningInstance instance in instances)
            {
                Assignment plan = AssignmentSearch.Solve(instance.ToProblem(), cancellationToken);
                answers.Add(new Answer(instance.Id, plan.Stops, plan.Cost));
                proved += plan.IsProvedOptimal ? 1 : 0;
                Console.WriteLine(FormattableString.Invariant(
                    $"[{answers.Count}/{instances.Count}] {instance.Id}: {instance.Jobs.Count} jobs, {instance.Stops.Count} stops, cost {plan.Cost:F2}, {(plan.IsProvedOptimal ? "optimal" : $"at most {plan.Cost - plan.LowerBound:F2} above the optimum")}"));
            }

            results.Directory?.Create();
            File.WriteAllText(results.FullName, JsonSerializer.Serialize(answers, Format));
            Console.WriteLine(FormattableString.Invariant(
                $"{instances.Count} instances in {watch.Elapsed.TotalSeconds:F1} s, {proved} proved optimal; answers in {results}"));
            return ExitCode.Ok;
        }
        catch (InvalidDataException fault)
        {
            Console.Error.WriteLine($"{file}: {fault.Message}");
            return ExitCode.BadInput;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(fault.Message);
            return ExitCode.Failed;
        }
    }

    private sealed record Answer(string Id, IReadOnlyList<int> Assignment, double Cost);
}
