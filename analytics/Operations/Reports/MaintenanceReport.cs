using Linewatch.Operations.WorkOrders;

namespace Linewatch.Operations.Reports;

/// <summary>How well maintenance works over a period. A ratio without a denominator is null, not 0.</summary>
public sealed record MaintenanceReport
{
    /// <summary>Reliability by machine (<c>line/machine</c>).</summary>
    public required IReadOnlyDictionary<string, Reliability> Reliability { get; init; }

    /// <summary>Orders done in the period.</summary>
    public required int Done { get; init; }

    /// <summary>Time spent on planned orders / time spent on all: 1 − CMT/(CMT+PMT), from the labour noted, else from start to end.</summary>
    public required double? PlannedShare { get; init; }

    /// <summary>Orders approved, scheduled or in progress at the end of the period.</summary>
    public required int Backlog { get; init; }

    /// <summary>Of those, overdue.</summary>
    public required int Overdue { get; init; }

    /// <summary>Cost of the orders done, in the plant's currency.</summary>
    public required decimal Cost { get; init; }

    /// <summary>Share of the scheduled orders done by their planned end.</summary>
    public required double? ScheduleCompliance { get; init; }

    /// <summary>Of the forecast orders whose component was looked at: share found worn or failed.</summary>
    public required double? ForecastPrecision { get; init; }

    /// <summary>Failed components that no forecast had announced, as a share of all failed components found.</summary>
    public required double? UnforecastFailures { get; init; }

    /// <summary>Mean of |done − predicted failure| over forecast orders found failed.</summary>
    public required TimeSpan? ForecastError { get; init; }

    /// <summary>Computes the report.</summary>
    /// <param name="orders">Orders open at the end of the period or ended in it, with what belongs to them.</param>
    /// <param name="reliability">Reliability by machine.</param>
    /// <param name="to">End of the period, UTC.</param>
    public static MaintenanceReport Compute(
        IReadOnlyCollection<(WorkOrder Order, WorkOrderDetails Details)> orders, IReadOnlyDictionary<string, Reliability> reliability, DateTime to)
    {
        (WorkOrder Order, WorkOrderDetails Details)[] done = [.. orders.Where(entry => entry.Order.State == WorkOrderState.Done)];
        WorkOrder[] backlog = [.. orders.Select(entry => entry.Order).Where(order => order.State is WorkOrderState.Approved or WorkOrderState.Scheduled or WorkOrderState.InProgress)];
        WorkOrder[] scheduled = [.. done.Select(entry => entry.Order).Where(order => order.ScheduledEnd is not null)];
        WorkOrder[] looked = [.. done.Select(entry => entry.Order).Where(order => order.Origin == "forecast" && order.Finding is not null)];
        WorkOrder[] failed = [.. done.Select(entry => entry.Order).Where(order => order.Finding == WorkOrderFinding.Failed)];
        WorkOrder[] foretold = [.. failed.Where(order => order is { Origin: "forecast", PredictedAt: not null })];
        TimeSpan planned = Time(done.Where(entry => IsPlanned(entry.Order)));
        TimeSpan all = Time(done);
        return new MaintenanceReport
        {
            Reliability = reliability,
            Done = done.Length,
            PlannedShare = all > TimeSpan.Zero ? planned / all : null,
            Backlog = backlog.Length,
            Overdue = backlog.Count(order => order.DueLatest < to),
            Cost = done.Sum(entry => entry.Details.Cost),
            ScheduleCompliance = Ratio(scheduled.Count(order => order.EndedAt <= order.ScheduledEnd), scheduled.Length),
            ForecastPrecision = Ratio(looked.Count(order => order.Finding is WorkOrderFinding.Worn or WorkOrderFinding.Failed), looked.Length),
            UnforecastFailures = Ratio(failed.Count(order => order.Origin != "forecast"), failed.Length),
            ForecastError = foretold.Length == 0 ? null : TimeSpan.FromTicks((long)foretold.Average(order => (order.EndedAt!.Value - order.PredictedAt!.Value).Duration().Ticks)),
        };
    }

    /// <summary>An order is planned unless it answers a failure: those come from alerts, or found the component failed unannounced.</summary>
    private static bool IsPlanned(WorkOrder order) => order.Origin is not "alert" && (order.Origin == "forecast" || order.Finding != WorkOrderFinding.Failed);

    private static TimeSpan Time(IEnumerable<(WorkOrder Order, WorkOrderDetails Details)> orders) => orders.Aggregate(
        TimeSpan.Zero,
        (sum, entry) => sum + (entry.Details.Labour.Count > 0
            ? TimeSpan.FromMinutes(entry.Details.Labour.Sum(labour => labour.Minutes))
            : entry.Order.EndedAt - entry.Order.StartedAt ?? TimeSpan.Zero));

    private static double? Ratio(int part, int whole) => whole == 0 ? null : part / (double)whole;
}
