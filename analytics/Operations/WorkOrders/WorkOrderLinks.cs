using System.Data.Common;
using System.Globalization;
using Dapper;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Database;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;

namespace Linewatch.Operations.WorkOrders;

/// <summary>Ties downtime, its reason and the work order together, and incidents to the orders that answer them. Thread-safe.</summary>
public sealed class WorkOrderLinks(OperationsDatabase database, WorkOrderBook orders, IncidentBook incidents, ShiftBook shifts, CurrentPlant plant, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Links a stop (<c>machine@20261122T100000.000Z</c>) of a line; the same again changes nothing.</summary>
    public async Task<ChangeResult<WorkOrder>> LinkStopAsync(string id, string line, string stop, string author, CancellationToken cancellationToken)
    {
        if (!TryParse(stop, out string machine, out _))
        {
            return await RefuseAsync(id, $"\"{stop}\" is no stop; expected machine@start, for instance filler@20261122T100000.000Z", cancellationToken);
        }

        return plant.Value.TryGetLine(line, out Line? known) && known.Machines.Any(each => each.Id == machine)
            ? await LinkAsync(id, WorkOrderLinkKind.Stop, $"{line}/{stop}", author, cancellationToken)
            : await RefuseAsync(id, $"the plant has no machine \"{machine}\" on a line \"{line}\"", cancellationToken);
    }

    /// <summary>Links an incident; the same again changes nothing.</summary>
    public async Task<ChangeResult<WorkOrder>> LinkIncidentAsync(string id, string incident, string author, CancellationToken cancellationToken) =>
        await incidents.FindAsync(incident, cancellationToken) is null
            ? await RefuseAsync(id, $"there is no incident {incident}", cancellationToken)
            : await LinkAsync(id, WorkOrderLinkKind.Incident, incident, author, cancellationToken);

    /// <summary>What an order answers, in the order it was linked.</summary>
    public async Task<IReadOnlyList<WorkOrderLink>> ListAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<WorkOrderLink>(
                "SELECT kind, target, linked_at, linked_by FROM work_order_link WHERE work_order_id = @id ORDER BY linked_at, target", new { id }),
        ];
    }

    /// <summary>The orders that answer a stop (<c>line/stop id</c>) or an incident, the earliest due first.</summary>
    public async Task<IReadOnlyList<WorkOrder>> OrdersAsync(WorkOrderLinkKind kind, string target, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<WorkOrder>(
                """
                SELECT o.* FROM work_order o JOIN work_order_link l ON l.work_order_id = o.id
                WHERE l.kind = @kind AND l.target = @target ORDER BY o.due_latest, o.id
                """,
                new { kind = kind.ToString(), target }),
        ];
    }

    /// <summary>The stops that an order answers, with their end, reason and loss once their shift has closed.</summary>
    public async Task<IReadOnlyList<LinkedStop>> StopsAsync(string id, CancellationToken cancellationToken)
    {
        List<LinkedStop> stops = [];
        foreach (WorkOrderLink link in (await ListAsync(id, cancellationToken)).Where(link => link.Kind == WorkOrderLinkKind.Stop))
        {
            int slash = link.Target.IndexOf('/', StringComparison.Ordinal);
            (string line, string stop) = (link.Target[..slash], link.Target[(slash + 1)..]);
            if (!TryParse(stop, out string machine, out DateTime start))
            {
                continue;
            }

            IReadOnlyList<ShiftRevision> around = await shifts.LatestAsync(line, start, start.AddTicks(1), cancellationToken);
            Stop? kept = around.SelectMany(shift => shift.Record.Stops).FirstOrDefault(each => each.Id == stop);
            stops.Add(new LinkedStop(line, stop, machine, start, kept?.End, kept?.Reason, kept?.Lost));
        }

        return stops;
    }

    private static bool TryParse(string stop, out string machine, out DateTime start)
    {
        int at = stop.LastIndexOf('@');
        machine = at > 0 ? stop[..at] : "";
        start = default;
        return at > 0 && DateTime.TryParseExact(
            stop.AsSpan(at + 1),
            "yyyyMMdd'T'HHmmss.fff'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out start);
    }

    private async Task<ChangeResult<WorkOrder>> LinkAsync(string id, WorkOrderLinkKind kind, string target, string author, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is { } order && (await ListAsync(id, cancellationToken)).Any(link => link.Kind == kind && link.Target == target))
        {
            return ChangeResult.Done(order);
        }

        return await orders.ChangeAsync(
            id,
            "Linked",
            author,
            $"{kind} {target}",
            _ => null,
            unchanged => unchanged,
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO work_order_link (work_order_id, kind, target, linked_at, linked_by) VALUES (@id, @kind, @target, @Now, @author)
                    ON CONFLICT (work_order_id, kind, target) DO NOTHING
                    """,
                    new { id, kind = kind.ToString(), target, Now, author }, transaction);
                return null;
            },
            cancellationToken);
    }

    private async Task<ChangeResult<WorkOrder>> RefuseAsync(string id, string refusal, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order
            ? ChangeResult.Refused(order, refusal)
            : ChangeResult.NotFound<WorkOrder>($"there is no work order {id}");
}
