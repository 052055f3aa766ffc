using Linewatch.Operations.Alerts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Alerts and what people do about them.</summary>
internal static class AlertEndpoints
{
    private const int LongestSilence = 90;

    public static void MapAlerts(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("alerts").WithTags("Alerts");
        group.MapGet("", ListAsync).WithName("ListAlerts").WithSummary("Alerts, newest first").ProducesProblem(400)
            .WithDescription("open=true leaves out what is closed. line, machine, rule restrict. limit: 1 to 10,000, default 500.");
        group.MapGet("{id}", FindAsync).WithName("GetAlert").WithSummary("One alert with its history").ProducesProblem(404);
        group.MapPost("{id}/acknowledge", AcknowledgeAsync).WithName("AcknowledgeAlert").WithSummary("Somebody has seen it").WithChangeProblems();
        group.MapPost("{id}/shelve", ShelveAsync).WithName("ShelveAlert").WithSummary("Silence it for some minutes, at most a day").WithChangeProblems();
        group.MapPost("{id}/suppress", SuppressAsync).WithName("SuppressAlert").WithSummary("Silence it by design for some days, at most 90: in this state of the plant it means nothing").WithChangeProblems();
        group.MapPost("{id}/outofservice", TakeOutAsync).WithName("TakeAlertOutOfService").WithSummary("Switch it off for maintenance for some days, at most 90").WithChangeProblems();
        group.MapPost("{id}/unshelve", UnshelveAsync).WithName("UnshelveAlert").WithSummary("End the silence").WithChangeProblems();
        group.MapPost("{id}/reset", ResetAsync).WithName("ResetAlert").WithSummary("Let go of a latched alert whose condition is gone").WithChangeProblems();
        group.MapPost("{id}/assign", AssignAsync).WithName("AssignAlert").WithSummary("Give it to somebody; no assignee takes it back").WithChangeProblems();
        group.MapPost("{id}/comment", CommentAsync).WithName("CommentAlert").WithSummary("Write into its history").WithChangeProblems();
    }

    private static async Task<Results<Ok<IReadOnlyList<Alert>>, ProblemHttpResult>> ListAsync(
        AlertBook alerts, CancellationToken cancellationToken, bool open = false, string? line = null, string? machine = null, string? rule = null, int limit = 500)
    {
        if (limit is < 1 or > 10_000)
        {
            return Problem.Invalid($"limit is {limit}; allowed: 1 to 10000");
        }

        AlertFilter filter = new() { OpenOnly = open, Line = line, Machine = machine, Rule = rule, Limit = limit };
        return TypedResults.Ok(await alerts.ListAsync(filter, cancellationToken));
    }

    private static async Task<Results<Ok<AlertAnswer>, ProblemHttpResult>> FindAsync(string id, AlertBook alerts, CancellationToken cancellationToken) =>
        await alerts.FindAsync(id, cancellationToken) is { } alert
            ? TypedResults.Ok(new AlertAnswer(alert, await alerts.HistoryAsync(id, cancellationToken)))
            : Problem.NotFound($"there is no alert {id}");

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> AcknowledgeAsync(
        string id, Remark remark, AlertBook alerts, CancellationToken cancellationToken) =>
        Problem.Of(await alerts.AcknowledgeAsync(id, remark.Author, remark.Text, cancellationToken));

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> ShelveAsync(
        string id, Shelving shelving, AlertBook alerts, TimeProvider clock, CancellationToken cancellationToken) =>
        shelving.Minutes is < 1 or > 1440
            ? Problem.Invalid($"minutes is {shelving.Minutes}; allowed: 1 to 1440")
            : Problem.Of(await alerts.SilenceAsync(
                id, AlertState.Shelved, clock.GetUtcNow().UtcDateTime.AddMinutes(shelving.Minutes), shelving.Author, shelving.Text, cancellationToken));

    private static Task<Results<Ok<Alert>, ProblemHttpResult>> SuppressAsync(
        string id, Silence silence, AlertBook alerts, TimeProvider clock, CancellationToken cancellationToken) =>
        SilenceAsync(id, AlertState.SuppressedByDesign, silence, alerts, clock, cancellationToken);

    private static Task<Results<Ok<Alert>, ProblemHttpResult>> TakeOutAsync(
        string id, Silence silence, AlertBook alerts, TimeProvider clock, CancellationToken cancellationToken) =>
        SilenceAsync(id, AlertState.OutOfService, silence, alerts, clock, cancellationToken);

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> SilenceAsync(
        string id, AlertState kind, Silence silence, AlertBook alerts, TimeProvider clock, CancellationToken cancellationToken) =>
        silence.Days is < 1 or > LongestSilence
            ? Problem.Invalid($"days is {silence.Days}; allowed: 1 to {LongestSilence}")
            : Problem.Of(await alerts.SilenceAsync(id, kind, clock.GetUtcNow().UtcDateTime.AddDays(silence.Days), silence.Author, silence.Text, cancellationToken));

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> UnshelveAsync(
        string id, Remark remark, AlertBook alerts, CancellationToken cancellationToken) =>
        Problem.Of(await alerts.UnsilenceAsync(id, remark.Author, cancellationToken));

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> ResetAsync(
        string id, Remark remark, AlertBook alerts, CancellationToken cancellationToken) =>
        Problem.Of(await alerts.ResetAsync(id, remark.Author, remark.Text, cancellationToken));

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> AssignAsync(
        string id, Assignment assignment, AlertBook alerts, CancellationToken cancellationToken) =>
        Problem.Of(await alerts.AssignAsync(id, assignment.Person, assignment.Author, cancellationToken));

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> CommentAsync(
        string id, Remark remark, AlertBook alerts, CancellationToken cancellationToken) =>
        Problem.Of(await alerts.CommentAsync(id, remark.Author, remark.Text, cancellationToken));
}

/// <summary>An alert and what happened to it, oldest first.</summary>
internal sealed record AlertAnswer(Alert Alert, IReadOnlyList<AlertEvent> History);
