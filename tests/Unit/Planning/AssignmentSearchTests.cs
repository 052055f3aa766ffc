using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Planning;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Planning;

public sealed class AssignmentSearchTests
{
    private static readonly double[][] HandCheckedCosts =
    [
        [956.0, 1550.4, 2167.2, 2746.1, 3298.5],
        [double.PositiveInfinity, 736.3, 1116.2, 1541.1, 1922.3],
        [291.2, 270.4, 263.9, 269.9, 328.4],
        [double.PositiveInfinity, 2543.9, 4525.9, 6413.1, 7578.8],
        [556.9, 1114.7, 1640.3, 2091.0, 2462.2],
        [793.9, 1614.6, 2414.4, 2928.8, 3209.4],
    ];

    [Fact]
    public void Costs_of_the_hand_checked_instance()
    {
        AssignmentProblem problem = HandCheckedInstance.Create().ToProblem();
        for (int job = 0; job < 6; job++)
        {
            for (int stop = 0; stop < 4; stop++)
            {
                Assert.Equal(HandCheckedCosts[job][stop], problem.Cost[job][stop], 0.0501);
            }

            Assert.Equal(HandCheckedCosts[job][4], problem.UnplannedCost[job], 0.0501);
        }
    }

    [Fact]
    public void Hand_checked_instance_reaches_its_optimum_and_proves_it()
    {
        PlanningInstance instance = HandCheckedInstance.Create();
        Assignment plan = AssignmentSearch.Solve(instance.ToProblem());

        Assert.Equal([0, 2, 2, 1, 0, 0], plan.Stops);
        Assert.Equal(6230.88, plan.Cost, 0.005);
        Assert.True(plan.IsProvedOptimal);
        Assert.Empty(instance.Broken(plan.Stops));
    }

    [Fact]
    public void Optimum_equals_trying_everything()
    {
        Prop.ForAll(SmallProblems.ToArbitrary(), problem =>
        {
            Assignment plan = AssignmentSearch.Solve(problem);
            return plan.IsProvedOptimal && Math.Abs(plan.Cost - Cheapest(problem)) <= 1e-6 && Keeps(problem, plan.Stops);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Larger_problems_keep_their_constraints_and_lie_between_bound_and_greed()
    {
        // With little work allowed it must still give a plan and a bound.
        Prop.ForAll(Problems(jobs: 40, stops: 8).ToArbitrary(), problem =>
        {
            Assignment plan = AssignmentSearch.Solve(problem, mostWork: 2_000_000, default);
            return Keeps(problem, plan.Stops)
                && plan.LowerBound <= plan.Cost
                && Math.Abs(plan.Cost - problem.CostOf(plan.Stops)) < 1e-6
                && plan.Cost <= Greedy(problem) + 1e-6;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Fact]
    public void Same_problem_gives_the_same_plan()
    {
        AssignmentProblem problem = Problems(jobs: 40, stops: 8).Sample(1, 1)[0];

        Assert.Equal(AssignmentSearch.Solve(problem, 2_000_000, default).Stops, AssignmentSearch.Solve(problem, 2_000_000, default).Stops);
    }

    [Fact]
    public void Times_that_no_unit_divides_are_kept_to_the_second()
    {
        // 1199 + 1201 s fit into 2400 s, 1200 + 1201 s do not, whatever the unit of the relaxation.
        double[][] cost = [[1], [1], [2]];
        AssignmentProblem problem = new(cost, [10, 10, 10], [0, 0, 0], [1200, 1201, 1199], [[2400]]);

        Assignment plan = AssignmentSearch.Solve(problem);

        Assert.Equal(13, plan.Cost);
        Assert.True(Keeps(problem, plan.Stops));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    public void Nothing_to_do_or_nowhere_to_do_it_is_a_plan_too(int jobs, int stops)
    {
        AssignmentProblem problem = new(
            [.. Enumerable.Range(0, jobs).Select(_ => new double[stops])],
            [.. Enumerable.Repeat(5.0, jobs)],
            new int[jobs],
            [.. Enumerable.Repeat(60L, jobs)],
            [.. Enumerable.Range(0, stops).Select(_ => new long[] { 3600 })]);

        Assignment plan = AssignmentSearch.Solve(problem);

        Assert.All(plan.Stops, stop => Assert.Equal(AssignmentProblem.Unplanned, stop));
        Assert.Equal((5.0 * jobs, true), (plan.Cost, plan.IsProvedOptimal));
    }

    [Fact]
    public void Cancelled_search_ends() => Assert.Throws<OperationCanceledException>(
        () => AssignmentSearch.Solve(Problems(jobs: 40, stops: 8).Sample(1, 1)[0], new CancellationToken(canceled: true)));

    [SkippableFact]
    public void Public_instances_reach_their_optima()
    {
        string folder = Tool.RequireShared("data/planner");
        var optima = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "optima.json"))).RootElement.EnumerateArray()
            .ToDictionary(element => element.GetProperty("id").GetString()!, element => element.GetProperty("optimum").GetDouble());
        foreach (PlanningInstance instance in PlanningInstanceJson.Parse(File.ReadAllText(Path.Combine(folder, "instances.json"))))
        {
            Assignment plan = AssignmentSearch.Solve(instance.ToProblem());

            Assert.Empty(instance.Broken(plan.Stops));
            Assert.Equal(optima[instance.Id], plan.Cost, 0.02);
        }
    }

    private static Gen<AssignmentProblem> SmallProblems =>
        from jobs in Gen.Choose(1, 6)
        from stops in Gen.Choose(1, 3)
        from problem in Problems(jobs, stops)
        select problem;

    private static Gen<AssignmentProblem> Problems(int jobs, int stops) =>
        from cost in Gen.Choose(-20, 100).ArrayOf(jobs * stops)
        from allowed in Gen.Choose(0, 5).ArrayOf(jobs * stops)
        from unplanned in Gen.Choose(0, 150).ArrayOf(jobs)
        from skill in Gen.Choose(0, 1).ArrayOf(jobs)
        from minutes in Gen.Choose(1, 12).ArrayOf(jobs)
        from capacity in Gen.Choose(0, 20).ArrayOf(stops * 2)
        select new AssignmentProblem(
            [
                .. Enumerable.Range(0, jobs).Select(job => Enumerable.Range(0, stops)
                    .Select(stop => allowed[(job * stops) + stop] == 0 ? double.PositiveInfinity : cost[(job * stops) + stop])
                    .ToArray()),
            ],
            [.. unplanned.Select(value => (double)value)],
            skill,
            [.. minutes.Select(value => 60L * value)],
            [.. Enumerable.Range(0, stops).Select(stop => new[] { 60L * capacity[2 * stop], 60L * capacity[(2 * stop) + 1] })]);

    private static double Cheapest(AssignmentProblem problem)
    {
        double best = double.PositiveInfinity;
        int[] plan = new int[problem.Jobs];
        Try(0);
        return best;

        void Try(int job)
        {
            if (job == problem.Jobs)
            {
                best = Keeps(problem, plan) ? Math.Min(best, problem.CostOf(plan)) : best;
                return;
            }

            for (plan[job] = AssignmentProblem.Unplanned; plan[job] < problem.Stops; plan[job]++)
            {
                Try(job + 1);
            }

            plan[job] = AssignmentProblem.Unplanned;
        }
    }

    /// <summary>Each job in turn to the cheapest place that is left.</summary>
    private static double Greedy(AssignmentProblem problem)
    {
        int[] plan = [.. Enumerable.Repeat(AssignmentProblem.Unplanned, problem.Jobs)];
        for (int job = 0; job < plan.Length; job++)
        {
            plan[job] = Enumerable.Range(-1, problem.Stops + 1)
                .OrderBy(stop => problem.CostOf(job, stop))
                .First(stop =>
                {
                    plan[job] = stop;
                    return Keeps(problem, plan);
                });
        }

        return problem.CostOf(plan);
    }

    private static bool Keeps(AssignmentProblem problem, IReadOnlyList<int> plan) =>
        Enumerable.Range(0, plan.Count).All(job => double.IsFinite(problem.CostOf(job, plan[job])))
        && Enumerable.Range(0, plan.Count).Where(job => plan[job] >= 0).GroupBy(job => (plan[job], problem.Skill[job]))
            .All(group => group.Sum(job => problem.Seconds[job]) <= problem.Capacity[group.Key.Item1][group.Key.Item2]);
}
