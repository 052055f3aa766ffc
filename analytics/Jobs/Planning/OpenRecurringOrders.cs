using System.Globalization;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Storage;
using Quartz;

namespace Linewatch.Jobs.Planning;

/// <summary>Opens the orders of recurring maintenance plans when their calendar or meter says so.</summary>
internal sealed class OpenRecurringOrders(
    MaintenancePlanBook plans, WorkOrderBook orders, IReadingStore store, CurrentPlant plant, TimeProvider clock) : IScheduledJob
{
    private const string Author = "recurring-orders";

    /// <inheritdoc/>
    public string Name => Author;

    /// <inheritdoc/>
    public string Description => "Opens the work orders of recurring maintenance when calendar or meter says so";

    /// <inheritdoc/>
    public string DefaultCron => "0 20 * * * ?";

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        int opened = 0;
        foreach (MaintenancePlan plan in await plans.ListAsync(cancellationToken))
        {
            MaintenancePlan? due = plan.Cron is null ? await ByMeterAsync(plan, run, cancellationToken) : await ByCalendarAsync(plan, cancellationToken);
            if (due is not null)
            {
                // The order first: killed between the two, the next run proposes the same order again and finds it open.
                await plans.SaveAsync(due, cancellationToken);
                opened++;
            }
        }

        await run.ReportAsync(100, $"{opened} orders opened", cancellationToken);
    }

    /// <summary>The plan with its new due time when an order was opened, else null. Times missed while nothing ran become one order.</summary>
    private async Task<MaintenancePlan?> ByCalendarAsync(MaintenancePlan plan, CancellationToken cancellationToken)
    {
        CronExpression cron = new(plan.Cron!, plant.Value.TimeZone);
        DateTime horizon = clock.GetUtcNow().UtcDateTime.AddHours(plan.LeadHours);
        DateTime? due = null;
        for (DateTimeOffset? next = cron.GetNextValidTimeAfter(new DateTimeOffset(plan.LastDue)); next <= horizon; next = cron.GetNextValidTimeAfter(next.Value))
        {
            due = next.Value.UtcDateTime;
        }

        if (due is not { } at)
        {
            return null;
        }

        await ProposeAsync(plan, "calendar", $"due by calendar on {at:u}", at.AddHours(-plan.LeadHours), at, cancellationToken);
        return plan with { LastDue = at };
    }

    private async Task<MaintenancePlan?> ByMeterAsync(MaintenancePlan plan, JobRun run, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        if (!plant.Value.TryGetSignal(plan.Meter!, out Signal? meter))
        {
            await run.LogAsync($"{plan.Id}: the plant has no signal {plan.Meter}", cancellationToken);
            return null;
        }

        if (await store.LastAsync(meter.Path, now, cancellationToken) is not { } reading || !double.IsFinite(reading.Value))
        {
            return null;
        }

        if (plan.LastMeter is not { } last || reading.Value < last)
        {
            // The first reading, or a meter that was replaced or reset: count from here.
            return await KeepAsync(plan with { LastMeter = reading.Value }, cancellationToken);
        }

        if (reading.Value - last < plan.MeterEvery)
        {
            return null;
        }

        string reason = string.Create(CultureInfo.InvariantCulture, $"{meter.Name} is {reading.Value:0.#} {meter.Unit}, {reading.Value - last:0.#} since the last order; due every {plan.MeterEvery:0.#}");
        await ProposeAsync(plan, "meter", reason, reading.EventTime, reading.EventTime.AddHours(plan.LeadHours), cancellationToken);
        return plan with { LastMeter = last + (Math.Floor((reading.Value - last) / plan.MeterEvery!.Value) * plan.MeterEvery.Value) };
    }

    private async Task<MaintenancePlan?> KeepAsync(MaintenancePlan plan, CancellationToken cancellationToken)
    {
        await plans.SaveAsync(plan, cancellationToken);
        return null;
    }

    private Task<WorkOrder> ProposeAsync(
        MaintenancePlan plan, string origin, string reason, DateTime earliest, DateTime latest, CancellationToken cancellationToken) =>
        orders.ProposeAsync(
            new WorkOrderProposal
            {
                Title = plan.Title,
                Line = plan.Line,
                Machine = plan.Machine,
                Component = plan.Component,
                Origin = origin,
                Reason = reason,
                DueEarliest = earliest,
                DueLatest = latest,
                Checklist = plan.Checklist.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            },
            Author,
            cancellationToken);
}
