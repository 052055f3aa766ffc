using Linewatch.Operations;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Tests.Unit.Operations;

/// <summary>Takes work orders to their end, for tests and benchmarks that are about what follows from it.</summary>
internal static class WorkOrderClosing
{
    /// <summary>Moves an order on to Done, planned for the hour from now on, and says what was found.</summary>
    public static async Task CloseAsync(this WorkOrderBook orders, WorkOrder order, DateTime now, WorkOrderFinding? finding)
    {
        foreach (WorkOrderState state in (WorkOrderState[])[WorkOrderState.Approved, WorkOrderState.Scheduled, WorkOrderState.InProgress, WorkOrderState.Done])
        {
            if (state > order.State)
            {
                Require(await orders.MoveAsync(order.Id, state, "technician", "", now, now.AddHours(1), default));
            }
        }

        if (finding is { } found)
        {
            Require(await orders.ReportFindingAsync(order.Id, found, "", null, null, "technician", default));
        }
    }

    private static void Require(ChangeResult<WorkOrder> change)
    {
        if (!change.IsDone)
        {
            throw new InvalidOperationException(change.ToString());
        }
    }
}
