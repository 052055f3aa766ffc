using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Incidents: one a cause, with every alert that it brought about.</summary>
internal static class IncidentEndpoints
{
    public static void MapIncidents(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("incidents").WithTags("Alerts");
        group.MapGet("", ListAsync).WithName("ListIncidents").WithSummary("Incidents, newest first").ProducesProblem(400)
            .WithDescription("open=true: only those that go on. unseen=true: only those that are over and that nobody has acknowledged. line: only of this line or of the whole plant. limit: 1 to 10,000, default 500.");
        group.MapGet("{id}", FindAsync).WithName("GetIncident").WithSummary("One incident with its alerts, its history and who was told").ProducesProblem(404);
        group.MapPost("{id}/acknowledge", AcknowledgeAsync).WithName("AcknowledgeIncident").WithSummary("Somebody has taken it on: acknowledges its alerts and stops the escalation").WithChangeProblems();
        group.MapPost("{id}/assign", AssignAsync).WithName("AssignIncident").WithSummary("Give it to somebody; no assignee takes it back").WithChangeProblems();
        group.MapPost("{id}/comment", CommentAsync).WithName("CommentIncident").WithSummary("Write into its history").WithChangeProblems();
    }

    private static async Task<Results<Ok<IReadOnlyList<Incident>>, ProblemHttpResult>> ListAsync(
        IncidentBook incidents, CancellationToken cancellationToken, bool open = false, bool unseen = false, string? line = null, int limit = 500) =>
        limit is < 1 or > 10_000
            ? Problem.Invalid($"limit is {limit}; allowed: 1 to 10000")
            : TypedResults.Ok(await incidents.ListAsync(new IncidentFilter { OpenOnly = open, UnseenOnly = unseen, Line = line, Limit = limit }, cancellationToken));

    private static async Task<Results<Ok<IncidentAnswer>, ProblemHttpResult>> FindAsync(
        string id, IncidentBook incidents, NotificationBook notifications, CancellationToken cancellationToken) =>
        await incidents.FindAsync(id, cancellationToken) is { } incident
            ? TypedResults.Ok(new IncidentAnswer(
                incident,
                await incidents.AlertsAsync(id, cancellationToken),
                await incidents.HistoryAsync(id, cancellationToken),
                [.. (await notifications.ListAsync(id, 1000, cancellationToken)).Select(NotificationAnswer.Of)]))
            : Problem.NotFound($"there is no incident {id}");

    private static async Task<Results<Ok<Incident>, ProblemHttpResult>> AcknowledgeAsync(
        string id, Remark remark, IncidentBook incidents, CancellationToken cancellationToken) =>
        Problem.Of(await incidents.AcknowledgeAsync(id, remark.Author, remark.Text, cancellationToken));

    private static async Task<Results<Ok<Incident>, ProblemHttpResult>> AssignAsync(
        string id, Assignment assignment, IncidentBook incidents, CancellationToken cancellationToken) =>
        Problem.Of(await incidents.AssignAsync(id, assignment.Person, assignment.Author, cancellationToken));

    private static async Task<Results<Ok<Incident>, ProblemHttpResult>> CommentAsync(
        string id, Remark remark, IncidentBook incidents, CancellationToken cancellationToken) =>
        Problem.Of(await incidents.CommentAsync(id, remark.Author, remark.Text, cancellationToken));
}

/// <summary>An incident, its alerts oldest first, what happened to it, and who was or will be told.</summary>
internal sealed record IncidentAnswer(
    Incident Incident, IReadOnlyList<Alert> Alerts, IReadOnlyList<IncidentEvent> History, IReadOnlyList<NotificationAnswer> Notifications);
