using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;
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
            .WithSummary("Precision and false alarms a machine-week by rule and by signal, from what people said")
            .WithDescription("days: how far back verdicts count, 1 to 3,660, default 56.");
    }

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> JudgeAsync(
        string id, Verdict verdict, VerdictBook verdicts, CancellationToken cancellationToken) =>
        verdict.Judgement is { } judgement
            ? Problem.Of(await verdicts.JudgeAsync(id, judgement, verdict.Author, verdict.Text, cancellationToken))
            : Problem.Invalid("judgement is missing; allowed: True, False, Duty");

    private static async Task<Results<Ok<DetectorMarks>, ProblemHttpResult>> ListAsync(
        VerdictBook verdicts, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken, int days = 56)
    {
        if (days is < 1 or > 3660)
        {
            return Problem.Invalid($"days is {days}; allowed: 1 to 3660");
        }

        return TypedResults.Ok(DetectorMarks.Of(await verdicts.ListAsync(clock.GetUtcNow().UtcDateTime.AddDays(-days), cancellationToken), days, plant.Value));
    }
}

/// <summary>What somebody says about an alert.</summary>
internal sealed record Verdict(Judgement? Judgement, string Author = "anonymous", string Text = "");

/// <summary>How rules and detectors do, over the last days.</summary>
/// <param name="Days">How many.</param>
/// <param name="Rules">By rule, over all machines.</param>
/// <param name="Signals">By rule and signal; a machine-week is that of the signal's machine.</param>
internal sealed record DetectorMarks(int Days, IReadOnlyList<Mark> Rules, IReadOnlyList<Mark> Signals)
{
    public static DetectorMarks Of(IReadOnlyList<AlertVerdict> judged, int days, Plant plant)
    {
        TimeSpan machine = TimeSpan.FromDays(days);
        TimeSpan machines = machine * Math.Max(1, plant.Lines.Sum(line => line.Machines.Count));
        return new DetectorMarks(
            days,
            [.. judged.GroupBy(verdict => verdict.Rule).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Mark.Of(group.Key, null, group, machines))],
            [.. judged.Where(verdict => verdict.Signal is not null)
                .GroupBy(verdict => (verdict.Rule, Signal: $"{verdict.Line}/{verdict.Machine}/{verdict.Signal}"))
                .OrderBy(group => group.Key.Signal, StringComparer.Ordinal).ThenBy(group => group.Key.Rule, StringComparer.Ordinal)
                .Select(group => Mark.Of(group.Key.Rule, group.Key.Signal, group, machine))]);
    }
}

/// <summary>One rule's marks.</summary>
/// <param name="Rule">Rule or detector.</param>
/// <param name="Signal"><c>line/machine/signal</c>; null = all.</param>
/// <param name="True">Alerts judged true.</param>
/// <param name="False">Alerts judged false or duty.</param>
/// <param name="Precision">Share of the judged alerts that were true.</param>
/// <param name="FalsePerMachineWeek">Alerts judged false or duty a machine-week.</param>
/// <param name="Lift">What the verdicts added to the signal's alarm score, decades; null for all.</param>
internal sealed record Mark(string Rule, string? Signal, int True, int False, double? Precision, double FalsePerMachineWeek, double? Lift)
{
    public static Mark Of(string rule, string? signal, IEnumerable<AlertVerdict> verdicts, TimeSpan machineTime)
    {
        AlarmScoreRule marks = verdicts.Aggregate(new AlarmScoreRule(0), (sum, verdict) => sum.After(verdict.Verdict));
        return new Mark(rule, signal, marks.Trues, marks.Falses, marks.Precision, marks.FalsesPerMachineWeek(machineTime), signal is null ? null : marks.Lift);
    }
}
