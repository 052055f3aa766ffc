using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>What people say about alerts, and how well rules and detectors do by that.</summary>
internal static class DetectorEndpoints
{
    public static void MapDetectors(this RouteGroupBuilder api)
    {
        api.MapPost("alerts/{id}/judge", JudgeAsync).WithTags("Alerts").WithName("JudgeAlert").WithChangeProblems()
            .WithSummary("Say whether there was a fault: True, False, or Duty (the machine was doing something it should)");
        api.MapGet("detectors", ListAsync).WithTags("Alerts").WithName("ListDetectors").ProducesProblem(400)
            .WithSummary("Precision and false alarms a machine-week by rule, by detector with its version and by signal, recall by rule and by detector, from what people said and found")
            .WithDescription($"days: how far back verdicts and breakdowns count, 1 to 3,660, default 56. recall: found are alerts judged true and work orders whose component was found failed where an alert stood in the {DetectorRecord.DaysBefore} days before the machine stopped for it, missed are those where none did; with the 95 % interval of Wilson; null below {RecallEstimate.Fewest} known faults.");
    }

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> JudgeAsync(
        string id, Verdict verdict, VerdictBook verdicts, CancellationToken cancellationToken) =>
        verdict.Judgement is { } judgement
            ? Problem.Of(await verdicts.JudgeAsync(id, judgement, verdict.Author, verdict.Text, cancellationToken))
            : Problem.Invalid("judgement is missing; allowed: True, False, Duty");

    private static async Task<Results<Ok<DetectorMarks>, ProblemHttpResult>> ListAsync(
        DetectorRecord detectors, CancellationToken cancellationToken, int days = 56) =>
        days is < 1 or > 3660
            ? Problem.Invalid($"days is {days}; allowed: 1 to 3660")
            : TypedResults.Ok(await detectors.ReadAsync(days, cancellationToken));
}

/// <summary>What somebody says about an alert.</summary>
internal sealed record Verdict(Judgement? Judgement, string Author = "anonymous", string Text = "");
