namespace Linewatch.Analytics.Planning;

/// <summary>Branch and bound over one part of a problem; see <see cref="AssignmentSearch"/>.</summary>
internal sealed class BranchAndBound
{
    private const int RootSteps = 400;
    private const int NodeSteps = 25;

    private readonly AssignmentProblem _problem;
    private readonly int[] _jobs;
    private readonly long _mostWork;
    private readonly CancellationToken _cancellationToken;
    private readonly KnapsackRelaxation _relaxation;
    private readonly Roster _fixed;
    private double _upper;
    private long _repairWork;
    private double _open = double.PositiveInfinity;

    public BranchAndBound(AssignmentProblem problem, int[] jobs, long mostWork, CancellationToken cancellationToken)
    {
        _problem = problem;
        _jobs = jobs;
        _mostWork = mostWork;
        _cancellationToken = cancellationToken;
        _relaxation = new KnapsackRelaxation(problem, jobs);
        _fixed = new Roster(problem);
        Best = new Seat[problem.Jobs];
        Array.Fill(Best, Seat.None);
        _upper = jobs.Sum(job => problem.UnplannedCost[job]);
    }

    /// <summary>The best assignment found, by job of the problem; others than this part's are unplanned.</summary>
    public Seat[] Best { get; }

    /// <summary>What this part costs at least.</summary>
    public double LowerBound => Math.Min(_open, _upper);

    private bool IsExhausted => _relaxation.Work + _fixed.Work + _repairWork > _mostWork;

    private double Goal => _upper - AssignmentSearch.Tolerance(_upper);

    public void Run()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Repair(new int[_jobs.Length], none: true);
        double[] prices = _relaxation.FirstPrices();
        RelaxedSolution root = Ascend(prices, RootSteps, agility: 2);
        if (root.Bound >= Goal)
        {
            return;
        }

        _relaxation.ForbidDearer(_fixed, root.Prices, root.Bound, Goal);
        Branch(root.Prices);
    }

    private void Branch(double[] prices)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        RelaxedSolution node = Ascend(prices, NodeSteps, agility: 1);
        if (node.Bound >= Goal)
        {
            return;
        }

        if (IsExhausted)
        {
            _open = Math.Min(_open, node.Bound);
            return;
        }

        int local = ChooseJob(node);
        if (local < 0)
        {
            return;
        }

        int job = _jobs[local];
        foreach ((int stop, double bound) in _relaxation.Choices(_fixed, local, node.Prices, node.Bound))
        {
            if (bound >= Goal || (stop != AssignmentProblem.Unplanned && !_fixed.Fits(job, stop)))
            {
                continue;
            }

            if (IsExhausted)
            {
                _open = Math.Min(_open, bound);
                continue;
            }

            _fixed.Put(job, stop);
            _relaxation.Fix(local, stop);
            Branch(node.Prices);
            _relaxation.Release(local);
            _fixed.Take(job);
        }
    }

    /// <summary>The free job that the relaxation misplaces and that has most to lose; -1 when every job is fixed.</summary>
    private int ChooseJob(RelaxedSolution node)
    {
        int chosen = -1;
        (bool Misplaced, double Regret) most = (false, double.NegativeInfinity);
        for (int local = 0; local < _jobs.Length; local++)
        {
            if (!_relaxation.IsFixed(local))
            {
                (bool, double) rank = (node.Count[local] != 1, _relaxation.Regret(local));
                if (chosen < 0 || rank.CompareTo(most) > 0)
                {
                    (chosen, most) = (local, rank);
                }
            }
        }

        return chosen;
    }

    /// <summary>
    /// Raises the bound by subgradient steps (Held, Wolfe and Crowder 1974) and repairs what it meets into rosters; returns the best.
    /// </summary>
    private RelaxedSolution Ascend(double[] from, int steps, double agility)
    {
        double[] prices = (double[])from.Clone();
        RelaxedSolution best = new(double.NegativeInfinity, prices, []);
        int sinceBetter = 0;
        for (int step = 0; step < steps && !IsExhausted; step++)
        {
            (double bound, int[] count, int[] stop) = _relaxation.Solve(_fixed, prices);
            if (bound > best.Bound)
            {
                if (bound > best.Bound + (1e-4 * Math.Abs(_upper - bound)))
                {
                    sinceBetter = 0;
                }

                best = new RelaxedSolution(bound, (double[])prices.Clone(), count);
            }

            bool isWhole = Array.TrueForAll(count, served => served == 1);
            if (isWhole || step % 10 == 0)
            {
                Repair(stop, none: false);
            }

            if (best.Bound >= Goal)
            {
                break;
            }

            if (++sinceBetter > 12)
            {
                agility /= 2;
                sinceBetter = 0;
            }

            if (agility < 1e-4 || !Step(prices, count, agility * Math.Max(_upper - bound, 1e-6 * Math.Abs(_upper))))
            {
                break;
            }
        }

        if (double.IsNegativeInfinity(best.Bound))
        {
            // Out of work before the first step: the relaxation without any step is still a bound.
            (double bound, int[] count, _) = _relaxation.Solve(_fixed, prices);
            best = new RelaxedSolution(bound, prices, count);
        }

        return best;
    }

    private bool Step(double[] prices, int[] count, double length)
    {
        double norm = 0;
        for (int local = 0; local < count.Length; local++)
        {
            double gradient = _relaxation.IsFixed(local) ? 0 : 1 - count[local];
            norm += gradient * gradient;
        }

        if (norm == 0)
        {
            return false;
        }

        for (int local = 0; local < count.Length; local++)
        {
            prices[local] += _relaxation.IsFixed(local) ? 0 : length / norm * (1 - count[local]);
        }

        return true;
    }

    /// <summary>Makes a roster of the fixed jobs and of a relaxed solution, and keeps it when it is the best.</summary>
    private void Repair(int[] relaxed, bool none)
    {
        Roster roster = new(_problem);
        foreach (int job in _jobs)
        {
            roster.Put(job, _fixed.SeatOf(job));
        }

        for (int local = 0; local < _jobs.Length && !none; local++)
        {
            if (!_relaxation.IsFixed(local) && relaxed[local] >= 0 && roster.Fits(_jobs[local], relaxed[local]))
            {
                roster.Put(_jobs[local], relaxed[local]);
            }
        }

        RosterImprovement.Complete(_problem, roster, _jobs, _mostWork / 8);
        _repairWork += roster.Work;
        double cost = _jobs.Sum(job => _problem.CostOf(job, roster[job]));
        if (cost < _upper)
        {
            _upper = cost;
            foreach (int job in _jobs)
            {
                Best[job] = roster.SeatOf(job);
            }
        }
    }
}

/// <summary>The best that some steps of the relaxation came to.</summary>
/// <param name="Bound">No roster that keeps what is fixed costs less.</param>
/// <param name="Prices">The prices of serving a job that gave the bound.</param>
/// <param name="Count">How many times the relaxed solution serves each job.</param>
internal readonly record struct RelaxedSolution(double Bound, double[] Prices, int[] Count);
