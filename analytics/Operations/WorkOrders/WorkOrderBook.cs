using System.Data.Common;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.WorkOrders;

/// <summary>
/// Every work order and what became of it. At most one order of a line, machine and component is open. Thread-safe;
/// each change is on disk when its call returns.
/// </summary>
public sealed class WorkOrderBook(OperationsDatabase database, CmmsLink cmms, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Opens an order, or brings the open one of the same component up to date: while it is only proposed, title,
    /// priority and due window follow the newest forecast; once somebody has decided, only a due window that closes
    /// earlier is taken over. The same proposal again changes nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The due window ends before it begins.</exception>
    public Task<WorkOrder> ProposeAsync(WorkOrderProposal proposal, string author, CancellationToken cancellationToken)
    {
        if (proposal.DueLatest < proposal.DueEarliest)
        {
            throw new ArgumentException($"the due window of {proposal.OpenKey} ends {proposal.DueLatest:u}, before it begins {proposal.DueEarliest:u}", nameof(proposal));
        }

        return database.WriteAsync(
            async transaction => await WorkOrderTable.FindOpenAsync(transaction, proposal.OpenKey) is { } open
                ? await ReviseAsync(transaction, open, proposal, author)
                : await OpenAsync(transaction, proposal, author),
            cancellationToken);
    }

    /// <summary>Moves an order to another state.</summary>
    /// <param name="id">The order.</param>
    /// <param name="to">The state wanted.</param>
    /// <param name="author">Who.</param>
    /// <param name="comment">Why; may be empty.</param>
    /// <param name="start">For <see cref="WorkOrderState.Scheduled"/>: planned start, UTC; null keeps the one it has.</param>
    /// <param name="end">For <see cref="WorkOrderState.Scheduled"/>: planned end, UTC.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    public Task<ChangeResult<WorkOrder>> MoveAsync(
        string id, WorkOrderState to, string author, string comment, DateTime? start, DateTime? end, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            to.ToString(),
            author,
            comment,
            order => WorkOrderMoves.Refuse(order, to, start, end),
            order => WorkOrderMoves.Apply(order, to, start, end, Now),
            async transaction => to == WorkOrderState.Done && await WorkOrderTable.OpenChecksAsync(transaction, id) is > 0 and long open
                ? $"the checklist has {open} open points"
                : null,
            cancellationToken);

    /// <summary>Gives an open order to somebody; null takes it back.</summary>
    public Task<ChangeResult<WorkOrder>> AssignAsync(string id, string? assignee, string author, CancellationToken cancellationToken) =>
        ChangeAsync(id, "Assigned", author, assignee ?? "", RefuseClosed, order => order with { Assignee = assignee }, NoMore, cancellationToken);

    /// <summary>Says what was found, in open or closed orders; the prognosis learns from it.</summary>
    public Task<ChangeResult<WorkOrder>> ReportFindingAsync(
        string id, WorkOrderFinding finding, string text, double? measuredBefore, double? measuredAfter, string author, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            "Found",
            author,
            $"{finding}: {text}",
            order => order.State is WorkOrderState.InProgress or WorkOrderState.Done ? null : $"the order is {order.State}: nobody has looked yet",
            order => order with { Finding = finding, FindingText = text, MeasuredBefore = measuredBefore, MeasuredAfter = measuredAfter },
            NoMore,
            cancellationToken);

    /// <summary>Writes into the order's history.</summary>
    public Task<ChangeResult<WorkOrder>> CommentAsync(string id, string author, string text, CancellationToken cancellationToken) =>
        ChangeAsync(id, "Commented", author, text, _ => string.IsNullOrWhiteSpace(text) ? "the comment is empty" : null, order => order, NoMore, cancellationToken);

    /// <summary>The order, or null.</summary>
    public async Task<WorkOrder?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await WorkOrderTable.FindAsync(connection, null, id);
    }

    /// <summary>Orders, the earliest due first.</summary>
    public async Task<IReadOnlyList<WorkOrder>> ListAsync(WorkOrderFilter filter, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await WorkOrderTable.ListAsync(connection, filter);
    }

    /// <summary>What happened to an order, oldest first; empty when there is none of that id.</summary>
    public async Task<IReadOnlyList<WorkOrderEvent>> HistoryAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await WorkOrderTable.HistoryAsync(connection, id);
    }

    internal static string OpenKey(string line, string machine, string component) => $"{line}/{machine}/{component}";

    internal static string? RefuseClosed(WorkOrder order) => order.IsOpen ? null : $"the order is {order.State}";

    private static Task<string?> NoMore(DbTransaction transaction) => Task.FromResult<string?>(null);

    private async Task<WorkOrder> OpenAsync(DbTransaction transaction, WorkOrderProposal proposal, string author)
    {
        DateTime now = Now;
        WorkOrder order = new()
        {
            Id = NewId(),
            Title = proposal.Title,
            Line = proposal.Line,
            Machine = proposal.Machine,
            Component = proposal.Component,
            State = WorkOrderState.Proposed,
            Priority = proposal.Priority,
            Origin = proposal.Origin,
            Reason = proposal.Reason,
            DueEarliest = proposal.DueEarliest,
            DueLatest = proposal.DueLatest,
            PredictedAt = proposal.PredictedAt,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
        await WorkOrderTable.InsertAsync(transaction, order);
        await WorkOrderTable.AddChecksAsync(transaction, order.Id, proposal.Checklist);
        await AddEventAsync(transaction, order, nameof(WorkOrderState.Proposed), author, proposal.Reason);
        await cmms.TellAsync(transaction, order, author);
        return order;
    }

    private async Task<WorkOrder> ReviseAsync(DbTransaction transaction, WorkOrder open, WorkOrderProposal proposal, string author)
    {
        WorkOrder revised = open.State == WorkOrderState.Proposed
            ? open with
            {
                Title = proposal.Title,
                Priority = proposal.Priority,
                Reason = proposal.Reason,
                DueEarliest = proposal.DueEarliest,
                DueLatest = proposal.DueLatest,
                PredictedAt = proposal.PredictedAt,
            }
            : open with
            {
                Reason = proposal.Reason,
                DueEarliest = proposal.DueEarliest < open.DueEarliest ? proposal.DueEarliest : open.DueEarliest,
                DueLatest = proposal.DueLatest < open.DueLatest ? proposal.DueLatest : open.DueLatest,
            };
        if (revised == open)
        {
            return open;
        }

        revised = revised with { UpdatedAt = Now, Version = open.Version + 1 };
        await WorkOrderTable.UpdateAsync(transaction, revised);
        await AddEventAsync(transaction, revised, "Revised", author, proposal.Reason);
        await cmms.TellAsync(transaction, revised, author);
        return revised;
    }

    /// <summary>Changes an order, with more to do in the same transaction, which may still refuse.</summary>
    internal Task<ChangeResult<WorkOrder>> ChangeAsync(
        string id,
        string kind,
        string author,
        string text,
        Func<WorkOrder, string?> refuse,
        Func<WorkOrder, WorkOrder> change,
        Func<DbTransaction, Task<string?>> more,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                if (await WorkOrderTable.FindAsync(transaction.Connection!, transaction, id) is not { } order)
                {
                    return ChangeResult.NotFound<WorkOrder>($"there is no work order {id}");
                }

                if (refuse(order) is { } refusal)
                {
                    return ChangeResult.Refused(order, refusal);
                }

                if (await more(transaction) is { } lateRefusal)
                {
                    return ChangeResult.Refused(order, lateRefusal);
                }

                WorkOrder changed = change(order) with { UpdatedAt = Now, Version = order.Version + 1 };
                await WorkOrderTable.UpdateAsync(transaction, changed);
                await AddEventAsync(transaction, changed, kind, author, text);
                await cmms.TellAsync(transaction, changed, author);
                return ChangeResult.Done(changed);
            },
            cancellationToken);

    private Task AddEventAsync(DbTransaction transaction, WorkOrder order, string kind, string author, string text) =>
        WorkOrderTable.AddEventAsync(
            transaction,
            NewId(),
            order.Id,
            new WorkOrderEvent { Sequence = order.Version, Kind = kind, HappenedAt = Now, Author = author, Text = text });

    private string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}
