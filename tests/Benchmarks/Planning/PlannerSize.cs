using System.Diagnostics;
using Linewatch.Analytics.Planning;
using Linewatch.Analytics.Prognosis;
using Linewatch.Plants;

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

    /// <summary>The same for a plant as the product plans it: with shifts, breaks, extra stops, people and machines.</summary>
    public static void RunPlant(int jobs)
    {
        Plant plant = PlantFile.Parse(
            $$"""
            plant: Planned
            site: planned
            timeZone: Europe/Berlin
            shifts:
              - { name: Early, start: "06:00", end: "14:00", days: [Mon, Tue, Wed, Thu, Fri], breaks: [{ start: "10:00", end: "10:30" }] }
              - { name: Late, start: "14:00", end: "06:00", days: [Mon, Tue, Wed, Thu, Fri] }
            maintenance:
              crews: [{ skill: mechanic, people: 4 }, { skill: electrician, people: 2 }]
            lines:
            {{string.Join('\n', Enumerable.Range(1, 10).Select(line => $"  - {{ id: line{line}, area: hall, machines: [{{ id: m1, signals: [{{ id: total, role: count-total }}] }}, {{ id: m2, signals: [{{ id: total, role: count-total }}] }}] }}"))}}
            """,
            "plant.yaml").Plant ?? throw new InvalidOperationException("the plant of the benchmark has faults");
        DateTime now = new(2026, 6, 1, 8, 0, 0, DateTimeKind.Utc);
        PlanRequest request = new()
        {
            From = now,
            To = now.AddDays(28),
            Plant = plant,
            Jobs =
            [
                .. Enumerable.Range(0, jobs).Select(job => new PlanJob(
                    $"{job:000}", $"line{1 + (job % 10)}", $"m{1 + (job / 10 % 2)}", $"part {job}",
                    new LifeBand(now, now.AddDays(2 + (job * 37 % 40)), now.AddDays(5 + (job * 37 % 40 * 1.5))), CreatedAt: now, PlacedAt: null)),
            ],
        };
        long start = Stopwatch.GetTimestamp();
        MaintenancePlanProposal plan = MaintenancePlanner.Plan(request);
        Console.WriteLine(FormattableString.Invariant(
            $"{jobs} orders on 10 lines, 28 days: {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s; cost {plan.Cost:F0}, lower bound {plan.LowerBound:F0}, {plan.DoNothing:F0} when nothing is done; {plan.Placements.Count(placement => placement.Start is not null)} planned"));
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
