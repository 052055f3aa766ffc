namespace Linewatch.Analytics.Planning;

/// <summary>A planning problem in the field's words: stops with crew hours, and jobs that may be done in them.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="HorizonDays">How far the plan looks, in days, above 0.</param>
/// <param name="Stops">The stops within the horizon.</param>
/// <param name="Jobs">The jobs.</param>
public sealed record PlanningInstance(
    string Id, double HorizonDays, IReadOnlyList<PlanningStop> Stops, IReadOnlyList<PlanningJob> Jobs)
{
    private const double SecondsAnHour = 3600;

    /// <summary>The assignment problem: costs by <see cref="ComponentAtRisk.CostAt"/>, no job before its parts, crew hours as capacity.</summary>
    public AssignmentProblem ToProblem()
    {
        string[] skills = [.. Jobs.Select(job => job.Skill).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new AssignmentProblem(
            [.. Jobs.Select(job => Stops.Select(stop => CostAt(job, stop)).ToArray())],
            [.. Jobs.Select(job => job.Component.UnplannedCost(HorizonDays))],
            [.. Jobs.Select(job => Array.IndexOf(skills, job.Skill))],

            // To a whole second: up for what is needed, down for what is there, but not for the last bit of a fraction.
            [.. Jobs.Select(job => (long)Math.Ceiling((job.DurationHours * SecondsAnHour) - 1e-6))],
            [.. Stops.Select(stop => skills.Select(skill => (long)Math.Floor((stop.CrewHours.GetValueOrDefault(skill) * SecondsAnHour) + 1e-6)).ToArray())]);
    }

    /// <summary>The constraints that an assignment breaks, for people; empty when it keeps all.</summary>
    /// <param name="assignment">A stop index or <see cref="AssignmentProblem.Unplanned"/> for each job.</param>
    public IReadOnlyList<string> Broken(IReadOnlyList<int> assignment)
    {
        if (assignment.Count != Jobs.Count)
        {
            return [$"{assignment.Count} places for {Jobs.Count} jobs"];
        }

        List<string> broken = [];
        for (int job = 0; job < Jobs.Count; job++)
        {
            if (assignment[job] < AssignmentProblem.Unplanned || assignment[job] >= Stops.Count)
            {
                broken.Add($"job {Jobs[job].Id}: there is no stop {assignment[job]}");
            }
            else if (assignment[job] >= 0 && Stops[assignment[job]].StartDay < Jobs[job].PartsFromDay)
            {
                broken.Add(FormattableString.Invariant($"job {Jobs[job].Id}: its parts come on day {Jobs[job].PartsFromDay}, its stop is on day {Stops[assignment[job]].StartDay}"));
            }
        }

        foreach (var use in Enumerable.Range(0, Jobs.Count)
            .Where(job => assignment[job] >= 0 && assignment[job] < Stops.Count)
            .GroupBy(job => (Stop: assignment[job], Jobs[job].Skill)))
        {
            double hours = use.Sum(job => Jobs[job].DurationHours);
            double free = Stops[use.Key.Stop].CrewHours.GetValueOrDefault(use.Key.Skill);
            if (hours > free + 1e-9)
            {
                broken.Add(FormattableString.Invariant($"stop {use.Key.Stop}: {hours} h of {use.Key.Skill} planned, {free} h there"));
            }
        }

        return broken;
    }

    private static double CostAt(PlanningJob job, PlanningStop stop) =>
        stop.StartDay < job.PartsFromDay ? double.PositiveInfinity : job.Component.CostAt(stop.StartDay);
}

/// <summary>A stop in which maintenance can be done.</summary>
/// <param name="StartDay">Days from the beginning of the horizon.</param>
/// <param name="CrewHours">Working hours there by skill; none where a skill is missing.</param>
public sealed record PlanningStop(double StartDay, IReadOnlyDictionary<string, double> CrewHours);

/// <summary>A replacement that may be done in a stop.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Component">The part, its life and costs.</param>
/// <param name="DurationHours">Working hours it needs.</param>
/// <param name="Skill">Who can do it.</param>
/// <param name="PartsFromDay">Not before its parts are there, in days from the beginning of the horizon.</param>
public sealed record PlanningJob(string Id, ComponentAtRisk Component, double DurationHours, string Skill, double PartsFromDay);
