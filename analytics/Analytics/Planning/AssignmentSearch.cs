namespace Linewatch.Analytics.Planning;

/// <summary>
/// Finds the cheapest assignment: depth-first branch and bound over the Lagrangian relaxation of "each job once", whose subproblems
/// are a knapsack for each stop and skill (Ross and Soland 1975; Fisher, Jaikumar and Van Wassenhove 1986). Each relaxed solution is
/// repaired and improved into a roster. Effort is bounded by counted work, not by time, and nothing is drawn at random: the same
/// problem always gives the same answer.
/// </summary>
public static class AssignmentSearch
{
    /// <summary>Knapsack cells that all parts of a problem may fill together; well under a second of one core.</summary>
    private const long MostWork = 100_000_000;

    /// <summary>Solves a problem. Jobs that share neither skill nor machine are solved apart from each other.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="cancellationToken">Ends the search with an exception.</param>
    public static Assignment Solve(AssignmentProblem problem, CancellationToken cancellationToken = default) =>
        Solve(problem, MostWork, cancellationToken);

    internal static Assignment Solve(AssignmentProblem problem, long mostWork, CancellationToken cancellationToken)
    {
        int[] stops = new int[problem.Jobs];
        List<Booking> bookings = [];
        double bound = 0;
        IReadOnlyList<int[]> parts = Parts(problem);
        BranchAndBound[] searches = [.. parts.Select(jobs => new BranchAndBound(problem, jobs, mostWork * jobs.Length / Math.Max(1, problem.Jobs), cancellationToken))];

        // Each part has its own share of the effort, so that the plan does not depend on which is searched first, or by how many cores.
        _ = Parallel.ForEach(searches, new ParallelOptions { CancellationToken = cancellationToken }, search => search.Run());
        foreach ((int[] jobs, BranchAndBound search) in parts.Zip(searches))
        {
            bound += search.LowerBound;
            foreach (int job in jobs)
            {
                stops[job] = search.Best[job].Stop;
                if (search.Best[job].Booking is { } booking)
                {
                    bookings.Add(booking);
                }
            }
        }

        return new Assignment(stops, problem.CostOf(stops), bound) { Bookings = bookings };
    }

    /// <summary>Differences of cost that do not count.</summary>
    internal static double Tolerance(double cost) => 1e-9 * Math.Max(1, Math.Abs(cost));

    /// <summary>Jobs by skill; skills whose jobs share a machine within a timetable belong together.</summary>
    private static IReadOnlyList<int[]> Parts(AssignmentProblem problem)
    {
        int[] part = [.. Enumerable.Range(0, problem.Jobs)];
        Dictionary<(bool IsSkill, int Number), int> first = [];
        for (int job = 0; job < problem.Jobs; job++)
        {
            Join(part, first, (true, problem.Skill[job]), job);
            if (problem.Timetable is { } timetable)
            {
                Join(part, first, (false, timetable.MachineOf(job)), job);
            }
        }

        return [.. Enumerable.Range(0, problem.Jobs).GroupBy(job => Root(part, job)).Select(group => group.ToArray())];
    }

    private static void Join(int[] part, Dictionary<(bool IsSkill, int Number), int> first, (bool IsSkill, int Number) key, int job)
    {
        if (!first.TryAdd(key, job))
        {
            part[Root(part, job)] = Root(part, first[key]);
        }
    }

    private static int Root(int[] part, int job)
    {
        while (part[job] != job)
        {
            job = part[job];
        }

        return job;
    }
}
