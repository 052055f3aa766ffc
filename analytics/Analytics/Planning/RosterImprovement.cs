namespace Linewatch.Analytics.Planning;

/// <summary>Makes a roster cheaper until no single move helps: a job to another stop, or to another stop from which it pushes a job out.</summary>
internal static class RosterImprovement
{
    private const double Gain = 1e-9;

    /// <summary>Inserts the unplanned jobs of a set, the one with most to lose first (largest regret), then improves.</summary>
    public static void Complete(AssignmentProblem problem, Roster roster, IReadOnlyList<int> jobs)
    {
        List<int> waiting = [.. jobs.Where(job => roster[job] == AssignmentProblem.Unplanned)];
        while (waiting.Count > 0)
        {
            int chosen = -1;
            int where = AssignmentProblem.Unplanned;
            double most = double.NegativeInfinity;
            foreach (int job in waiting)
            {
                (int best, double first, double second) = TwoCheapest(problem, roster, job);
                if (second - first > most)
                {
                    (chosen, where, most) = (job, best, second - first);
                }
            }

            roster.Put(chosen, where);
            waiting.Remove(chosen);
        }

        Improve(problem, roster, jobs);
    }

    /// <summary>Improves until no move helps.</summary>
    public static void Improve(AssignmentProblem problem, Roster roster, IReadOnlyList<int> jobs)
    {
        bool better;
        do
        {
            better = false;
            foreach (int job in jobs)
            {
                better |= Move(problem, roster, job) || Push(problem, roster, job);
            }
        }
        while (better);
    }

    private static bool Move(AssignmentProblem problem, Roster roster, int job)
    {
        int from = roster.Take(job);
        int best = Cheapest(problem, roster, job, problem.CostOf(job, from) - Gain, except: from);
        roster.Put(job, best == NoStop ? from : best);
        return best != NoStop;
    }

    /// <summary>Takes the job to a cheaper stop that is full, and a job from there to its next best place.</summary>
    private static bool Push(AssignmentProblem problem, Roster roster, int job)
    {
        int from = roster[job];
        double now = problem.CostOf(job, from);
        foreach (int stop in problem.Allowed[job])
        {
            double gain = now - problem.Cost[job][stop];
            if (stop == from || !(gain > Gain))
            {
                continue;
            }

            foreach (int other in roster.JobsAt(stop).ToArray())
            {
                if (problem.Skill[other] == problem.Skill[job] && TryPush(problem, roster, job, from, stop, other, gain))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool TryPush(AssignmentProblem problem, Roster roster, int job, int from, int stop, int other, double gain)
    {
        roster.Take(other);
        roster.Take(job);
        if (roster.Fits(job, stop))
        {
            roster.Put(job, stop);
            int best = Cheapest(problem, roster, other, problem.Cost[other][stop] + gain - Gain, except: stop);
            if (best != NoStop)
            {
                roster.Put(other, best);
                return true;
            }

            roster.Take(job);
        }

        roster.Put(job, from);
        roster.Put(other, stop);
        return false;
    }

    private const int NoStop = -2;

    /// <summary>Where an unplanned job costs least, below a limit; <see cref="NoStop"/> when nowhere.</summary>
    private static int Cheapest(AssignmentProblem problem, Roster roster, int job, double below, int except)
    {
        int best = NoStop;
        if (except != AssignmentProblem.Unplanned && problem.UnplannedCost[job] < below)
        {
            (best, below) = (AssignmentProblem.Unplanned, problem.UnplannedCost[job]);
        }

        double[] costs = problem.Cost[job];
        roster.Count(problem.Allowed[job].Length);
        foreach (int stop in problem.Allowed[job])
        {
            if (costs[stop] < below && stop != except && roster.Fits(job, stop))
            {
                (best, below) = (stop, costs[stop]);
            }
        }

        return best;
    }

    private static (int Best, double First, double Second) TwoCheapest(AssignmentProblem problem, Roster roster, int job)
    {
        int best = AssignmentProblem.Unplanned;
        double first = problem.UnplannedCost[job];
        double second = first;
        double[] costs = problem.Cost[job];
        roster.Count(problem.Allowed[job].Length);
        foreach (int stop in problem.Allowed[job])
        {
            if (costs[stop] < second && roster.Fits(job, stop))
            {
                if (costs[stop] < first)
                {
                    (second, first, best) = (first, costs[stop], stop);
                }
                else
                {
                    second = costs[stop];
                }
            }
        }

        return (best, first, second);
    }
}
