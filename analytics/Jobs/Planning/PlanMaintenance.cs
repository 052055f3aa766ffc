using System.Globalization;
using Linewatch.Analytics.Planning;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Planning;

/// <summary>
/// Places the proposed and approved orders into the stops of their lines. Orders that somebody scheduled or began are pinned: the plan
/// is made around them. Forecasts, orders and calendar are read anew at each run, so the plan follows them; a run in
/// which nothing moves changes only figures.
/// </summary>
internal sealed class PlanMaintenance(
    CurrentPlant plant, WorkOrderBook orders, PlanBook plans, IOptions<PlanMaintenanceOptions> options, TimeProvider clock) : IScheduledJob
{
    private const int MostOrders = 2000;

    /// <inheritdoc/>
    public string Name => "plan-maintenance";

    /// <inheritdoc/>
    public string Description => "Places proposed and approved work into planned stops, changeovers, cleaning and breaks at least expected cost";

    /// <inheritdoc/>
    public string DefaultCron => options.Value.Cron;

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        PlanMaintenanceOptions settings = options.Value;
        Plant now = plant.Value;
        DateTime checkedAt = clock.GetUtcNow().UtcDateTime;
        PlanRevision before = await plans.LatestAsync(cancellationToken);
        IReadOnlyList<WorkOrder> open = await orders.ListAsync(new WorkOrderFilter { OpenOnly = true, Limit = MostOrders }, cancellationToken);
        await run.ReportAsync(10, $"{open.Count} open orders", cancellationToken);

        Dictionary<string, PlannedJob> placed = before.Jobs.Where(job => !job.IsPinned).ToDictionary(job => job.Order);
        DateTime from = NextFullHour(checkedAt + settings.Notice);
        PlanRequest request = new()
        {
            From = from,
            To = from + settings.Horizon,
            Plant = now,
            Jobs = [.. open.Where(order => !IsPinned(order)).Select(order => Job(order, placed.GetValueOrDefault(order.Id)?.Start))],
            Pinned = [.. open.Where(IsPinned).Select(order => Pinned(order, now))],
            MoveCostShare = settings.MoveCostShare,
        };
        MaintenancePlanProposal plan = MaintenancePlanner.Plan(request, cancellationToken);
        PlanRevision revision = Revision(before, request, plan, open, checkedAt);
        await plans.SaveAsync(revision, cancellationToken);
        foreach (string change in revision.Revision == before.Revision ? [] : revision.Changes)
        {
            await run.LogAsync(change, cancellationToken);
        }

        await run.ReportAsync(100, Summary(before, revision), cancellationToken);
    }

    private static PlanRevision Revision(
        PlanRevision before, PlanRequest request, MaintenancePlanProposal plan, IReadOnlyList<WorkOrder> open, DateTime checkedAt)
    {
        Dictionary<string, WorkOrder> byId = open.ToDictionary(order => order.Id);
        PlannedJob[] jobs =
        [
            .. plan.Placements.Select(placement => Placed(byId[placement.Id], placement, request.Plant.TimeZone))
                .Concat(request.Pinned.Select(pinned => Kept(byId[pinned.Id], pinned, request.Plant)))
                .OrderBy(job => job.Start ?? DateTime.MaxValue).ThenBy(job => job.Order, StringComparer.Ordinal),
        ];
        string[] changes = [.. PlanChanges.Between(before.Jobs, jobs, plan.Placements, request.Plant.TimeZone)];
        bool isNew = changes.Length > 0 || before.Revision == 0;
        return new PlanRevision
        {
            Revision = isNew ? before.Revision + 1 : before.Revision,
            MadeAt = isNew ? checkedAt : before.MadeAt,
            CheckedAt = checkedAt,
            From = request.From,
            To = request.To,
            Jobs = jobs,
            Cost = plan.Cost,
            LowerBound = plan.LowerBound,
            DoNothing = plan.DoNothing,
            Changes = isNew ? changes : before.Changes,
        };
    }

    private static PlanJob Job(WorkOrder order, DateTime? placedAt) => new(
        order.Id, order.Line, order.Machine, order.Component, Life(order), order.CreatedAt, placedAt);

    /// <summary>The forecast's band; work that is due by a calendar, a meter or a person's word risks one in twenty until then.</summary>
    private static LifeBand Life(WorkOrder order) => order.PredictedAt is { } middle
        ? new LifeBand(order.UpdatedAt, order.DueLatest, middle)
        : LifeBand.DueBy(order.CreatedAt, order.DueLatest);

    private static bool IsPinned(WorkOrder order) =>
        order.State is WorkOrderState.Scheduled or WorkOrderState.InProgress && order is { ScheduledStart: not null, ScheduledEnd: not null };

    private static PinnedJob Pinned(WorkOrder order, Plant plant)
    {
        // Work that has begun lasts at least as long as its component usually takes.
        DateTime end = order.ScheduledEnd!.Value;
        TimeSpan usual = plant.Maintenance.CareOf(order.Machine, order.Component).Duration;
        DateTime begun = order.State == WorkOrderState.InProgress && order.StartedAt is { } started ? started + usual : end;
        return new PinnedJob(order.Id, order.Line, order.Machine, order.Component, order.ScheduledStart!.Value, begun > end ? begun : end);
    }

    private static PlannedJob Placed(WorkOrder order, Placement placement, TimeZoneInfo zone) => new()
    {
        Order = order.Id,
        Title = order.Title,
        Line = order.Line,
        Machine = order.Machine,
        Component = order.Component,
        IsPinned = false,
        Stop = placement.Opportunity?.Kind,
        Start = placement.Start,
        End = placement.End,
        Skill = placement.Skill,
        Person = placement.Person,
        FailureProbability = placement.FailureProbability,
        Cost = placement.Cost,
        NextStart = placement.Next?.Start,
        NextCost = placement.NextCost,
        Why = PlacementText.Of(placement, zone),
    };

    private static PlannedJob Kept(WorkOrder order, PinnedJob pinned, Plant plant) => new()
    {
        Order = order.Id,
        Title = order.Title,
        Line = order.Line,
        Machine = order.Machine,
        Component = order.Component,
        IsPinned = true,
        Start = pinned.Start,
        End = pinned.End,
        Skill = plant.Maintenance.CareOf(order.Machine, order.Component).Skill,
        Why = order.State == WorkOrderState.InProgress ? "Being worked on." : "Scheduled by people: the planner plans around it.",
    };

    private static DateTime NextFullHour(DateTime time) =>
        time.Ticks % TimeSpan.TicksPerHour == 0 ? time : time.AddTicks(TimeSpan.TicksPerHour - (time.Ticks % TimeSpan.TicksPerHour));

    private static string Summary(PlanRevision before, PlanRevision plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(plan.Revision == before.Revision ? "nothing moved" : $"revision {plan.Revision}: {plan.Changes.Count} changes")}; {plan.Jobs.Count(job => job.Start is not null)} of {plan.Jobs.Count} orders planned, expected cost {plan.Cost:0} (within {plan.Cost - plan.LowerBound:0} of the least), {plan.DoNothing:0} when nothing is done");
}
