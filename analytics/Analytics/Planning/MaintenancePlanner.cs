using System.Globalization;
using Linewatch.Plants;

namespace Linewatch.Analytics.Planning;

/// <summary>
/// Places jobs into the opportunities of their lines at least expected cost, within people, skills and parts, around what people
/// pinned. The same request always gives the same plan.
/// </summary>
public static class MaintenancePlanner
{
    /// <summary>Makes the plan.</summary>
    /// <param name="request">What is to be planned; jobs of lines that the plant does not have are left out.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public static MaintenancePlanProposal Plan(PlanRequest request, CancellationToken cancellationToken = default)
    {
        List<(PlanJob Job, Line Line, ComponentCare Care, ComponentAtRisk Component)> jobs = [];
        foreach (PlanJob job in request.Jobs.OrderBy(job => job.Id, StringComparer.Ordinal))
        {
            if (request.Plant.TryGetLine(job.Line, out Line? line))
            {
                ComponentCare care = request.Plant.Maintenance.CareOf(job.Machine, job.Component);
                double age = Math.Max(0, (request.From - job.Life.Since).TotalDays);
                jobs.Add((job, line, care, new ComponentAtRisk(
                    job.Life.ToWeibull(), age, care.PlannedCost, request.Plant.Maintenance.FailureCostOf(care, line), lifePrice: care.PlannedCost / care.Life.TotalDays)));
            }
        }

        MaintenanceOpportunity[] stops =
        [
            .. jobs.Select(job => job.Line).Distinct()
                .SelectMany(line => OpportunityCalendar.Between(line, request.Plant.Maintenance, request.From, request.To))
                .OrderBy(stop => stop.Start).ThenBy(stop => stop.Line, StringComparer.Ordinal).ThenBy(stop => stop.Kind),
        ];
        CrewRoster crews = new(request.Plant, request.From, request.To);
        Dictionary<string, int> machines = new(StringComparer.Ordinal);
        int MachineOf(string line, string machine) => Number(machines, $"{line}/{machine}");
        foreach (PinnedJob pinned in request.Pinned)
        {
            crews.Pin(crews.SkillOf(request.Plant.Maintenance.CareOf(pinned.Machine, pinned.Component).Skill), pinned.Start, pinned.End);
        }

        TimetableJob[] needs =
        [
            .. jobs.Select(job => new TimetableJob(
                crews.SkillOf(job.Care.Skill), MachineOf(job.Job.Line, job.Job.Machine), (long)Math.Ceiling(job.Care.Duration.TotalSeconds))),
        ];
        Timetable timetable = new(
            needs,
            [.. stops.Select(stop => crews.Seconds(stop.Start, stop.End))],
            crews.People,
            request.Pinned.Select(pinned => (MachineOf(pinned.Line, pinned.Machine), crews.Seconds(pinned.Start, pinned.End))));
        double horizon = (request.To - request.From).TotalDays;
        double[][] cost = [.. jobs.Select(job => stops.Select(stop => Cost(request, job.Job, job.Line, job.Care, job.Component, stop)).ToArray())];
        AssignmentProblem problem = new(
            [.. jobs.Select((job, i) => stops.Select((stop, k) => cost[i][k] + MoveCost(request, job.Job, job.Care, stop)).ToArray())],
            [.. jobs.Select(job => job.Component.LaterCost(horizon))],
            [.. needs.Select(need => need.Skill)],
            [.. needs.Select(need => need.Seconds)],
            [.. Enumerable.Range(0, stops.Length).Select(stop => Enumerable.Range(0, crews.Skills).Select(skill => timetable.Capacity(stop, skill)).ToArray())],
            timetable);
        Assignment plan = AssignmentSearch.Solve(problem, cancellationToken);
        Dictionary<int, Booking> bookings = plan.Bookings.ToDictionary(booking => booking.Job);
        return new MaintenancePlanProposal(
            [
                .. jobs
                    .Select((job, i) => Place(request, job.Job, job.Care, job.Component, stops, cost[i], plan.Stops[i], bookings.TryGetValue(i, out Booking booking) ? booking : null, crews))
                    .OrderBy(placement => placement.Start ?? DateTime.MaxValue).ThenBy(placement => placement.Id, StringComparer.Ordinal),
            ],
            plan.Cost,
            plan.LowerBound,
            problem.UnplannedCost.Sum());
    }

    private static double Cost(
        PlanRequest request, PlanJob job, Line line, ComponentCare care, ComponentAtRisk component, MaintenanceOpportunity stop)
    {
        if (stop.Line != job.Line || stop.Start < job.CreatedAt + care.PartsLead || stop.End - stop.Start < care.Duration)
        {
            return double.PositiveInfinity;
        }

        double lost = stop.Kind == OpportunityKind.ExtraStop ? care.Duration.TotalHours * request.Plant.Maintenance.LostHourOf(line) : 0;
        return component.CostAt((stop.Start - request.From).TotalDays) + lost;
    }

    private static double MoveCost(PlanRequest request, PlanJob job, ComponentCare care, MaintenanceOpportunity stop) =>
        job.PlacedAt is { } placed && (placed < stop.Start || placed >= stop.End) ? request.MoveCostShare * care.PlannedCost : 0;

    private static Placement Place(
        PlanRequest request, PlanJob job, ComponentCare care, ComponentAtRisk component, MaintenanceOpportunity[] stops, double[] cost, int stop,
        Booking? booking, CrewRoster crews)
    {
        double horizon = (request.To - request.From).TotalDays;
        MaintenanceOpportunity? chosen = stop < 0 ? null : stops[stop];
        int next = Next(stops, cost, chosen);
        DateTime? start = booking is { } booked ? request.From.AddSeconds(booked.Time.Start) : null;
        return new Placement
        {
            Id = job.Id,
            Opportunity = chosen,
            Start = start,
            End = booking is { } ends ? request.From.AddSeconds(ends.Time.End) : null,
            Skill = care.Skill,
            Person = booking is { } who ? crews.NumberOf(who.Person) : null,
            LifeEarly = job.Life.Early,
            LifeMiddle = job.Life.Middle,
            FailureProbability = component.FailureProbability(chosen is null ? horizon : (chosen.Start - request.From).TotalDays),
            Cost = chosen is null ? component.LaterCost(horizon) : cost[stop],
            Next = next < 0 ? null : stops[next],
            NextCost = next < 0 ? null : cost[next],
            UnplannedCost = component.LaterCost(horizon),
            Moved = Moved(request, job, stops, cost, chosen, start),
        };
    }

    /// <summary>The first opportunity behind the chosen one in which the line stands anyway; without one, the first at all. -1 = none.</summary>
    private static int Next(MaintenanceOpportunity[] stops, double[] cost, MaintenanceOpportunity? chosen)
    {
        for (int stop = 0; stop < stops.Length; stop++)
        {
            if (double.IsFinite(cost[stop]) && (chosen is null || (stops[stop].Start >= chosen.End && stops[stop].Kind != OpportunityKind.ExtraStop)))
            {
                return stop;
            }
        }

        return -1;
    }

    /// <summary>Why a job is no longer where the last plan put it.</summary>
    private static string Moved(
        PlanRequest request, PlanJob job, MaintenanceOpportunity[] stops, double[] cost, MaintenanceOpportunity? chosen, DateTime? start)
    {
        if (job.PlacedAt is not { } placed || (chosen is not null && placed >= chosen.Start && placed < chosen.End))
        {
            return "";
        }

        string from = TimeZoneInfo.ConvertTimeFromUtc(placed, request.Plant.TimeZone).ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture);
        int old = Array.FindIndex(stops, stop => stop.Line == job.Line && placed >= stop.Start && placed < stop.End);
        string reason = placed < request.From
            ? "that time has passed"
            : old < 0 || double.IsInfinity(cost[old])
                ? "the line no longer stands long enough then"
                : chosen is null || double.IsInfinity(cost[Array.IndexOf(stops, chosen)]) || cost[Array.IndexOf(stops, chosen)] > cost[old]
                    ? "people or machine are taken by work that is dearer to put off"
                    : start < placed ? "its life is forecast shorter, or an earlier stop came free" : "its life is forecast longer, or a later stop came free";
        return $"was planned for {from}; {reason}";
    }

    private static int Number(Dictionary<string, int> numbers, string name)
    {
        if (!numbers.TryGetValue(name, out int number))
        {
            numbers[name] = number = numbers.Count;
        }

        return number;
    }
}
