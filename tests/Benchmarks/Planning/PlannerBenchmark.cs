using System.Diagnostics;
using System.Text.Json;
using Linewatch.Analytics.Planning;

namespace Linewatch.Tests.Benchmarks.Planning;

/// <summary>
/// Scores plans of instances with known optima: gap = (cost − optimum) / (cost of doing nothing − optimum), beside the same score
/// of earliest due date first. Costs are computed anew from the assignments, constraints are checked.
/// </summary>
public static class PlannerBenchmark
{
    /// <summary>Prints the table.</summary>
    /// <param name="instancesFile">The instances.</param>
    /// <param name="optimaFile">Their optima: id, optimum, do_nothing, assignment.</param>
    /// <param name="answersFile">What <c>linewatch backtest planner</c> wrote; null = the optimiser is run here.</param>
    public static void Run(FileInfo instancesFile, FileInfo optimaFile, FileInfo? answersFile)
    {
        IReadOnlyList<PlanningInstance> instances = PlanningInstanceJson.Parse(File.ReadAllText(instancesFile.FullName));
        Dictionary<string, Optimum> optima = Read(optimaFile).ToDictionary(
            element => element.GetProperty("id").ToString(),
            element => new Optimum(element.GetProperty("optimum").GetDouble(), element.GetProperty("do_nothing").GetDouble(), Places(element)));
        Dictionary<string, int[]>? answers = answersFile is null ? null : Read(answersFile).ToDictionary(element => element.GetProperty("id").ToString(), Places);
        List<double> gaps = [];
        List<double> dueDateGaps = [];
        List<double> seconds = [];
        int broken = 0;
        int proved = 0;
        double worstCost = 0;
        Console.WriteLine("instance    jobs      optimum         plan    gap %  due-date gap %  do-nothing gap %  seconds");
        foreach (PlanningInstance instance in instances)
        {
            AssignmentProblem problem = instance.ToProblem();
            Optimum optimum = optima[instance.Id];
            worstCost = Math.Max(worstCost, Math.Abs(problem.CostOf(optimum.Assignment) - optimum.Cost));
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<int> plan;
            if (answers is null)
            {
                Assignment found = AssignmentSearch.Solve(problem);
                proved += found.IsProvedOptimal ? 1 : 0;
                plan = found.Stops;
            }
            else
            {
                plan = answers[instance.Id];
            }

            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            foreach (string fault in instance.Broken(plan))
            {
                broken++;
                Console.WriteLine($"{instance.Id}: {fault}");
            }

            double cost = problem.CostOf(plan);
            gaps.Add(optimum.Gap(cost));
            dueDateGaps.Add(optimum.Gap(problem.CostOf(EarliestDueDate(instance))));
            Console.WriteLine(FormattableString.Invariant(
                $"{instance.Id,-10} {instance.Jobs.Count,5} {optimum.Cost,12:F2} {cost,12:F2} {100 * gaps[^1],8:F4} {100 * dueDateGaps[^1],15:F2} {100.0,17:F2} {seconds[^1],8:F3}"));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{instances.Count} instances: mean gap {100 * gaps.Average():F4} %, p95 {100 * Percentile(gaps, 0.95):F4} %, worst {100 * gaps.Max():F4} %, {broken} broken constraints{(answers is null ? $", {proved} proved optimal, longest {seconds.Max():F2} s" : "")}"));
        Console.WriteLine(FormattableString.Invariant(
            $"earliest due date: mean gap {100 * dueDateGaps.Average():F2} %, p95 {100 * Percentile(dueDateGaps, 0.95):F2} %; doing nothing: 100 %. Our cost of the given optimal assignments differs by at most {worstCost:F4}"));
    }

    /// <summary>Each job, the earliest due first (the best age less the age), into the first stop that has parts and hours for it.</summary>
    private static int[] EarliestDueDate(PlanningInstance instance)
    {
        int[] plan = new int[instance.Jobs.Count];
        Array.Fill(plan, AssignmentProblem.Unplanned);
        foreach (int job in Enumerable.Range(0, plan.Length).OrderBy(job => instance.Jobs[job].Component.Replacement.Age - instance.Jobs[job].Component.Age))
        {
            for (int stop = 0; stop < instance.Stops.Count && plan[job] < 0; stop++)
            {
                plan[job] = stop;
                if (instance.Broken(plan).Count > 0)
                {
                    plan[job] = AssignmentProblem.Unplanned;
                }
            }
        }

        return plan;
    }

    /// <summary>Linear between the ranks, as in NumPy.</summary>
    private static double Percentile(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double rank = share * (sorted.Length - 1);
        int below = (int)rank;
        return below + 1 < sorted.Length ? sorted[below] + ((rank - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    private static JsonElement[] Read(FileInfo file) => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllText(file.FullName))!;

    private static int[] Places(JsonElement element) => [.. element.GetProperty("assignment").EnumerateArray().Select(place => place.GetInt32())];

    private sealed record Optimum(double Cost, double DoNothing, int[] Assignment)
    {
        public double Gap(double cost) => (cost - Cost) / (DoNothing - Cost);
    }
}
