using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Scheduled work as calendar feeds (iCalendar) that calendars subscribe to, each with a secret of its own.</summary>
internal static class CalendarEndpoints
{
    /// <summary>Work that ended longer ago leaves the feed.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public static void MapCalendars(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("calendars").WithTags("Maintenance");
        group.MapGet("", ListAsync).WithName("ListCalendars").WithSummary("Calendar feeds, newest first, without their secrets");
        group.MapPost("", AddAsync).WithName("AddCalendar").WithSummary("Make a feed; its address with the secret is told once").WithChangeProblems();
        group.MapPost("{id}/revoke", RevokeAsync).WithName("RevokeCalendar").WithSummary("End a feed: its address gives nothing any more").WithChangeProblems();
        group.MapGet("{id}/feed", FeedAsync).WithName("GetCalendar").WithSummary("The feed (RFC 5545); key is its secret").ProducesProblem(404).Produces<string>(200, "text/calendar");
    }

    private static async Task<Ok<IReadOnlyList<CalendarFeed>>> ListAsync(CalendarFeedBook feeds, CancellationToken cancellationToken) =>
        TypedResults.Ok(await feeds.ListAsync(cancellationToken));

    private static async Task<Results<Ok<NewCalendarAnswer>, ProblemHttpResult>> AddAsync(
        NewCalendar wanted, CalendarFeedBook feeds, CurrentPlant plant, HttpRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(wanted.Name))
        {
            return Problem.Invalid("name is empty; say who or what reads the feed");
        }

        string? line = string.IsNullOrEmpty(wanted.Line) ? null : wanted.Line;
        if (line is not null && !plant.Value.TryGetLine(line, out _))
        {
            return Problem.Invalid($"there is no line \"{line}\"; /api/v1/plant lists them");
        }

        (CalendarFeed feed, string secret) = await feeds.AddAsync(wanted.Name.Trim(), line, wanted.Author, cancellationToken);
        return TypedResults.Ok(new NewCalendarAnswer(feed, $"{request.Scheme}://{request.Host}{request.PathBase}/api/v1/calendars/{feed.Id}/feed?key={secret}"));
    }

    private static async Task<Results<Ok<CalendarFeed>, ProblemHttpResult>> RevokeAsync(string id, Remark remark, CalendarFeedBook feeds, CancellationToken cancellationToken) =>
        Problem.Of(await feeds.RevokeAsync(id, remark.Author, cancellationToken));

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> FeedAsync(
        string id, CalendarFeedBook feeds, WorkOrderBook orders, CurrentPlant plant, TimeProvider clock, HttpResponse response, CancellationToken cancellationToken, string key = "")
    {
        if (await feeds.OpenAsync(id, key, cancellationToken) is not { } feed)
        {
            return Problem.NotFound("there is no such calendar feed, or it was revoked");
        }

        response.Headers.CacheControl = "private, no-store";
        DateTime since = clock.GetUtcNow().UtcDateTime - Kept;
        IReadOnlyList<WorkOrder> all = await orders.ListAsync(new WorkOrderFilter { Line = feed.Line, Limit = 10_000 }, cancellationToken);
        string text = WorkOrderCalendar.Write(all.Where(order => order.IsOpen || order.EndedAt > since), plant.Value.Site, plant.Value.TimeZone);
        return TypedResults.Text(text, "text/calendar; charset=utf-8");
    }
}

/// <summary>A calendar feed as wanted: who or what reads it, and of which line; no line = every line.</summary>
internal sealed record NewCalendar(string Name, string? Line = null, string Author = "anonymous");

/// <summary>A new feed and the address that calendars subscribe to. The address is a secret; it cannot be asked for again.</summary>
internal sealed record NewCalendarAnswer(CalendarFeed Feed, string Address);
