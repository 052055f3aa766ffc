namespace Linewatch.Analytics.Planning;

/// <summary>
/// The Lagrangian relaxation of "each job once" for one part of a problem. A job is served for a price; each stop then picks, for each
/// skill, the jobs whose cost falls most below their price and whose time it has: a knapsack, solved exactly over whole units of time.
/// </summary>
internal sealed class KnapsackRelaxation
{
    private const int Free = -2;
    private const int MostUnits = 256;

    private readonly AssignmentProblem _problem;
    private readonly int[] _jobs;
    private readonly int[] _units;
    private readonly bool[][] _allowed;
    private readonly int[] _fixedTo;
    private readonly (int Skill, int Stop, int[] Locals)[] _knapsacks;
    private readonly Dictionary<(int Skill, int Stop), int[]> _knapsackAt;
    private readonly long _unit;
    private double[] _value = [];
    private bool[] _taken = [];

    public KnapsackRelaxation(AssignmentProblem problem, int[] jobs)
    {
        _problem = problem;
        _jobs = jobs;
        _unit = Unit(problem, jobs);

        // Jobs rounded down and time that can be filled at all: a relaxation where a unit does not divide every job.
        _units = [.. jobs.Select(job => (int)(problem.Seconds[job] / _unit))];
        _allowed = [.. jobs.Select(job => problem.Cost[job].Select(cost => double.IsFinite(cost)).ToArray())];
        _fixedTo = new int[jobs.Length];
        Array.Fill(_fixedTo, Free);
        _knapsacks =
        [
            .. from local in Enumerable.Range(0, jobs.Length)
               from stop in problem.Allowed[jobs[local]]
               group local by (problem.Skill[jobs[local]], stop) into knapsack
               select (knapsack.Key.Item1, knapsack.Key.stop, knapsack.ToArray()),
        ];
        _knapsackAt = _knapsacks.ToDictionary(knapsack => (knapsack.Skill, knapsack.Stop), knapsack => knapsack.Locals);
    }

    /// <summary>Knapsack cells filled so far.</summary>
    public long Work { get; private set; }

    public bool IsFixed(int local) => _fixedTo[local] != Free;

    public void Fix(int local, int stop) => _fixedTo[local] = stop;

    public void Release(int local) => _fixedTo[local] = Free;

    /// <summary>Prices to begin with: what the second cheapest place of a job costs.</summary>
    public double[] FirstPrices() =>
    [
        .. _jobs.Select(job => _problem.Cost[job].Where(double.IsFinite).Append(_problem.UnplannedCost[job]).Order().Skip(1).FirstOrDefault(_problem.UnplannedCost[job])),
    ];

    /// <summary>What a job loses at its second cheapest allowed place.</summary>
    public double Regret(int local)
    {
        double first = _problem.UnplannedCost[_jobs[local]];
        double second = double.PositiveInfinity;
        foreach (int stop in _problem.Allowed[_jobs[local]])
        {
            if (_allowed[local][stop])
            {
                double cost = _problem.Cost[_jobs[local]][stop];
                (first, second) = cost < first ? (cost, first) : (first, Math.Min(second, cost));
            }
        }

        return double.IsFinite(second) ? second - first : 0;
    }

    /// <summary>The relaxed optimum at some prices, with what is fixed where it is fixed.</summary>
    /// <returns>The bound, how often each job is served, and its cheapest serving stop (or -1).</returns>
    public (double Bound, int[] Count, int[] Stop) Solve(Roster fixedJobs, double[] prices)
    {
        double bound = 0;
        int[] count = new int[_jobs.Length];
        int[] where = new int[_jobs.Length];
        Array.Fill(where, AssignmentProblem.Unplanned);
        for (int local = 0; local < _jobs.Length; local++)
        {
            if (IsFixed(local))
            {
                bound += _problem.CostOf(_jobs[local], _fixedTo[local]);
                count[local] = 1;
                where[local] = _fixedTo[local];
                continue;
            }

            bound += prices[local];
            double unplanned = _problem.UnplannedCost[_jobs[local]] - prices[local];
            if (unplanned < 0)
            {
                bound += unplanned;
                count[local] = 1;
            }
        }

        foreach ((int skill, int stop, int[] locals) in _knapsacks)
        {
            bound += FillStop(fixedJobs, skill, locals, stop, prices, count, where);
        }

        return (bound, count, where);
    }

    /// <summary>Bounds for each place of a job, cheapest first: what the relaxation costs at least with the job there.</summary>
    public IReadOnlyList<(int Stop, double Bound)> Choices(Roster fixedJobs, int local, double[] prices, double bound)
    {
        int job = _jobs[local];
        int skill = _problem.Skill[job];
        double unplanned = _problem.UnplannedCost[job] - prices[local];

        // Without the job's price and its unplanned place; what it frees in other stops only helps, so it stays a bound.
        double rest = bound - Math.Min(0, unplanned);
        List<(int Stop, double Bound)> choices = [(AssignmentProblem.Unplanned, rest + unplanned)];
        foreach (int stop in _problem.Allowed[job])
        {
            if (!_allowed[local][stop] || _problem.Seconds[job] > fixedJobs.Free(stop, skill))
            {
                continue;
            }

            int[] locals = _knapsackAt[(skill, stop)];
            int units = Units(fixedJobs.Free(stop, skill));
            double with = _problem.Cost[job][stop] - prices[local] + Fill(locals, stop, prices, units - _units[local], without: local);
            choices.Add((stop, rest - Fill(locals, stop, prices, units, without: -1) + with));
        }

        choices.Sort((a, b) => a.Bound.CompareTo(b.Bound));
        return choices;
    }

    /// <summary>Forbids for good what cannot be part of anything cheaper than a known roster (reduced cost fixing).</summary>
    public void ForbidDearer(Roster fixedJobs, double[] prices, double bound, double known)
    {
        for (int local = 0; local < _jobs.Length; local++)
        {
            foreach ((int stop, double with) in Choices(fixedJobs, local, prices, bound))
            {
                if (stop != AssignmentProblem.Unplanned && with >= known)
                {
                    _allowed[local][stop] = false;
                }
            }
        }
    }

    private double FillStop(Roster fixedJobs, int skill, int[] locals, int stop, double[] prices, int[] count, int[] where)
    {
        int units = Units(fixedJobs.Free(stop, skill));
        double value = Fill(locals, stop, prices, units, without: -1);
        for (int item = locals.Length - 1, left = units; item >= 0; item--)
        {
            if (_taken[(item * (units + 1)) + left])
            {
                int local = locals[item];
                count[local]++;
                double cost = _problem.Cost[_jobs[local]][stop];
                if (where[local] == AssignmentProblem.Unplanned || cost < _problem.Cost[_jobs[local]][where[local]])
                {
                    where[local] = stop;
                }

                left -= _units[local];
            }
        }

        return value;
    }

    /// <summary>The least sum of cost minus price that fits into some units; which jobs, stands in <see cref="_taken"/>.</summary>
    private double Fill(int[] locals, int stop, double[] prices, int units, int without)
    {
        int width = units + 1;
        Work += locals.Length + width;
        if (_taken.Length < locals.Length * width)
        {
            _taken = new bool[locals.Length * width];
        }

        if (_value.Length < width)
        {
            _value = new double[width];
        }

        Array.Clear(_taken, 0, locals.Length * width);
        Array.Clear(_value, 0, width);
        for (int item = 0; item < locals.Length; item++)
        {
            int local = locals[item];
            double reduced = _problem.Cost[_jobs[local]][stop] - prices[local];
            if (local == without || IsFixed(local) || !_allowed[local][stop] || reduced >= 0)
            {
                continue;
            }

            int needs = _units[local];
            Work += width;
            for (int left = units; left >= needs; left--)
            {
                double with = _value[left - needs] + reduced;
                if (with < _value[left])
                {
                    _value[left] = with;
                    _taken[(item * width) + left] = true;
                }
            }
        }

        return _value[units];
    }

    private int Units(long seconds) => (int)Math.Min(Math.Max(0, seconds / _unit), MostUnits);

    /// <summary>The greatest common divisor of all times, but coarse enough for <see cref="MostUnits"/> in the largest stop.</summary>
    private static long Unit(AssignmentProblem problem, int[] jobs)
    {
        long unit = 0;
        foreach (int job in jobs)
        {
            for (long other = problem.Seconds[job]; other != 0;)
            {
                (unit, other) = (other, unit % other);
            }
        }

        long longest = problem.Stops == 0 ? 0 : jobs.Max(job => problem.Capacity.Max(row => row[problem.Skill[job]]));
        return Math.Max(Math.Max(1, unit), (longest / MostUnits) + 1);
    }
}
