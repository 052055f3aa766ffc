using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Jobs.History;

/// <summary>Every run of every job with its log lines. Thread-safe.</summary>
public sealed class JobHistory(OperationsDatabase database, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Runs, newest first; of one job or of all.</summary>
    public async Task<IReadOnlyList<JobRunRecord>> ListAsync(string? job, int limit, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        string where = job is null ? "" : " WHERE job = @job";
        return
        [
            .. await connection.QueryAsync<JobRunRecord>(
                $"SELECT * FROM job_run{where} ORDER BY started_at DESC, id DESC LIMIT @limit", new { job, limit = Math.Clamp(limit, 1, 10_000) }),
        ];
    }

    /// <summary>The newest run of a job, or null.</summary>
    public async Task<JobRunRecord?> LastAsync(string job, CancellationToken cancellationToken) =>
        await ListAsync(job, 1, cancellationToken) is [{ } last, ..] ? last : null;

    /// <summary>One run, or null.</summary>
    public async Task<JobRunRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<JobRunRecord>("SELECT * FROM job_run WHERE id = @id", new { id });
    }

    /// <summary>Log lines of a run, oldest first.</summary>
    public async Task<IReadOnlyList<JobRunLine>> LinesAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<JobRunLine>("SELECT sequence, written_at, text FROM job_run_line WHERE run_id = @id ORDER BY sequence", new { id })];
    }

    /// <summary>Begins a run. A run of the same job that still claims to be running was left by a node that died.</summary>
    internal async Task<JobRun> BeginAsync(string job, string node, string cause, DateTime scheduledFor, CancellationToken cancellationToken)
    {
        string id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        await database.WriteAsync(
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(
                    "UPDATE job_run SET outcome = @abandoned, ended_at = @now, message = @message WHERE job = @job AND outcome = @running",
                    new
                    {
                        abandoned = nameof(JobOutcome.Abandoned),
                        running = nameof(JobOutcome.Running),
                        message = "the node stopped in the middle of the run",
                        now = Now,
                        job,
                    },
                    transaction);
                return await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO job_run (id, job, node, cause, scheduled_for, started_at, outcome, progress, message)
                    VALUES (@id, @job, @node, @cause, @scheduledFor, @now, @running, 0, '')
                    """,
                    new { id, job, node, cause, scheduledFor, now = Now, running = nameof(JobOutcome.Running) },
                    transaction);
            },
            cancellationToken);
        return new JobRun(id, this);
    }

    internal Task WriteLineAsync(string id, long sequence, string text, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            "INSERT INTO job_run_line (run_id, sequence, written_at, text) VALUES (@id, @sequence, @now, @text)",
            new { id, sequence, now = Now, text }, transaction),
        cancellationToken);

    internal Task ReportAsync(string id, int progress, string message, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE job_run SET progress = @progress, message = @message WHERE id = @id", new { id, progress, message }, transaction),
        cancellationToken);

    internal Task EndAsync(string id, JobOutcome outcome, string message, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            """
            UPDATE job_run SET outcome = @outcome, ended_at = @now, message = @message,
                progress = CASE WHEN @outcome = 'Succeeded' THEN 100 ELSE progress END
            WHERE id = @id AND outcome = 'Running'
            """,
            new { id, outcome = outcome.ToString(), now = Now, message }, transaction),
        cancellationToken);
}
