using System.Text.Json;
using Linewatch.Operations.WorkOrders;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Linewatch.Server.Api;

/// <summary>The way back of the round trip with an outside maintenance system (CMMS).</summary>
internal static class CmmsEndpoints
{
    private const int LargestBody = 64 * 1024;

    public static void MapCmms(this RouteGroupBuilder api) => api
        .MapPost("cmms", TakeAsync).WithTags("Maintenance").WithName("TakeCmmsChange").WithSummary("What the outside CMMS reports about one of our orders; signed, and the same event again changes nothing")
        .WithDescription("Header X-Linewatch-Signature: t=Unix seconds,v1=hex HMAC-SHA-256 of \"t.body\" with Operations:Cmms:Secret. 401 when it is wrong or older than 5 minutes.")
        .Accepts<CmmsChange>("application/json").ProducesProblem(401).WithChangeProblems();

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> TakeAsync(
        HttpRequest request, CmmsInbox inbox, IOptionsMonitor<CmmsOptions> options, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        if (options.CurrentValue.Secret.Length == 0)
        {
            return TypedResults.Problem("no CMMS is set up: Operations:Cmms:Secret is empty", statusCode: StatusCodes.Status409Conflict, title: "Not possible now");
        }

        byte[] buffer = new byte[LargestBody + 1];
        int length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
        {
            return Problem.Invalid($"the body is larger than {LargestBody:N0} bytes");
        }

        byte[] body = buffer[..length];
        if (!inbox.IsAuthentic(request.Headers["X-Linewatch-Signature"].ToString(), body))
        {
            return TypedResults.Problem("the signature is wrong or too old", statusCode: StatusCodes.Status401Unauthorized, title: "Not authentic");
        }

        try
        {
            return JsonSerializer.Deserialize<CmmsChange>(body, json.Value.SerializerOptions) is { } change
                ? Problem.Of(await inbox.ApplyAsync(change, cancellationToken))
                : Problem.Invalid("the body is null");
        }
        catch (JsonException fault)
        {
            return Problem.Invalid(fault.Message);
        }
    }
}
