using System.Data.Common;
using Dapper;
using Linewatch.Operations.Database;
using Linewatch.Operations.Incidents;

namespace Linewatch.Operations.Alerts;

/// <summary>
/// Every alert and what became of it. At most one alert of a rule and source is open; what machines do is idempotent by
/// rule, source and event time, so a replay raises and clears nothing twice. Thread-safe; each change is on disk when
/// its call returns and is told to <see cref="Changes"/> afterwards.
/// </summary>
public sealed class AlertBook(OperationsDatabase database, IncidentDesk incidents, OperationsMetrics metrics, TimeProvider clock)
{
    /// <summary>Tells what changed, in this process.</summary>
    public AlertChanges Changes { get; } = new();

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Records that a condition stands. Opens an alert, or brings back the open one of the same rule and source;
    /// an event already known changes nothing. Returns the alert as it stands now.
    /// </summary>
    /// <exception cref="DbException">The database cannot be reached; nothing was changed, call again.</exception>
    public Task<Alert> RaiseAsync(AlertCondition condition, CancellationToken cancellationToken) =>
        ChangeAsync<Alert>(
            async transaction =>
            {
                string eventKey = condition.EventKey("raise");
                if (await AlertTable.OwnerOfAsync(transaction, eventKey) is { } known)
                {
                    return ((await AlertTable.FindAsync(transaction.Connection!, transaction, known, Now))!, null);
                }

                Alert? open = await AlertTable.FindOpenAsync(transaction, condition.OpenKey, Now);
                Alert raised = open is null ? await OpenAsync(transaction, condition) : await RaiseAgainAsync(transaction, open, condition);
                bool annunciated = raised.Silenced is null && open is not { IsActive: true };
                if (annunciated)
                {
                    (raised, annunciated) = await incidents.AttachAsync(transaction, raised);
                }

                await AddEventAsync(
                    transaction,
                    raised,
                    open is null ? AlertEventKind.Raised : AlertEventKind.RaisedAgain,
                    condition.EventTime,
                    author: null,
                    condition.Message,
                    eventKey,
                    annunciated);
                metrics.AlertRaised(annunciated);
                return (raised, raised);
            },
            cancellationToken);

    /// <summary>
    /// Records that the condition of a rule at a source is gone. Null when no such alert stands, or when it was raised
    /// after <paramref name="eventTime"/>.
    /// </summary>
    /// <exception cref="DbException">The database cannot be reached; nothing was changed, call again.</exception>
    public Task<Alert?> ClearAsync(string rule, AlertSource source, DateTime eventTime, CancellationToken cancellationToken) =>
        ChangeAsync<Alert?>(
            async transaction =>
            {
                Alert? open = await AlertTable.FindOpenAsync(transaction, OpenKey(rule, source), Now);
                if (open is not { IsActive: true } || eventTime < open.LastRaisedAt)
                {
                    return (null, null);
                }

                Alert cleared = open with
                {
                    State = AlertLifecycle.OnClear(open.State, open.Latched),
                    ClearedAt = eventTime,
                    Version = open.Version + 1,
                };
                await AlertTable.UpdateAsync(transaction, cleared);
                await AddEventAsync(transaction, cleared, AlertEventKind.Cleared, eventTime, author: null, "", $"{OpenKey(rule, source)}|clear|{eventTime:O}");
                await IncidentDesk.CloseIfOverAsync(transaction, cleared.IncidentId, eventTime, Now);
                return (cleared, cleared);
            },
            cancellationToken);

    /// <summary>
    /// Silences a rule at a source by design, or ends that (ISA-18.2 state H): plant logic, not a person, so it has no
    /// end of its own. An alert that still stands when the silence ends calls people then.
    /// </summary>
    public Task SuppressByDesignAsync(string rule, AlertSource source, bool suppress, DateTime eventTime, CancellationToken cancellationToken) =>
        ChangeAsync<Alert?>(
            async transaction =>
            {
                string openKey = OpenKey(rule, source);
                bool changed = suppress
                    ? await AlertSilence.SuppressAsync(transaction, openKey, Now)
                    : await AlertSilence.UnsuppressAsync(transaction, openKey);
                if (!changed || await AlertTable.FindOpenAsync(transaction, openKey, Now) is not { } open)
                {
                    return (null, null);
                }

                Alert told = open with { Version = open.Version + 1 };
                bool annunciated = told is { Silenced: null, IsActive: true, IncidentId: null };
                if (annunciated)
                {
                    (told, annunciated) = await incidents.AttachAsync(transaction, told);
                }

                await AlertTable.UpdateAsync(transaction, told);
                AlertEventKind kind = suppress ? AlertEventKind.Silenced : AlertEventKind.Unsilenced;
                await AddEventAsync(transaction, told, kind, eventTime, author: null, "suppressed by design", annunciated: annunciated);
                return (told, told);
            },
            cancellationToken);

    /// <summary>Somebody has seen the alert (B→C, D→A, E→F).</summary>
    public Task<ChangeResult<Alert>> AcknowledgeAsync(string id, string author, string comment, CancellationToken cancellationToken) =>
        ChangeByPersonAsync(
            id,
            AlertEventKind.Acknowledged,
            author,
            comment,
            alert => Acknowledged(alert, author),
            alert => $"the alert is {alert.State}: there is nothing to acknowledge",
            cancellationToken);

    /// <summary>The same within a caller's transaction, who publishes the change; null when there is nothing to acknowledge.</summary>
    internal async Task<Alert?> AcknowledgeAsync(DbTransaction transaction, Alert alert, string author, string comment)
    {
        if (Acknowledged(alert, author) is not { } acknowledged)
        {
            return null;
        }

        acknowledged = acknowledged with { Version = alert.Version + 1 };
        await AlertTable.UpdateAsync(transaction, acknowledged);
        await AddEventAsync(transaction, acknowledged, AlertEventKind.Acknowledged, Now, author, comment);
        return acknowledged;
    }

    /// <summary>Somebody lets go of a latched alert whose condition is gone (F→A).</summary>
    public Task<ChangeResult<Alert>> ResetAsync(string id, string author, string comment, CancellationToken cancellationToken) =>
        ChangeByPersonAsync(
            id,
            AlertEventKind.Reset,
            author,
            comment,
            alert => AlertLifecycle.OnReset(alert.State) is { } state ? alert with { State = state } : null,
            alert => $"the alert is {alert.State}: only LatchedAcknowledged can be reset",
            cancellationToken);

    /// <summary>Gives the alert to somebody; null takes it back.</summary>
    public Task<ChangeResult<Alert>> AssignAsync(string id, string? assignee, string author, CancellationToken cancellationToken) =>
        ChangeByPersonAsync(
            id, AlertEventKind.Assigned, author, assignee ?? "", alert => alert with { Assignee = assignee }, _ => "", cancellationToken);

    /// <summary>Writes into the alert's history.</summary>
    public Task<ChangeResult<Alert>> CommentAsync(string id, string author, string text, CancellationToken cancellationToken) =>
        ChangeByPersonAsync(
            id, AlertEventKind.Commented, author, text, alert => string.IsNullOrWhiteSpace(text) ? null : alert, _ => "the comment is empty", cancellationToken);

    /// <summary>
    /// Silences the alert's rule at its source until a time: this alert and later ones are recorded but call nobody.
    /// </summary>
    /// <param name="id">The alert.</param>
    /// <param name="kind">Shelved (at most 24 h), suppressed by design, or out of service.</param>
    /// <param name="until">When the silence ends by itself, UTC.</param>
    /// <param name="author">Who.</param>
    /// <param name="reason">Why; required.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    public Task<ChangeResult<Alert>> SilenceAsync(
        string id, AlertState kind, DateTime until, string author, string reason, CancellationToken cancellationToken) =>
        ChangeSilenceAsync(
            id,
            AlertEventKind.Silenced,
            author,
            reason,
            _ => AlertSilence.Refuse(kind, Now, until, reason),
            (transaction, alert) => AlertSilence.SetAsync(transaction, OpenKey(alert.Rule, alert.Source), kind, Now, until, author, reason),
            cancellationToken);

    /// <summary>Ends every silence of the alert's rule at its source.</summary>
    public Task<ChangeResult<Alert>> UnsilenceAsync(string id, string author, CancellationToken cancellationToken) =>
        ChangeSilenceAsync(
            id,
            AlertEventKind.Unsilenced,
            author,
            "",
            alert => alert.Silenced is null ? "the alert is not silenced" : null,
            (transaction, alert) => AlertSilence.EndAsync(transaction, OpenKey(alert.Rule, alert.Source)),
            cancellationToken);

    /// <summary>The alert, or null.</summary>
    public async Task<Alert?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await AlertTable.FindAsync(connection, null, id, Now);
    }

    /// <summary>Alerts, newest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(AlertFilter filter, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await AlertTable.ListAsync(connection, filter, Now);
    }

    /// <summary>What happened to an alert, oldest first; empty when there is none of that id.</summary>
    public async Task<IReadOnlyList<AlertEvent>> HistoryAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await AlertTable.HistoryAsync(connection, id);
    }

    internal static string OpenKey(string rule, AlertSource source) => $"{rule}|{source}";

    private async Task<Alert> OpenAsync(DbTransaction transaction, AlertCondition condition)
    {
        string id = NewId();
        Alert alert = new()
        {
            Id = id,
            Cause = condition.Cause,
            Rule = condition.Rule,
            FoundBy = condition.FoundBy,
            Line = condition.Source.Line,
            Machine = condition.Source.Machine,
            Signal = condition.Source.Signal,
            Severity = condition.Severity,
            State = AlertState.Unacknowledged,
            Latched = condition.Latched,
            RaisedAt = condition.EventTime,
            LastRaisedAt = condition.EventTime,
            Occurrences = 1,
            Value = condition.Value,
            ExpectedLower = condition.ExpectedLower,
            ExpectedUpper = condition.ExpectedUpper,
            Unit = condition.Unit,
            Message = condition.Message,
            JournalPosition = condition.JournalPosition,
            Version = 1,
        };
        await AlertTable.InsertAsync(transaction, alert);
        return (await AlertTable.FindAsync(transaction.Connection!, transaction, id, Now))!;
    }

    private static async Task<Alert> RaiseAgainAsync(DbTransaction transaction, Alert open, AlertCondition condition)
    {
        bool returned = !open.IsActive;
        Alert raised = open with
        {
            State = AlertLifecycle.OnRaise(open.State),
            FoundBy = condition.FoundBy,
            Severity = condition.Severity > open.Severity ? condition.Severity : open.Severity,
            LastRaisedAt = condition.EventTime > open.LastRaisedAt ? condition.EventTime : open.LastRaisedAt,
            Occurrences = open.Occurrences + 1,
            Value = condition.Value,
            ExpectedLower = condition.ExpectedLower,
            ExpectedUpper = condition.ExpectedUpper,
            Unit = condition.Unit,
            Message = condition.Message,
            AcknowledgedAt = returned ? null : open.AcknowledgedAt,
            AcknowledgedBy = returned ? null : open.AcknowledgedBy,
            ClearedAt = null,
            JournalPosition = condition.JournalPosition,
            Version = open.Version + 1,
        };
        await AlertTable.UpdateAsync(transaction, raised);
        return raised;
    }

    private Alert? Acknowledged(Alert alert, string author) => AlertLifecycle.OnAcknowledge(alert.State) is { } state
        ? alert with { State = state, AcknowledgedAt = Now, AcknowledgedBy = author }
        : null;

    private Task<ChangeResult<Alert>> ChangeByPersonAsync(
        string id,
        AlertEventKind kind,
        string author,
        string text,
        Func<Alert, Alert?> change,
        Func<Alert, string> refusal,
        CancellationToken cancellationToken) =>
        ChangeAsync<ChangeResult<Alert>>(
            async transaction =>
            {
                if (await AlertTable.FindAsync(transaction.Connection!, transaction, id, Now) is not { } alert)
                {
                    return (ChangeResult.NotFound<Alert>($"there is no alert {id}"), null);
                }

                if (change(alert) is not { } changed)
                {
                    return (ChangeResult.Refused(alert, refusal(alert)), null);
                }

                changed = changed with { Version = alert.Version + 1 };
                await AlertTable.UpdateAsync(transaction, changed);
                await AddEventAsync(transaction, changed, kind, Now, author, text);
                if (kind == AlertEventKind.Acknowledged)
                {
                    await IncidentDesk.SeenAsync(transaction, changed.IncidentId, author, Now);
                }

                return (ChangeResult.Done(changed), changed);
            },
            cancellationToken);

    private Task<ChangeResult<Alert>> ChangeSilenceAsync(
        string id,
        AlertEventKind kind,
        string author,
        string text,
        Func<Alert, string?> refuse,
        Func<DbTransaction, Alert, Task> change,
        CancellationToken cancellationToken) =>
        ChangeAsync<ChangeResult<Alert>>(
            async transaction =>
            {
                if (await AlertTable.FindAsync(transaction.Connection!, transaction, id, Now) is not { } alert)
                {
                    return (ChangeResult.NotFound<Alert>($"there is no alert {id}"), null);
                }

                if (refuse(alert) is { } refusal)
                {
                    return (ChangeResult.Refused(alert, refusal), null);
                }

                await change(transaction, alert);
                await AlertTable.UpdateAsync(transaction, alert with { Version = alert.Version + 1 });
                Alert changed = (await AlertTable.FindAsync(transaction.Connection!, transaction, id, Now))!;
                await AddEventAsync(transaction, changed, kind, Now, author, text);
                return (ChangeResult.Done(changed), changed);
            },
            cancellationToken);

    private async Task AddEventAsync(
        DbTransaction transaction,
        Alert alert,
        AlertEventKind kind,
        DateTime happenedAt,
        string? author,
        string text,
        string? eventKey = null,
        bool annunciated = false)
    {
        AlertEvent happened = new()
        {
            Sequence = alert.Version,
            Kind = kind,
            HappenedAt = happenedAt,
            Author = author,
            Text = text,
            Annunciated = annunciated,
        };
        await AlertTable.AddEventAsync(transaction, NewId(), alert.Id, eventKey, happened);
    }

    /// <summary>Runs the work in one transaction and then tells the alert it changed, if any.</summary>
    private async Task<T> ChangeAsync<T>(Func<DbTransaction, Task<(T Result, Alert? Changed)>> work, CancellationToken cancellationToken)
    {
        (T result, Alert? changed) = await database.WriteAsync(work, cancellationToken);
        if (changed is not null)
        {
            Changes.Publish(changed);
        }

        return result;
    }

    private string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}
