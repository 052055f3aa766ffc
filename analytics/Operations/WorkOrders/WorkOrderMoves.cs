namespace Linewatch.Operations.WorkOrders;

/// <summary>Which state may follow which.</summary>
internal static class WorkOrderMoves
{
    private static readonly Dictionary<WorkOrderState, WorkOrderState[]> Allowed = new()
    {
        [WorkOrderState.Proposed] = [WorkOrderState.Approved, WorkOrderState.Cancelled],
        [WorkOrderState.Approved] = [WorkOrderState.Scheduled, WorkOrderState.Cancelled],
        [WorkOrderState.Scheduled] = [WorkOrderState.InProgress, WorkOrderState.Approved, WorkOrderState.Scheduled, WorkOrderState.Cancelled],
        [WorkOrderState.InProgress] = [WorkOrderState.Done, WorkOrderState.Scheduled, WorkOrderState.Cancelled],
        [WorkOrderState.Done] = [],
        [WorkOrderState.Cancelled] = [],
    };

    /// <summary>Why a move is not allowed, or null.</summary>
    public static string? Refuse(WorkOrder order, WorkOrderState to, DateTime? start, DateTime? end)
    {
        WorkOrderState[] next = Allowed[order.State];
        if (!next.Contains(to))
        {
            string allowed = next.Length == 0 ? "nothing: it is closed" : string.Join(", ", next);
            return $"the order is {order.State} and cannot become {to}; allowed: {allowed}";
        }

        if (to != WorkOrderState.Scheduled)
        {
            return null;
        }

        return (start ?? order.ScheduledStart, end ?? order.ScheduledEnd) switch
        {
            (null, _) or (_, null) => "scheduling needs a start and an end",
            ({ } from, { } until) when until <= from => $"the end {until:u} is not after the start {from:u}",
            _ => null,
        };
    }

    /// <summary>The order after an allowed move.</summary>
    public static WorkOrder Apply(WorkOrder order, WorkOrderState to, DateTime? start, DateTime? end, DateTime now) => order with
    {
        State = to,
        ScheduledStart = to == WorkOrderState.Approved ? null : start ?? order.ScheduledStart,
        ScheduledEnd = to == WorkOrderState.Approved ? null : end ?? order.ScheduledEnd,
        StartedAt = to == WorkOrderState.InProgress ? order.StartedAt ?? now : order.StartedAt,
        EndedAt = to is WorkOrderState.Done or WorkOrderState.Cancelled ? now : null,
    };
}
