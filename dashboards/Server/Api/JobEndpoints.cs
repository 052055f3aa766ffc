using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Scheduled jobs and the history of their runs.</summary>
internal static class JobEndpoints
{
    private const int LongestPause = 43_200;

    public static void MapJobs(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("jobs").WithTags("Jobs");
        group.MapGet("", ListAsync).WithName("ListJobs").WithSummary("Every job: schedule, next run, pause, last run");
        group.MapGet("runs", RunsAsync).WithName("ListJobRuns").WithSummary("Runs, newest first").ProducesProblem(400)
            .WithDescription("job: only its runs. limit: 1 to 10,000, default 100.");
        group.MapGet("runs/{id}", RunAsync).WithName("GetJobRun").WithSummary("One run with its log lines").ProducesProblem(404);
        group.MapPost("{job}/trigger", TriggerAsync).WithName("TriggerJob").WithSummary("Run it as soon as it is not running already").WithChangeProblems();
        group.MapPost("{job}/cancel", CancelAsync).WithName("CancelJob").WithSummary("Stop the run in progress").WithChangeProblems();
        group.MapPost("{job}/pause", PauseAsync).WithName("PauseJob").WithSummary("No planned run for some minutes, at most 30 days").WithChangeProblems();
        group.MapPost("{job}/resume", ResumeAsync).WithName("ResumeJob").WithSummary("End the pause").WithChangeProblems();
        group.MapPost("{job}/schedule", RescheduleAsync).WithName("RescheduleJob").WithSummary("Change when it runs; no cron = as it was built").WithChangeProblems()
            .WithDescription("cron: Quartz cron expression, seconds first, in the plant's time zone, for instance \"0 30 5 * * ?\". Kept across restarts.");
        group.MapGet("next", Next).WithName("PreviewJobSchedule").WithSummary("The next five times of a cron expression, UTC").ProducesProblem(400);
    }

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> RescheduleAsync(string job, Reschedule wanted, JobSchedule schedule, CancellationToken cancellationToken)
    {
        string? cron = string.IsNullOrWhiteSpace(wanted.Cron) ? null : wanted.Cron.Trim();
        return cron is not null && CronText.Fault(cron) is { } fault ? Problem.Invalid(fault) : Problem.Of(await schedule.RescheduleAsync(job, cron, cancellationToken));
    }

    private static Results<Ok<IReadOnlyList<DateTime>>, ProblemHttpResult> Next(CurrentPlant plant, TimeProvider clock, string cron = "0 0 6 * * ?") =>
        CronText.Fault(cron) is { } fault
            ? Problem.Invalid(fault)
            : TypedResults.Ok(CronText.Next(cron, plant.Value.TimeZone, clock.GetUtcNow().UtcDateTime, 5));

    private static async Task<Ok<IReadOnlyList<JobStatus>>> ListAsync(JobSchedule schedule, CancellationToken cancellationToken) =>
        TypedResults.Ok(await schedule.ListAsync(cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<JobRunRecord>>, ProblemHttpResult>> RunsAsync(
        JobHistory history, CancellationToken cancellationToken, string? job = null, int limit = 100) =>
        limit is < 1 or > 10_000
            ? Problem.Invalid($"limit is {limit}; allowed: 1 to 10000")
            : TypedResults.Ok(await history.ListAsync(job, limit, cancellationToken));

    private static async Task<Results<Ok<JobRunAnswer>, ProblemHttpResult>> RunAsync(string id, JobHistory history, CancellationToken cancellationToken) =>
        await history.FindAsync(id, cancellationToken) is { } run
            ? TypedResults.Ok(new JobRunAnswer(run, await history.LinesAsync(id, cancellationToken)))
            : Problem.NotFound($"there is no run {id}");

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> TriggerAsync(string job, JobSchedule schedule, CancellationToken cancellationToken) =>
        Problem.Of(await schedule.TriggerAsync(job, cancellationToken));

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> CancelAsync(string job, JobSchedule schedule, CancellationToken cancellationToken) =>
        Problem.Of(await schedule.CancelAsync(job, cancellationToken));

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> PauseAsync(
        string job, Pause pause, JobSchedule schedule, TimeProvider clock, CancellationToken cancellationToken) =>
        pause.Minutes is < 1 or > LongestPause
            ? Problem.Invalid($"minutes is {pause.Minutes}; allowed: 1 to {LongestPause}")
            : Problem.Of(await schedule.PauseAsync(job, clock.GetUtcNow().UtcDateTime.AddMinutes(pause.Minutes), pause.Author, pause.Text, cancellationToken));

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> ResumeAsync(string job, JobSchedule schedule, CancellationToken cancellationToken) =>
        Problem.Of(await schedule.ResumeAsync(job, cancellationToken));
}

/// <summary>A run and what it wrote, oldest first.</summary>
internal sealed record JobRunAnswer(JobRunRecord Run, IReadOnlyList<JobRunLine> Lines);
