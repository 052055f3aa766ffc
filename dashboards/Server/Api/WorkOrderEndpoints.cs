using Linewatch.Operations.WorkOrders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Maintenance proposals and the work orders they become.</summary>
internal static class WorkOrderEndpoints
{
    public static void MapWorkOrders(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Maintenance");
        group.MapGet("proposals", ProposalsAsync).WithName("ListProposals").WithSummary("Maintenance proposed and not yet decided, the earliest due first");
        group.MapGet("workorders", ListAsync).WithName("ListWorkOrders").WithSummary("Work orders, the earliest due first").ProducesProblem(400)
            .WithDescription("open=true leaves out what is done or cancelled. state: Proposed, Approved, Scheduled, InProgress, Done or Cancelled. limit: 1 to 10,000, default 500.");
        group.MapGet("workorders/{id}", FindAsync).WithName("GetWorkOrder").WithSummary("One work order with its history").ProducesProblem(404);
        group.MapMove("approve", WorkOrderState.Approved, "ApproveWorkOrder", "Decide that it shall be done");
        group.MapPost("workorders/{id}/schedule", ScheduleAsync).WithName("ScheduleWorkOrder").WithSummary("Give it a start and an end").WithChangeProblems();
        group.MapMove("start", WorkOrderState.InProgress, "StartWorkOrder", "Work begins");
        group.MapMove("complete", WorkOrderState.Done, "CompleteWorkOrder", "Work is finished");
        group.MapMove("cancel", WorkOrderState.Cancelled, "CancelWorkOrder", "It will not be done");
        group.MapPost("workorders/{id}/assign", AssignAsync).WithName("AssignWorkOrder").WithSummary("Give it to somebody; no assignee takes it back").WithChangeProblems();
        group.MapPost("workorders/{id}/comment", CommentAsync).WithName("CommentWorkOrder").WithSummary("Write into its history").WithChangeProblems();
    }

    private static void MapMove(this RouteGroupBuilder group, string verb, WorkOrderState to, string name, string summary) => group
        .MapPost($"workorders/{{id}}/{verb}", async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> (
            string id, Remark remark, WorkOrderBook orders, CancellationToken cancellationToken) =>
            Problem.Of(await orders.MoveAsync(id, to, remark.Author, remark.Text, start: null, end: null, cancellationToken)))
        .WithName(name).WithSummary(summary).WithChangeProblems();

    private static async Task<Ok<IReadOnlyList<WorkOrder>>> ProposalsAsync(WorkOrderBook orders, CancellationToken cancellationToken) =>
        TypedResults.Ok(await orders.ListAsync(new WorkOrderFilter { State = WorkOrderState.Proposed }, cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<WorkOrder>>, ProblemHttpResult>> ListAsync(
        WorkOrderBook orders, CancellationToken cancellationToken,
        bool open = false, string? state = null, string? line = null, string? machine = null, int limit = 500)
    {
        WorkOrderState? only = null;
        if (state is not null)
        {
            if (!Enum.GetNames<WorkOrderState>().Contains(state, StringComparer.OrdinalIgnoreCase))
            {
                return Problem.Invalid($"state is \"{state}\"; allowed: {string.Join(", ", Enum.GetNames<WorkOrderState>())}");
            }

            only = Enum.Parse<WorkOrderState>(state, ignoreCase: true);
        }

        if (limit is < 1 or > 10_000)
        {
            return Problem.Invalid($"limit is {limit}; allowed: 1 to 10000");
        }

        WorkOrderFilter filter = new() { OpenOnly = open, State = only, Line = line, Machine = machine, Limit = limit };
        return TypedResults.Ok(await orders.ListAsync(filter, cancellationToken));
    }

    private static async Task<Results<Ok<WorkOrderAnswer>, ProblemHttpResult>> FindAsync(string id, WorkOrderBook orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order
            ? TypedResults.Ok(new WorkOrderAnswer(order, await orders.HistoryAsync(id, cancellationToken)))
            : Problem.NotFound($"there is no work order {id}");

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> ScheduleAsync(
        string id, Scheduling plan, WorkOrderBook orders, CancellationToken cancellationToken) =>
        Problem.Of(await orders.MoveAsync(
            id, WorkOrderState.Scheduled, plan.Author, plan.Text, plan.Start.UtcDateTime, plan.End.UtcDateTime, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> AssignAsync(
        string id, Assignment assignment, WorkOrderBook orders, CancellationToken cancellationToken) =>
        Problem.Of(await orders.AssignAsync(id, assignment.Person, assignment.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> CommentAsync(
        string id, Remark remark, WorkOrderBook orders, CancellationToken cancellationToken) =>
        Problem.Of(await orders.CommentAsync(id, remark.Author, remark.Text, cancellationToken));
}

/// <summary>A work order and what happened to it, oldest first.</summary>
internal sealed record WorkOrderAnswer(WorkOrder Order, IReadOnlyList<WorkOrderEvent> History);
