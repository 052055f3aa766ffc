using System.Data.Common;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Database;
using Linewatch.Operations.Notifications;

namespace Linewatch.Operations.Incidents;

/// <summary>Every incident, for people: list, look into, acknowledge as a whole. Thread-safe.</summary>
public sealed class IncidentBook(OperationsDatabase database, AlertBook alerts, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Incidents, newest first, without those merged into others.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(bool openOnly, string? line, int limit, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await IncidentTable.ListAsync(connection, openOnly, line, limit);
    }

    /// <summary>The incident, or null.</summary>
    public async Task<Incident?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await IncidentTable.FindAsync(connection, null, id);
    }

    /// <summary>Its alerts, oldest first.</summary>
    public async Task<IReadOnlyList<Alert>> AlertsAsync(string id, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await AlertTable.OfIncidentAsync(connection, null, id, Now);
    }

    /// <summary>Somebody has taken it on: acknowledges every alert of it that still asks for it and stops the escalation.</summary>
    public async Task<ChangeResult<Incident>> AcknowledgeAsync(string id, string author, string comment, CancellationToken cancellationToken)
    {
        ChangeResult<Incident> result = await database.WriteAsync(
            async transaction =>
            {
                if (await IncidentTable.FindAsync(transaction.Connection!, transaction, id) is not { } incident)
                {
                    return ChangeResult.NotFound<Incident>($"there is no incident {id}");
                }

                if (incident.AcknowledgedAt is not null)
                {
                    return ChangeResult.Refused(incident, $"{incident.AcknowledgedBy} acknowledged the incident at {incident.AcknowledgedAt:u}");
                }

                Incident acknowledged = incident with { AcknowledgedAt = Now, AcknowledgedBy = author, Version = incident.Version + 1 };
                await IncidentTable.UpdateAsync(transaction, acknowledged);
                await NotificationTable.CancelAsync(transaction, id, Now);
                return ChangeResult.Done(acknowledged);
            },
            cancellationToken);
        if (result.IsDone)
        {
            foreach (Alert alert in await AlertsAsync(id, cancellationToken))
            {
                if (AlertLifecycle.OnAcknowledge(alert.State) is not null)
                {
                    await alerts.AcknowledgeAsync(alert.Id, author, comment, cancellationToken);
                }
            }
        }

        return result;
    }
}
