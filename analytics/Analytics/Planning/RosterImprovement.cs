namespace Linewatch.Analytics.Planning;

/// <summary>Makes a roster cheaper until no single move helps: a job to another stop, or to another stop from which it pushes a job out.</summary>
internal static class RosterImprovement
{
    private const double Gain = 1e-9;

    /// <summary>With more jobs waiting, their order is not made anew after each.</summary>
    private const int MostReordered = 60;

    /// <summary>Inserts the unplanned jobs of a set, the one with most to lose first (largest regret), then improves.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="roster">The roster.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="mostWork">Improving ends when the roster's work reaches this.</param>
    public static void Complete(AssignmentProblem problem, Roster roster, IReadOnlyList<int> jobs, long mostWork)
    {
        List<int> waiting = [.. jobs.Where(job => roster[job] == AssignmentProblem.Unplanned)];
        if (waiting.Count > MostReordered)
        {
            foreach (int job in waiting.Select(job => (Job: job, Choice: TwoCheapest(problem, roster, job)))
                .OrderByDescending(job => job.Choice.Second - job.Choice.First).ThenBy(job => job.Job).Select(job => job.Job))
            {
                roster.Put(job, TwoCheapest(problem, roster, job).Best);
            }

            waiting.Clear();
        }

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

        Improve(problem, roster, jobs, mostWork);
    }

    private static void Improve(AssignmentProblem problem, Roster roster, IReadOnlyList<int> jobs, long mostWork)
    {
        bool better;
        do
        {
            better = false;
            for (int i = 0; i < jobs.Count && roster.Work < mostWork; i++)
            {
                better |= Move(problem, roster, jobs[i]) || Push(problem, roster, jobs[i]);
            }
        }
        while (better && roster.Work < mostWork);
    }

    private static bool Move(AssignmentProblem problem, Roster roster, int job)
    {
        Seat from = roster.Take(job);
        int best = Cheapest(problem, roster, job, problem.CostOf(job, from.Stop) - Gain, except: from.Stop);
        if (best == NoStop)
        {
            roster.Put(job, from);
            return false;
        }

        roster.Put(job, best);
        return true;
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
                if (problem.Skill[other] == problem.Skill[job] && Least(problem, other, except: stop) < problem.Cost[other][stop] + gain - Gain
                    && TryPush(problem, roster, job, stop, other, gain))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool TryPush(AssignmentProblem problem, Roster roster, int job, int stop, int other, double gain)
    {
        Seat otherSeat = roster.Take(other);
        Seat seat = roster.Take(job);
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

        roster.Put(job, seat);
        roster.Put(other, otherSeat);
        return false;
    }

    /// <summary>What a job costs elsewhere at least.</summary>
    private static double Least(AssignmentProblem problem, int job, int except)
    {
        double least = problem.UnplannedCost[job];
        foreach (int stop in problem.Allowed[job])
        {
            least = stop == except ? least : Math.Min(least, problem.Cost[job][stop]);
        }

        return least;
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
