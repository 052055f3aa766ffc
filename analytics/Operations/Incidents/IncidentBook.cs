using System.Data.Common;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Operations.Notifications;

namespace Linewatch.Operations.Incidents;

/// <summary>Every incident, for people: list, look into, acknowledge as a whole, assign, comment. Thread-safe; each change is on disk when its call returns.</summary>
public sealed class IncidentBook(OperationsDatabase database, AlertBook alerts, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Incidents, newest first, without those merged into others.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await IncidentTable.ListAsync(connection, filter);
    }

    /// <summary>How many go on.</summary>
    public async Task<long> CountOpenAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await IncidentTable.CountOpenAsync(connection);
    }

    /// <summary>The incident, or null.</summary>
    public async Task<Incident?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await IncidentTable.FindAsync(connection, null, id);
    }

    /// <summary>Every alert that was part of it, oldest first, as it stands now; one that came back later names the newer incident.</summary>
    public async Task<IReadOnlyList<Alert>> AlertsAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await AlertTable.OfIncidentAsync(connection, null, id, Now);
    }

    /// <summary>What happened to an incident, oldest first; empty when there is none of that id.</summary>
    public async Task<IReadOnlyList<IncidentEvent>> HistoryAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await IncidentTable.HistoryAsync(connection, id);
    }

    /// <summary>Somebody has taken it on: acknowledges, at once or not at all, every alert of it that still asks for it, and stops the escalation.</summary>
    public async Task<ChangeResult<Incident>> AcknowledgeAsync(string id, string author, string comment, CancellationToken cancellationToken)
    {
        List<Alert> seen = [];
        ChangeResult<Incident> result = await ChangeAsync(
            id,
            IncidentEventKind.Acknowledged,
            author,
            comment,
            async (transaction, incident) =>
            {
                seen.Clear();
                foreach (Alert alert in await AlertTable.OfIncidentAsync(transaction.Connection!, transaction, id, Now))
                {
                    if (alert.IncidentId == id && await alerts.AcknowledgeAsync(transaction, alert, author, comment) is { } acknowledged)
                    {
                        seen.Add(acknowledged);
                    }
                }

                if (seen.Count == 0 && incident.AcknowledgedAt is not null)
                {
                    return ChangeResult.Refused(incident, $"{incident.AcknowledgedBy} acknowledged the incident at {incident.AcknowledgedAt:u}");
                }

                await NotificationTable.CancelAsync(transaction, id, Now);
                return ChangeResult.Done(incident with { AcknowledgedAt = Now, AcknowledgedBy = author });
            },
            cancellationToken);
        if (result.IsDone)
        {
            seen.ForEach(alerts.Changes.Publish);
        }

        return result;
    }

    /// <summary>Gives the incident to somebody; null takes it back.</summary>
    public Task<ChangeResult<Incident>> AssignAsync(string id, string? assignee, string author, CancellationToken cancellationToken) => ChangeAsync(
        id, IncidentEventKind.Assigned, author, assignee ?? "", (_, incident) => Task.FromResult(ChangeResult.Done(incident with { Assignee = assignee })), cancellationToken);

    /// <summary>Writes into the incident's history.</summary>
    public Task<ChangeResult<Incident>> CommentAsync(string id, string author, string text, CancellationToken cancellationToken) => ChangeAsync(
        id,
        IncidentEventKind.Commented,
        author,
        text,
        (_, incident) => Task.FromResult(string.IsNullOrWhiteSpace(text) ? ChangeResult.Refused(incident, "the comment is empty") : ChangeResult.Done(incident)),
        cancellationToken);

    private Task<ChangeResult<Incident>> ChangeAsync(
        string id,
        IncidentEventKind kind,
        string author,
        string text,
        Func<DbTransaction, Incident, Task<ChangeResult<Incident>>> change,
        CancellationToken cancellationToken) => database.WriteAsync(
            async transaction =>
            {
                if (await IncidentTable.FindAsync(transaction.Connection!, transaction, id) is not { } incident)
                {
                    return ChangeResult.NotFound<Incident>($"there is no incident {id}");
                }

                if (incident.MergedInto is { } other)
                {
                    return ChangeResult.Refused(incident, $"the incident turned out to be part of {other}: change that one");
                }

                ChangeResult<Incident> result = await change(transaction, incident);
                return result.IsDone
                    ? ChangeResult.Done(await IncidentTable.SaveAsync(transaction, result.Value, kind, Now, author, text))
                    : result;
            },
            cancellationToken);
}
