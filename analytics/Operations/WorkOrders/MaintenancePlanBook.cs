using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.WorkOrders;

/// <summary>The recurring maintenance plans. Thread-safe.</summary>
public sealed class MaintenancePlanBook(OperationsDatabase database, TimeProvider clock)
{
    /// <summary>Every plan, by line and machine.</summary>
    public async Task<IReadOnlyList<MaintenancePlan>> ListAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<MaintenancePlan>("SELECT * FROM maintenance_plan ORDER BY line, machine, id")];
    }

    /// <summary>Makes or changes a plan. A new plan counts from now.</summary>
    /// <exception cref="ArgumentException">The plan is by calendar and meter, or by neither.</exception>
    public Task<MaintenancePlan> SaveAsync(MaintenancePlan plan, CancellationToken cancellationToken)
    {
        if (plan.Cron is null == plan.Meter is null || (plan.Meter is not null && plan.MeterEvery is not > 0))
        {
            throw new ArgumentException($"the plan {plan.Id} needs either a cron expression, or a meter and how much it grows between two orders", nameof(plan));
        }

        MaintenancePlan kept = plan with { LastDue = plan.LastDue == default ? clock.GetUtcNow().UtcDateTime : plan.LastDue };
        return database.WriteAsync(
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO maintenance_plan (id, title, line, machine, component, checklist, cron, meter, meter_every, lead_hours, last_due, last_meter)
                    VALUES (@Id, @Title, @Line, @Machine, @Component, @Checklist, @Cron, @Meter, @MeterEvery, @LeadHours, @LastDue, @LastMeter)
                    ON CONFLICT (id) DO UPDATE SET title = @Title, line = @Line, machine = @Machine, component = @Component, checklist = @Checklist,
                        cron = @Cron, meter = @Meter, meter_every = @MeterEvery, lead_hours = @LeadHours, last_due = @LastDue, last_meter = @LastMeter
                    """,
                    kept, transaction);
                return kept;
            },
            cancellationToken);
    }

    /// <summary>Removes a plan; orders it opened stay. False when there is none of that id.</summary>
    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction => await transaction.Connection!.ExecuteAsync("DELETE FROM maintenance_plan WHERE id = @id", new { id }, transaction) > 0,
        cancellationToken);
}
