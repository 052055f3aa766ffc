using Linewatch.Jobs.Schedule;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Preventive maintenance that recurs by calendar or by meter.</summary>
internal static class MaintenancePlanEndpoints
{
    private const long LongestLead = 8760;

    public static void MapMaintenancePlans(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("maintenanceplans").WithTags("Maintenance");
        group.MapGet("", ListAsync).WithName("ListMaintenancePlans").WithSummary("Recurring tasks, by line and machine");
        group.MapPost("{id}", SaveAsync).WithName("SaveMaintenancePlan").WithSummary("Make or change a recurring task; a new one counts from now").WithChangeProblems()
            .WithDescription("Either cron (Quartz, seconds first, plant's time zone) or meter (path of a cumulative signal) with meterEvery. leadHours: 1 to 8,760, default 168.");
        group.MapPost("{id}/remove", RemoveAsync).WithName("RemoveMaintenancePlan").WithSummary("Remove a recurring task; orders it opened stay").WithChangeProblems();
    }

    private static async Task<Ok<IReadOnlyList<MaintenancePlan>>> ListAsync(MaintenancePlanBook plans, CancellationToken cancellationToken) =>
        TypedResults.Ok(await plans.ListAsync(cancellationToken));

    private static async Task<Results<Ok<MaintenancePlan>, ProblemHttpResult>> SaveAsync(
        string id, PlanWanted wanted, MaintenancePlanBook plans, CurrentPlant plant, CancellationToken cancellationToken)
    {
        if (Fault(wanted, plant.Value) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        // A changed text keeps its place in calendar and meter; a changed rhythm counts anew.
        MaintenancePlan? before = (await plans.ListAsync(cancellationToken)).FirstOrDefault(each => each.Id == id);
        MaintenancePlan plan = new()
        {
            Id = id,
            Title = wanted.Title.Trim(),
            Line = wanted.Line,
            Machine = wanted.Machine,
            Component = wanted.Component.Trim(),
            Checklist = wanted.Checklist,
            Cron = Text(wanted.Cron),
            Meter = Text(wanted.Meter),
            MeterEvery = wanted.MeterEvery,
            LeadHours = wanted.LeadHours,
            LastDue = before is not null && before.Cron == Text(wanted.Cron) ? before.LastDue : default,
            LastMeter = before is not null && before.Meter == Text(wanted.Meter) ? before.LastMeter : null,
        };
        return TypedResults.Ok(await plans.SaveAsync(plan, cancellationToken));
    }

    private static async Task<Results<Ok<Removed>, ProblemHttpResult>> RemoveAsync(string id, Remark remark, MaintenancePlanBook plans, CancellationToken cancellationToken) =>
        await plans.RemoveAsync(id, cancellationToken) ? TypedResults.Ok(new Removed(id, remark.Author)) : Problem.NotFound($"there is no recurring task {id}");

    private static string? Fault(PlanWanted wanted, Plant plant) =>
        string.IsNullOrWhiteSpace(wanted.Title) || string.IsNullOrWhiteSpace(wanted.Component) ? "title or component is empty"
        : !plant.TryGetLine(wanted.Line, out Line? line) ? $"there is no line \"{wanted.Line}\"; known: {string.Join(", ", plant.Lines.Select(each => each.Id))}"
        : line.Machines.All(machine => machine.Id != wanted.Machine) ? $"line {wanted.Line} has no machine \"{wanted.Machine}\""
        : wanted.LeadHours is < 1 or > LongestLead ? $"leadHours is {wanted.LeadHours}; allowed: 1 to {LongestLead}"
        : Text(wanted.Cron) is null == Text(wanted.Meter) is null ? "give either cron or meter, and not both"
        : Text(wanted.Cron) is { } cron ? CronText.Fault(cron)
        : wanted.MeterEvery is not > 0 ? "meterEvery is missing or not above 0"
        : plant.TryGetSignal(Text(wanted.Meter)!, out _) ? null
        : $"the plant has no signal \"{wanted.Meter}\"; /api/v1/plant lists every path";

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>A recurring task as wanted; checklist one point a line.</summary>
internal sealed record PlanWanted(
    string Title,
    string Line,
    string Machine,
    string Component,
    string Checklist = "",
    string? Cron = null,
    string? Meter = null,
    double? MeterEvery = null,
    long LeadHours = 168,
    string Author = "anonymous");

/// <summary>What was removed, and by whom.</summary>
internal sealed record Removed(string Id, string Author);
