using System.Data.Common;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Notifications;
using Linewatch.Plants;

namespace Linewatch.Operations.Incidents;

/// <summary>Folds alerts into incidents, within the transaction that raised or cleared them, and has people told of new ones.</summary>
public sealed class IncidentDesk(CurrentPlant plant, NotificationPlan notifications, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Puts an annunciated alert into its incident, opening or merging incidents as needed; returns the alert with its incident.</summary>
    internal async Task<Alert> AttachAsync(DbTransaction transaction, Alert alert)
    {
        if (alert.IncidentId is { } known && await IncidentTable.FindAsync(transaction.Connection!, transaction, known) is { State: IncidentState.Open })
        {
            return alert;
        }

        IReadOnlyList<Incident> recent = await IncidentTable.RecentAsync(transaction, alert.LastRaisedAt - IncidentGrouping.LookBack);
        IncidentDecision decision = IncidentGrouping.Decide(alert, recent, plant.Value);
        Incident incident = decision.Into is { } into
            ? await JoinAsync(transaction, into, decision, alert)
            : await OpenAsync(transaction, alert);
        Alert attached = alert with { IncidentId = incident.Id };
        await AlertTable.UpdateAsync(transaction, attached);
        return attached;
    }

    /// <summary>Stops the escalation once no alert of the incident asks for acknowledgement any more.</summary>
    internal static async Task StopEscalationIfSeenAsync(DbTransaction transaction, string? incidentId, DateTime now)
    {
        if (incidentId is not null && await IncidentTable.UnseenAlertsAsync(transaction, incidentId) == 0)
        {
            await NotificationTable.CancelAsync(transaction, incidentId, now);
        }
    }

    /// <summary>Closes the incident of a cleared alert when none of its conditions stands any more.</summary>
    internal static async Task CloseIfOverAsync(DbTransaction transaction, string? incidentId, DateTime eventTime, DateTime now)
    {
        if (incidentId is null
            || await IncidentTable.FindAsync(transaction.Connection!, transaction, incidentId) is not { State: IncidentState.Open } incident
            || await IncidentTable.ActiveAlertsAsync(transaction, incidentId) > 0)
        {
            return;
        }

        await IncidentTable.UpdateAsync(transaction, incident with { State = IncidentState.Closed, ClosedAt = eventTime, Version = incident.Version + 1 });
        await NotificationTable.CancelAsync(transaction, incidentId, now);
    }

    private async Task<Incident> OpenAsync(DbTransaction transaction, Alert alert)
    {
        Incident incident = new()
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Kind = IncidentKind.Machine,
            Cause = alert.Cause,
            Line = alert.Line,
            Machine = alert.Machine,
            Title = alert.Message,
            Severity = alert.Severity,
            State = IncidentState.Open,
            OpenedAt = alert.LastRaisedAt,
            Version = 1,
        };
        await IncidentTable.InsertAsync(transaction, incident);
        await notifications.WriteAsync(transaction, incident, plant.Value, Now);
        return incident;
    }

    private async Task<Incident> JoinAsync(DbTransaction transaction, Incident into, IncidentDecision decision, Alert alert)
    {
        foreach (Incident absorbed in decision.Absorbed)
        {
            await IncidentTable.MoveAlertsAsync(transaction, absorbed.Id, into.Id);
            await IncidentTable.UpdateAsync(transaction, absorbed with { State = IncidentState.Merged, MergedInto = into.Id, Version = absorbed.Version + 1 });
            await NotificationTable.CancelAsync(transaction, absorbed.Id, Now, all: true);
        }

        Incident[] all = [into, .. decision.Absorbed];
        AlertSeverity severity = all.Select(incident => incident.Severity).Append(alert.Severity).Max();
        Incident joined = into with
        {
            Kind = decision.Kind,
            Severity = severity,
            State = IncidentState.Open,
            ClosedAt = null,
            OpenedAt = all.Select(incident => incident.OpenedAt).Append(alert.LastRaisedAt).Min(),
            Version = into.Version + 1,
        };
        if (decision.BecomesRoot)
        {
            joined = joined with { Cause = alert.Cause, Line = alert.Line, Machine = alert.Machine, Title = alert.Message };
        }
        else if (decision.Kind != into.Kind)
        {
            joined = joined with { Line = "", Machine = "", Title = SharedTitle(decision.Kind) };
        }

        await IncidentTable.UpdateAsync(transaction, joined);
        if (severity > into.Severity)
        {
            // Routes that care only for the higher severity have not been told yet; those that have been are not told again.
            await notifications.WriteAsync(transaction, joined, plant.Value, Now);
        }

        return joined;
    }

    private static string SharedTitle(IncidentKind kind) => kind == IncidentKind.Utility
        ? "Several machines report an external failure: a shared utility"
        : "Several machines have fallen silent: the network, the broker or the way in";
}
