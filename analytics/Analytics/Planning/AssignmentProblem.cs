namespace Linewatch.Analytics.Planning;

/// <summary>
/// Which job goes to which stop so that the sum of costs is least: a generalised assignment problem. Each job needs seconds of
/// one skill, each stop offers seconds of each skill. Where a <see cref="Timetable"/> is given, the jobs of a stop must fit on
/// its people and machines as well.
/// </summary>
public sealed class AssignmentProblem
{
    /// <summary>Value of an assignment for a job that no stop gets.</summary>
    public const int Unplanned = -1;

    /// <param name="cost">Cost of a job (first index) at a stop (second); infinite = not allowed there.</param>
    /// <param name="unplannedCost">Cost of a job that no stop gets; finite.</param>
    /// <param name="skill">Number of the skill each job needs.</param>
    /// <param name="seconds">Crew time each job needs, not below 0.</param>
    /// <param name="capacity">Crew time that a stop (first index) offers of a skill (second), in seconds.</param>
    /// <param name="timetable">People and machines in detail; null = crew time alone decides.</param>
    /// <exception cref="ArgumentException">The sizes do not match, or a cost is not a number.</exception>
    public AssignmentProblem(
        double[][] cost, double[] unplannedCost, int[] skill, long[] seconds, long[][] capacity, Timetable? timetable = null)
    {
        Cost = cost;
        UnplannedCost = unplannedCost;
        Skill = skill;
        Seconds = seconds;
        Capacity = capacity;
        Timetable = timetable;
        Check();
        Allowed = [.. cost.Select(row => Enumerable.Range(0, row.Length).Where(stop => double.IsFinite(row[stop])).ToArray())];
    }

    /// <summary>Number of jobs.</summary>
    public int Jobs => UnplannedCost.Length;

    /// <summary>Number of stops.</summary>
    public int Stops => Capacity.Length;

    internal double[][] Cost { get; }

    /// <summary>The stops that a job may go to.</summary>
    internal int[][] Allowed { get; }

    internal double[] UnplannedCost { get; }

    internal int[] Skill { get; }

    internal long[] Seconds { get; }

    internal long[][] Capacity { get; }

    internal Timetable? Timetable { get; }

    /// <summary>Cost of one choice.</summary>
    internal double CostOf(int job, int stop) => stop == Unplanned ? UnplannedCost[job] : Cost[job][stop];

    /// <summary>Cost of an assignment: a stop or <see cref="Unplanned"/> for each job.</summary>
    public double CostOf(IReadOnlyList<int> assignment)
    {
        double sum = 0;
        for (int job = 0; job < assignment.Count; job++)
        {
            sum += CostOf(job, assignment[job]);
        }

        return sum;
    }

    private void Check()
    {
        int skills = Skill.Length == 0 ? 0 : Skill.Max() + 1;
        if (Cost.Length != Jobs || Skill.Length != Jobs || Seconds.Length != Jobs)
        {
            throw new ArgumentException($"costs of {Cost.Length}, skills of {Skill.Length} and times of {Seconds.Length} jobs for {Jobs} jobs");
        }

        if (Cost.Any(row => row.Length != Stops) || Capacity.Any(row => row.Length < skills))
        {
            throw new ArgumentException($"every job has a cost for each of {Stops} stops, every stop a capacity for each of {skills} skills");
        }

        if (Cost.Any(row => row.Any(cost => double.IsNaN(cost) || double.IsNegativeInfinity(cost))) || UnplannedCost.Any(cost => !double.IsFinite(cost)))
        {
            throw new ArgumentException("costs are numbers; only a stop that is not allowed costs infinitely much");
        }

        if (Skill.Any(skill => skill < 0) || Seconds.Any(seconds => seconds < 0))
        {
            throw new ArgumentException("skills and times are not below 0");
        }
    }
}
