using System.Data.Common;
using System.Text.Json;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Jobs.Forecasting;

/// <summary>The runs of replaced components. Thread-safe; a kept run is on disk when its call returns.</summary>
public sealed class ComponentRunBook(OperationsDatabase database)
{
    private const int Most = 10_000;

    /// <summary>Runs of a kind of component, or of all, newest first.</summary>
    public async Task<IReadOnlyList<ComponentRun>> ListAsync(string? kind, int limit, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        string where = kind is null ? "" : " WHERE kind = @kind";
        IEnumerable<string> records = await connection.QueryAsync<string>(
            $"SELECT record FROM component_run{where} ORDER BY ended_at DESC, order_id LIMIT @limit", new { kind, limit = Math.Clamp(limit, 1, Most) });
        return [.. records.Select(record => JsonSerializer.Deserialize<ComponentRun>(record)!)];
    }

    /// <summary>The run that an order ended, or null.</summary>
    public async Task<ComponentRun?> FindAsync(string order, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<string>("SELECT record FROM component_run WHERE order_id = @order", new { order }) is { } record
            ? JsonSerializer.Deserialize<ComponentRun>(record)
            : null;
    }

    /// <summary>Keeps a run; that of the same order is replaced.</summary>
    internal Task SaveAsync(ComponentRun run, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO component_run (order_id, kind, ended_at, record) VALUES (@Order, @kind, @EndedAt, @record)
            ON CONFLICT (order_id) DO UPDATE SET kind = @kind, ended_at = @EndedAt, record = @record
            """,
            new { run.Order, kind = ComponentRun.KindOf(run.Component), run.EndedAt, record = JsonSerializer.Serialize(run) },
            transaction),
        cancellationToken);

    /// <summary>Forgets the run of an order whose finding was corrected: nothing had worn out.</summary>
    internal Task RemoveAsync(string order, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync("DELETE FROM component_run WHERE order_id = @order", new { order }, transaction),
        cancellationToken);
}
