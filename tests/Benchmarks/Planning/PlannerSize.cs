using System.Diagnostics;
using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Benchmarks.Planning;

/// <summary>How long a plan of a whole plant takes: generated jobs of five skills into generated stops.</summary>
public static class PlannerSize
{
    /// <summary>Generates, solves and prints.</summary>
    public static void Run(int jobs, int stops)
    {
        PlanningInstance instance = Generate(jobs, stops, seed: 1);
        _ = AssignmentSearch.Solve(Generate(20, 8, seed: 2).ToProblem());
        long start = Stopwatch.GetTimestamp();
        AssignmentProblem problem = instance.ToProblem();
        double priced = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assignment plan = AssignmentSearch.Solve(problem);
        double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double nothing = problem.CostOf([.. Enumerable.Repeat(AssignmentProblem.Unplanned, jobs)]);
        Console.WriteLine(FormattableString.Invariant(
            $"{jobs} jobs x {stops} stops: {all:F2} s (of it {priced:F2} s for the costs); cost {plan.Cost:F0}, lower bound {plan.LowerBound:F0}, gap at most {100 * (plan.Cost - plan.LowerBound) / (nothing - plan.LowerBound):F3} % of what planning saves; {plan.Stops.Count(stop => stop >= 0)} planned, {instance.Broken(plan.Stops).Count} broken constraints"));
    }

    /// <summary>An instance with the spread of lives and costs of a bottling plant.</summary>
    public static PlanningInstance Generate(int jobs, int stops, int seed)
    {
#pragma warning disable CA5394 // generated load, not security
        Random random = new(seed);
        string[] skills = ["mechanic", "electrician", "fitter", "lubrication", "automation"];
        double horizon = 28;
        return new PlanningInstance(
            $"generated-{jobs}-{stops}",
            horizon,
            [
                .. Enumerable.Range(0, stops)
                    .Select(_ => Math.Round(random.NextDouble() * horizon * 4) / 4)
                    .Order()
                    .Select(day => new PlanningStop(day, skills.ToDictionary(skill => skill, _ => 2.0 * random.Next(0, 3)))),
            ],
            [
                .. Enumerable.Range(0, jobs).Select(job =>
                {
                    double scale = 30 + (60 * random.NextDouble());
                    double planned = 300 + (1200 * random.NextDouble());
                    return new PlanningJob(
                        $"{job}",
                        new ComponentAtRisk(
                            new Weibull(2 + (2.5 * random.NextDouble()), scale), scale * (0.3 + (0.7 * random.NextDouble())), planned, planned * (4 + (6 * random.NextDouble()))),
                        0.5 * random.Next(1, 7),
                        skills[random.Next(skills.Length)],
                        random.Next(0, 4) * 3.5);
                }),
            ]);
#pragma warning restore CA5394
    }
}
