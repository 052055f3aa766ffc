using System.Data.Common;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Notifications;
using Linewatch.Plants;

namespace Linewatch.Operations.Incidents;

/// <summary>Folds alerts into incidents, within the transaction that raised or cleared them, and has people told of new ones.</summary>
public sealed class IncidentDesk(CurrentPlant plant, NotificationPlan notifications, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Puts an alert that is not silenced into its incident, opening or merging incidents as needed. Returns the alert with its
    /// incident, and whether it calls people: what only follows from an incident that they know of does not.
    /// </summary>
    internal async Task<(Alert Alert, bool Annunciated)> AttachAsync(DbTransaction transaction, Alert alert)
    {
        if (alert.IncidentId is { } known && await IncidentTable.FindAsync(transaction.Connection!, transaction, known) is { State: IncidentState.Open })
        {
            return (alert, alert.Cause is not (AlertCause.Starved or AlertCause.Blocked));
        }

        IReadOnlyList<Incident> recent = await IncidentTable.RecentAsync(transaction, alert.LastRaisedAt - IncidentGrouping.LookBack);
        IncidentDecision decision = IncidentGrouping.Decide(alert, recent, plant.Value);
        Incident incident = decision.Into is { } into
            ? await JoinAsync(transaction, into, decision, alert)
            : await OpenAsync(transaction, alert);
        Alert attached = alert with { IncidentId = incident.Id };
        await AlertTable.UpdateAsync(transaction, attached);
        await IncidentTable.AddAlertAsync(transaction, incident.Id, alert.Id);
        bool isNews = decision.Into is not { State: IncidentState.Open } before || incident.Severity > before.Severity || decision.Kind != before.Kind;
        return (attached, isNews || alert.Cause == AlertCause.OwnFailure);
    }

    /// <summary>Somebody acknowledged an alert: once no alert of the incident asks for it any more, the incident counts as seen and its escalation stops.</summary>
    internal static async Task SeenAsync(DbTransaction transaction, string? incidentId, string author, DateTime now)
    {
        if (incidentId is null || await IncidentTable.UnseenAlertsAsync(transaction, incidentId) > 0)
        {
            return;
        }

        await NotificationTable.CancelAsync(transaction, incidentId, now);
        if (await IncidentTable.FindAsync(transaction.Connection!, transaction, incidentId) is { AcknowledgedAt: null } incident)
        {
            Incident seen = incident with { AcknowledgedAt = now, AcknowledgedBy = author };
            await IncidentTable.SaveAsync(transaction, seen, IncidentEventKind.Acknowledged, now, author, "every alert of it was acknowledged");
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

        Incident closed = incident with { State = IncidentState.Closed, ClosedAt = eventTime };
        await IncidentTable.SaveAsync(transaction, closed, IncidentEventKind.Closed, eventTime, author: null, "its last condition is gone");
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
        await notifications.WriteAsync(transaction, incident, plant.Value, alert.LastRaisedAt, Now);
        return incident;
    }

    private async Task<Incident> JoinAsync(DbTransaction transaction, Incident into, IncidentDecision decision, Alert alert)
    {
        foreach (Incident absorbed in decision.Absorbed)
        {
            await IncidentTable.MoveAlertsAsync(transaction, absorbed.Id, into.Id);
            Incident merged = absorbed with { State = IncidentState.Merged, MergedInto = into.Id };
            await IncidentTable.SaveAsync(transaction, merged, IncidentEventKind.Merged, alert.LastRaisedAt, author: null, alert.Message);
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

            // What comes back after it was over is news to whoever had seen it.
            AcknowledgedAt = into.State == IncidentState.Closed ? null : into.AcknowledgedAt,
            AcknowledgedBy = into.State == IncidentState.Closed ? null : into.AcknowledgedBy,
            OpenedAt = all.Select(incident => incident.OpenedAt).Append(alert.LastRaisedAt).Min(),
        };
        if (decision.BecomesRoot)
        {
            joined = joined with { Cause = alert.Cause, Line = alert.Line, Machine = alert.Machine, Title = alert.Message };
        }
        else if (decision.Kind != into.Kind)
        {
            joined = joined with { Line = "", Machine = "", Title = SharedTitle(decision.Kind) };
        }

        joined = await IncidentTable.SaveAsync(transaction, joined, IncidentEventKind.Joined, alert.LastRaisedAt, author: null, alert.Message);
        if (severity > into.Severity)
        {
            // Routes that care only for the higher severity have not been told yet; those that have been are not told again.
            await notifications.WriteAsync(transaction, joined, plant.Value, alert.LastRaisedAt, Now);
        }

        return joined;
    }

    private static string SharedTitle(IncidentKind kind) => kind == IncidentKind.Utility
        ? "Several machines report an external failure: a shared utility"
        : "Several machines have fallen silent: the network, the broker or the way in";
}
