using Linewatch.Jobs.Planning;
using Linewatch.Operations;
using Linewatch.Operations.WorkOrders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>The maintenance plan: what is done when, and why.</summary>
internal static class PlanEndpoints
{
    private const int MostRevisions = 500;

    public static void MapPlan(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("plan").WithTags("Maintenance");
        group.MapGet("", LatestAsync).WithName("GetPlan").WithSummary("The newest maintenance plan: each open order with its time and why")
            .WithDescription("revision 0 = no plan was made yet; the job plan-maintenance makes it.");
        group.MapGet("revisions", RevisionsAsync).WithName("ListPlanRevisions").WithSummary("Maintenance plans, newest first, each with what changed").ProducesProblem(400)
            .WithDescription("limit: 1 to 500, default 20.");
        group.MapPost("{order}/accept", AcceptAsync).WithName("AcceptPlannedJob")
            .WithSummary("Approve an order and schedule it as planned; from then on the planner leaves it there").WithChangeProblems();
    }

    private static async Task<Ok<PlanRevision>> LatestAsync(PlanBook plans, CancellationToken cancellationToken) =>
        TypedResults.Ok(await plans.LatestAsync(cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<PlanRevision>>, ProblemHttpResult>> RevisionsAsync(
        PlanBook plans, CancellationToken cancellationToken, int limit = 20) =>
        limit is < 1 or > MostRevisions
            ? Problem.Invalid($"limit is {limit}; allowed: 1 to {MostRevisions}")
            : TypedResults.Ok(await plans.ListAsync(limit, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> AcceptAsync(
        string order, Remark remark, PlanBook plans, WorkOrderBook orders, TimeProvider clock, CancellationToken cancellationToken)
    {
        PlannedJob? job = (await plans.LatestAsync(cancellationToken)).Jobs.FirstOrDefault(job => job.Order == order);
        if (await orders.FindAsync(order, cancellationToken) is not { } found)
        {
            return Problem.NotFound($"there is no work order {order}");
        }

        if (job is not { IsPinned: false, Start: { } start, End: { } end })
        {
            return Problem.Of(ChangeResult.Refused(found, job is { IsPinned: true } ? "people scheduled the order already" : "the plan has no time for the order"));
        }

        if (start < clock.GetUtcNow().UtcDateTime)
        {
            return Problem.Of(ChangeResult.Refused(found, $"its planned start {start:u} has passed; the next run of plan-maintenance finds another"));
        }

        // Approved first: broken off between the two, accepting again goes on where it stopped.
        if (found.State == WorkOrderState.Proposed)
        {
            ChangeResult<WorkOrder> approved = await orders.MoveAsync(order, WorkOrderState.Approved, remark.Author, remark.Text, start: null, end: null, cancellationToken);
            if (!approved.IsDone)
            {
                return Problem.Of(approved);
            }
        }

        return Problem.Of(await orders.MoveAsync(order, WorkOrderState.Scheduled, remark.Author, $"as planned: {job.Why}", start, end, cancellationToken));
    }
}
