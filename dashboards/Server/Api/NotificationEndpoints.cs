using Linewatch.Operations.Notifications;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Api;

/// <summary>Who is told of what, and what became of it.</summary>
internal static class NotificationEndpoints
{
    public static void MapNotifications(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("notifications").WithTags("Notifications");
        group.MapGet("", ListAsync).WithName("ListNotifications").WithSummary("What was told, is to be told or could not be, newest first").ProducesProblem(400)
            .WithDescription("incident: only of this incident. state: Pending, Sent, Cancelled, Failed or Stale. limit: 1 to 10,000, default 200.");
        group.MapGet("routes", Routes).WithName("ListNotificationRoutes").WithSummary("Channels (without their secrets) and routes as configured");
        group.MapPost("{id}/retry", RetryAsync).WithName("RetryNotification").WithSummary("Try one that failed, or was stale, again").WithChangeProblems();
        group.MapPost("channels/{channel}/test", TestAsync).WithName("TestNotificationChannel").WithSummary("Send a test message on a channel, through the outbox").WithChangeProblems();
    }

    private static async Task<Results<Ok<NotificationAnswer[]>, ProblemHttpResult>> ListAsync(
        NotificationBook notifications, CancellationToken cancellationToken, string? incident = null, string? state = null, int limit = 200)
    {
        if (limit is < 1 or > 10_000)
        {
            return Problem.Invalid($"limit is {limit}; allowed: 1 to 10000");
        }

        NotificationState? only = null;
        if (state is not null)
        {
            if (!Enum.GetNames<NotificationState>().Contains(state, StringComparer.OrdinalIgnoreCase))
            {
                return Problem.Invalid($"state is \"{state}\"; allowed: {string.Join(", ", Enum.GetNames<NotificationState>())}");
            }

            only = Enum.Parse<NotificationState>(state, ignoreCase: true);
        }

        IReadOnlyList<Notification> found = await notifications.ListAsync(incident, limit, cancellationToken, only);
        return TypedResults.Ok(found.Select(NotificationAnswer.Of).ToArray());
    }

    private static Ok<RoutesAnswer> Routes(IOptionsMonitor<NotificationOptions> options) => TypedResults.Ok(RoutesAnswer.Of(options.CurrentValue));

    private static async Task<Results<Ok<NotificationAnswer>, ProblemHttpResult>> RetryAsync(
        string id, Remark remark, NotificationBook notifications, CancellationToken cancellationToken) =>
        Problem.Of(await notifications.RetryAsync(id, remark.Author, cancellationToken), NotificationAnswer.Of);

    private static async Task<Results<Ok<NotificationAnswer>, ProblemHttpResult>> TestAsync(
        string channel, Remark remark, NotificationBook notifications, CancellationToken cancellationToken) =>
        Problem.Of(await notifications.TestAsync(channel, remark.Author, cancellationToken), NotificationAnswer.Of);
}

/// <summary>One notification, without the payload for machines.</summary>
internal sealed record NotificationAnswer(
    string Id, string? IncidentId, string Channel, long Step, string Subject, string Body, NotificationState State, DateTime CreatedAt, DateTime DueAt, DateTime? EndedAt, long Attempts, string LastError)
{
    public static NotificationAnswer Of(Notification notification) => new(
        notification.Id,
        notification.IncidentId,
        notification.Channel,
        notification.Step,
        notification.Subject,
        notification.Body,
        notification.State,
        notification.CreatedAt,
        notification.DueAt,
        notification.EndedAt,
        notification.Attempts,
        notification.LastError);
}

/// <summary>Channels and routes.</summary>
internal sealed record RoutesAnswer(IReadOnlyList<ChannelAnswer> Channels, IReadOnlyList<RouteAnswer> Routes)
{
    public static RoutesAnswer Of(NotificationOptions options) => new(
        [.. options.Channels.OrderBy(channel => channel.Key, StringComparer.Ordinal).Select(channel => ChannelAnswer.Of(channel.Key, channel.Value))],
        [.. options.Routes.Select(RouteAnswer.Of)]);
}

/// <summary>A channel: how, and where to, without anything secret. A webhook's path and query may hold a key: only its host is told.</summary>
internal sealed record ChannelAnswer(string Name, NotificationChannelKind Kind, string To)
{
    public static ChannelAnswer Of(string name, NotificationChannel channel) => new(name, channel.Kind, channel.Kind switch
    {
        NotificationChannelKind.Smtp => string.Join(", ", channel.To),
        NotificationChannelKind.Mqtt => channel.Topic,
        _ => Uri.TryCreate(channel.Address, UriKind.Absolute, out Uri? address) ? address.GetLeftPart(UriPartial.Authority) : "",
    });
}

/// <summary>A route: which incidents, and whom to tell when.</summary>
internal sealed record RouteAnswer(string Name, IReadOnlyList<string> Lines, string AtLeast, IReadOnlyList<string> Shifts, IReadOnlyList<StepAnswer> Steps)
{
    public static RouteAnswer Of(NotificationRoute route) => new(
        route.Name, [.. route.Lines], route.AtLeast.ToString(), [.. route.Shifts], [.. route.Steps.Select(step => new StepAnswer(step.Channel, step.After))]);
}

/// <summary>A step of a route: the channel, and how long after the incident opened while nobody has acknowledged it.</summary>
internal sealed record StepAnswer(string Channel, TimeSpan After);
