using System.Globalization;
using System.Text;
using Linewatch.Jobs.Forecasting;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
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
            .WithDescription("open=true leaves out what is done or cancelled. state: Proposed, Approved, Scheduled, InProgress, Done or Cancelled. stop (line/stop id) or incident: only those that answer it. limit: 1 to 10,000, default 500.");
        group.MapGet("workorders/csv", CsvAsync).WithName("DownloadWorkOrders").WithSummary("Every work order as CSV (RFC 4180), times in UTC").Produces(200, contentType: "text/csv")
            .WithDescription("open=true leaves out what is done or cancelled. line: only this line.");
        group.MapPost("workorders", ProposeAsync).WithName("ProposeWorkOrder").WithSummary("Propose work; an open order of the same component is brought up to date instead").WithChangeProblems();
        group.MapGet("workorders/{id}", FindAsync).WithName("GetWorkOrder").WithSummary("One work order: checklist, parts, labour, cost, files, stops and incidents it answers, history").ProducesProblem(404);
        group.MapGet("componentruns", RunsAsync).WithName("ListComponentRuns").WithSummary("The wear of replaced components from installation to the end, newest first: what the forecast learns from").ProducesProblem(400)
            .WithDescription("component: only this kind of component; a number at its end does not matter. order: only the run that this work order ended. limit: 1 to 1,000, default 50. A run is kept by the first forecast after its order was closed with a finding.");
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

    private static async Task<Results<Ok<IReadOnlyList<ComponentRun>>, ProblemHttpResult>> RunsAsync(
        ComponentRunBook runs, CancellationToken cancellationToken, string? component = null, string? order = null, int limit = 50)
    {
        if (limit is < 1 or > 1000)
        {
            return Problem.Invalid($"limit is {limit}; allowed: 1 to 1000");
        }

        if (order is not null)
        {
            return TypedResults.Ok<IReadOnlyList<ComponentRun>>(await runs.FindAsync(order, cancellationToken) is { } run ? [run] : []);
        }

        return TypedResults.Ok(await runs.ListAsync(component is null ? null : ComponentRun.KindOf(component), limit, cancellationToken));
    }

    private static async Task<Ok<IReadOnlyList<WorkOrder>>> ProposalsAsync(WorkOrderBook orders, CancellationToken cancellationToken) =>
        TypedResults.Ok(await orders.ListAsync(new WorkOrderFilter { State = WorkOrderState.Proposed }, cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<WorkOrder>>, ProblemHttpResult>> ListAsync(
        WorkOrderBook orders, WorkOrderLinks links, CancellationToken cancellationToken,
        bool open = false, string? state = null, string? line = null, string? machine = null, string? stop = null, string? incident = null, int limit = 500)
    {
        if ((stop ?? incident) is { } target)
        {
            return TypedResults.Ok(await links.OrdersAsync(stop is null ? WorkOrderLinkKind.Incident : WorkOrderLinkKind.Stop, target, cancellationToken));
        }

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

    private static async Task<FileContentHttpResult> CsvAsync(WorkOrderBook orders, CancellationToken cancellationToken, bool open = false, string? line = null)
    {
        IReadOnlyList<WorkOrder> found = await orders.ListAsync(new WorkOrderFilter { OpenOnly = open, Line = line, Limit = 10_000 }, cancellationToken);
        await using StringWriter text = new(CultureInfo.InvariantCulture);
        await WorkOrderCsv.WriteAsync(text, found);
        return TypedResults.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "work-orders.csv");
    }

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> ProposeAsync(
        NewWorkOrder wanted, WorkOrderBook orders, WorkOrderLinks links, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        (DateTime earliest, DateTime latest) = (wanted.DueEarliest?.UtcDateTime ?? now, wanted.DueLatest?.UtcDateTime ?? now.AddDays(7));
        if (wanted.Fault(plant.Value) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        if (latest < earliest)
        {
            return Problem.Invalid($"dueLatest {latest:u} is before dueEarliest {earliest:u}");
        }

        WorkOrder order = await orders.ProposeAsync(
            new WorkOrderProposal
            {
                Title = wanted.Title.Trim(),
                Line = wanted.Line,
                Machine = wanted.Machine,
                Component = wanted.Component.Trim(),
                Priority = wanted.Priority,
                Origin = wanted.Incident is null ? "person" : "alert",
                Reason = wanted.Reason,
                DueEarliest = earliest,
                DueLatest = latest,
                Checklist = wanted.Checklist ?? [],
            },
            wanted.Author,
            cancellationToken);
        return wanted.Incident is null ? TypedResults.Ok(order) : Problem.Of(await links.LinkIncidentAsync(order.Id, wanted.Incident, wanted.Author, cancellationToken));
    }

    private static async Task<Results<Ok<WorkOrderAnswer>, ProblemHttpResult>> FindAsync(
        string id, WorkOrderBook orders, WorkOrderFile files, WorkOrderLinks links, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } order)
        {
            return Problem.NotFound($"there is no work order {id}");
        }

        WorkOrderDetails details = await files.ReadAsync(id, cancellationToken);
        return TypedResults.Ok(new WorkOrderAnswer(
            order, details, details.Cost, await links.StopsAsync(id, cancellationToken), await links.ListAsync(id, cancellationToken), await orders.HistoryAsync(id, cancellationToken)));
    }

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

/// <summary>A work order, what belongs to it, its cost in the plant's currency, what it answers, and what happened to it, oldest first.</summary>
internal sealed record WorkOrderAnswer(
    WorkOrder Order, WorkOrderDetails Details, decimal Cost, IReadOnlyList<LinkedStop> Stops, IReadOnlyList<WorkOrderLink> Links, IReadOnlyList<WorkOrderEvent> History);

/// <summary>Work that a person wants done. Without a due window it is due within seven days; with an incident the order answers it.</summary>
internal sealed record NewWorkOrder(
    string Title,
    string Line,
    string Machine,
    string Component,
    string Reason = "",
    WorkOrderPriority Priority = WorkOrderPriority.Medium,
    DateTimeOffset? DueEarliest = null,
    DateTimeOffset? DueLatest = null,
    IReadOnlyList<string>? Checklist = null,
    string? Incident = null,
    string Author = "anonymous")
{
    public string? Fault(Plant plant) =>
        string.IsNullOrWhiteSpace(Title) ? "title is empty"
        : string.IsNullOrWhiteSpace(Component) ? "component is empty; say what is to be repaired or replaced"
        : !plant.TryGetLine(Line, out Line? line) ? $"there is no line \"{Line}\"; known: {string.Join(", ", plant.Lines.Select(each => each.Id))}"
        : line.Machines.All(machine => machine.Id != Machine) ? $"line {Line} has no machine \"{Machine}\"; known: {string.Join(", ", line.Machines.Select(machine => machine.Id))}"
        : null;
}
