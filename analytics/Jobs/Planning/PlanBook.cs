using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Jobs.Planning;

/// <summary>The maintenance plans that were made. Thread-safe; a saved plan is on disk when the call returns.</summary>
public sealed class PlanBook(OperationsDatabase database)
{
    /// <summary>Older revisions are forgotten.</summary>
    private const int Kept = 500;

    private static readonly JsonSerializerOptions Format = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The newest plan; <see cref="PlanRevision.None"/> before the first.</summary>
    public async Task<PlanRevision> LatestAsync(CancellationToken cancellationToken) =>
        (await ListAsync(1, cancellationToken)) is [var latest] ? latest : PlanRevision.None;

    /// <summary>Plans, newest first.</summary>
    /// <param name="limit">At most this many, 1 – 500.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<PlanRevision>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        IEnumerable<string> records = await connection.QueryAsync<string>(
            "SELECT record FROM maintenance_schedule ORDER BY revision DESC LIMIT @limit", new { limit = Math.Clamp(limit, 1, Kept) });
        return [.. records.Select(record => JsonSerializer.Deserialize<PlanRevision>(record, Format)!)];
    }

    /// <summary>Keeps a plan; one of the same revision is replaced.</summary>
    public Task SaveAsync(PlanRevision plan, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            await transaction.Connection!.ExecuteAsync(
                """
                INSERT INTO maintenance_schedule (revision, made_at, record) VALUES (@Revision, @MadeAt, @record)
                ON CONFLICT (revision) DO UPDATE SET record = @record
                """,
                new { plan.Revision, plan.MadeAt, record = JsonSerializer.Serialize(plan, Format) },
                transaction);
            return await transaction.Connection!.ExecuteAsync(
                "DELETE FROM maintenance_schedule WHERE revision <= @oldest", new { oldest = plan.Revision - Kept }, transaction);
        },
        cancellationToken);
}
