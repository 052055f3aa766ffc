using System.Data.Common;
using Dapper;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.Alerts;

/// <summary>What people said about alerts; of several words about one alert the last counts. Thread-safe.</summary>
public sealed class VerdictBook(OperationsDatabase database, AlertBook alerts, TimeProvider clock)
{
    /// <summary>Keeps a verdict and writes it into the alert's history.</summary>
    /// <param name="alertId">The alert.</param>
    /// <param name="verdict">Whether there was a fault.</param>
    /// <param name="author">Who says so.</param>
    /// <param name="remark">What they say besides; may be empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeResult<Alert>> JudgeAsync(string alertId, Judgement verdict, string author, string remark, CancellationToken cancellationToken)
    {
        if (await alerts.FindAsync(alertId, cancellationToken) is null)
        {
            return ChangeResult.NotFound<Alert>($"there is no alert {alertId}");
        }

        await using (DbConnection connection = await database.OpenAsync(cancellationToken))
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO alert_verdict (alert_id, verdict, author, judged_at) VALUES (@alertId, @verdict, @author, @at)
                ON CONFLICT (alert_id) DO UPDATE SET verdict = excluded.verdict, author = excluded.author, judged_at = excluded.judged_at
                """,
                new { alertId, verdict = verdict.ToString(), author, at = UtcText.Format(clock.GetUtcNow().UtcDateTime) });
        }

        string said = $"judged {verdict.ToString().ToLowerInvariant()}";
        return await alerts.CommentAsync(alertId, author, remark.Length == 0 ? said : $"{said}: {remark}", cancellationToken);
    }

    /// <summary>The verdicts judged after a time, in the order they were judged.</summary>
    public async Task<IReadOnlyList<AlertVerdict>> ListAsync(DateTime judgedAfter, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<AlertVerdict>(
                """
                SELECT v.alert_id, a.rule, a.found_by, a.line, a.machine, a.signal, v.verdict, v.author, v.judged_at
                FROM alert_verdict v JOIN alert a ON a.id = v.alert_id
                WHERE v.judged_at > @after ORDER BY v.judged_at, v.alert_id
                """,
                new { after = UtcText.Format(judgedAfter) }),
        ];
    }
}
