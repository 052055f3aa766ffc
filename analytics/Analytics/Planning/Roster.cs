namespace Linewatch.Analytics.Planning;

/// <summary>An assignment under construction: who is where, what is free. Constraints hold at every moment.</summary>
internal sealed class Roster
{
    private readonly AssignmentProblem _problem;
    private readonly long[][] _free;
    private readonly int[] _stopOf;
    private readonly List<int>[] _jobsAt;
    private long _work;

    public Roster(AssignmentProblem problem)
    {
        _problem = problem;
        _free = [.. problem.Capacity.Select(row => (long[])row.Clone())];
        _stopOf = new int[problem.Jobs];
        Array.Fill(_stopOf, AssignmentProblem.Unplanned);
        _jobsAt = [.. Enumerable.Range(0, problem.Stops).Select(_ => new List<int>())];
        Cost = problem.UnplannedCost.Sum();
    }

    /// <summary>Cost of all jobs as they stand.</summary>
    public double Cost { get; private set; }

    /// <summary>Effort spent so far: stops looked at and spans of the timetable compared.</summary>
    public long Work => _work;

    public int this[int job] => _stopOf[job];

    public IReadOnlyList<int> Stops => _stopOf;

    /// <summary>Adds to <see cref="Work"/>.</summary>
    public void Count(int looks) => _work += looks;

    public List<int> JobsAt(int stop) => _jobsAt[stop];

    public long Free(int stop, int skill) => _free[stop][skill];

    /// <summary>Whether an unplanned job fits into a stop that it may go to.</summary>
    public bool Fits(int job, int stop) =>
        _problem.Seconds[job] <= _free[stop][_problem.Skill[job]]
        && (_problem.Timetable is not { } timetable || timetable.Fits(_jobsAt, stop, job, ref _work));

    /// <summary>Puts an unplanned job where it <see cref="Fits"/>.</summary>
    public void Put(int job, int stop)
    {
        if (stop == AssignmentProblem.Unplanned)
        {
            return;
        }

        _stopOf[job] = stop;
        _jobsAt[stop].Add(job);
        _free[stop][_problem.Skill[job]] -= _problem.Seconds[job];
        Cost += _problem.Cost[job][stop] - _problem.UnplannedCost[job];
    }

    /// <summary>Takes a job out of its stop, if it has one; returns that stop.</summary>
    public int Take(int job)
    {
        int stop = _stopOf[job];
        if (stop != AssignmentProblem.Unplanned)
        {
            _stopOf[job] = AssignmentProblem.Unplanned;
            _jobsAt[stop].Remove(job);
            _free[stop][_problem.Skill[job]] += _problem.Seconds[job];
            Cost -= _problem.Cost[job][stop] - _problem.UnplannedCost[job];
        }

        return stop;
    }
}
