using Linewatch.Operations.Alerts;
using Linewatch.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Api;

/// <summary>The live stream.</summary>
internal static class LiveEndpoints
{
    public static void MapLive(this RouteGroupBuilder api) =>
        api.MapGet("live", Stream).WithTags("Live").WithName("StreamLive")
            .WithSummary("Figures of lines and changes of alerts as they happen (server-sent events)")
            .WithDescription("line: only this line. Events: line (newest figures of a line), alert (an alert after a change), beat (the server's clock, every 5 s). A reader that falls behind skips to the newest figures; after a reconnect every line is sent again.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static Results<ServerSentEventsResult<string>, ProblemHttpResult> Stream(
        LivePlant live, AlertBook alerts, TimeProvider clock, IOptions<JsonOptions> json, HttpContext context, CancellationToken cancellationToken, string? line = null)
    {
        if (line is not null && live.Find(line) is null)
        {
            return Problem.NotFound($"there is no line \"{line}\"; /api/v1/plant lists them");
        }

        // A proxy that collects the answer before it passes it on would make it late.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        LiveStream stream = new(live, alerts, clock, json.Value.SerializerOptions);
        return TypedResults.ServerSentEvents(stream.EventsAsync(line, cancellationToken));
    }
}
