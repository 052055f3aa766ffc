using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Plants;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Notifications;

/// <summary>Turns an incident into what each matching route's steps will say, written into the outbox in the incident's own transaction.</summary>
public sealed class NotificationPlan(IOptionsMonitor<NotificationOptions> options, TimeProvider clock)
{
    /// <summary>Writes what the routes say of an incident.</summary>
    /// <param name="transaction">The incident's own.</param>
    /// <param name="incident">The incident.</param>
    /// <param name="plant">The plant.</param>
    /// <param name="happenedAt">Event time of the news, UTC.</param>
    /// <param name="now">UTC.</param>
    internal async Task WriteAsync(DbTransaction transaction, Incident incident, Plant plant, DateTime happenedAt, DateTime now)
    {
        NotificationOptions settings = options.CurrentValue;
        foreach (NotificationRoute route in settings.Routes.Where(route => Applies(route, incident, plant, now)))
        {
            for (int step = 0; step < route.Steps.Count; step++)
            {
                Notification notification = Compose(incident, plant, route.Steps[step], step, settings, now);
                if (await NotificationTable.AddAsync(transaction, $"incident|{incident.Id}|{route.Name}|{step}", notification) && now - happenedAt > settings.StaleAfter)
                {
                    await NotificationTable.EndAsync(transaction, notification.Id, NotificationState.Stale, StaleReason(now - happenedAt, "it came to be known"), now);
                }
            }
        }
    }

    internal static bool Applies(NotificationRoute route, Incident incident, Plant plant, DateTime now)
    {
        if (incident.Severity < route.AtLeast)
        {
            return false;
        }

        Line[] lines = [.. plant.Lines.Where(line => incident.Line.Length == 0 || line.Id == incident.Line)];
        return (route.Lines.Count == 0 || lines.Any(line => route.Lines.Contains(line.Id)))
            && (route.Shifts.Count == 0 || lines.Any(line => line.Shifts.At(now) is { } shift && route.Shifts.Contains(shift.Name)));
    }

    /// <summary>Why nobody is called any more.</summary>
    internal static string StaleReason(TimeSpan age, string when) => string.Create(
        CultureInfo.InvariantCulture, $"not sent: it was {age.TotalHours:0.#} h old when {when} (Operations:Notifications:StaleAfter)");

    private Notification Compose(Incident incident, Plant plant, NotificationStep step, int number, NotificationOptions settings, DateTime now)
    {
        string where = incident.Line.Length == 0 ? plant.Name
            : plant.TryGetLine(incident.Line, out Line? line) ? line.Name
            : incident.Line;
        string since = string.Create(
            CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTimeFromUtc(incident.OpenedAt, plant.TimeZone):yyyy-MM-dd HH:mm:ss} ({plant.TimeZone.Id})");
        string link = settings.PublicAddress.Length == 0 ? "" : $"{settings.PublicAddress.TrimEnd('/')}/incidents/{incident.Id}";
        string subject = $"[{incident.Severity}] {where}: {incident.Title}".ReplaceLineEndings(" ");
        string body = $"""
            {(number == 0 ? "" : "Nobody has acknowledged this yet.\n")}{incident.Title}

            Severity  {incident.Severity}
            Where     {where}{(incident.Machine.Length == 0 ? "" : $" / {incident.Machine}")}
            Since     {since}
            {link}
            """;
        return new Notification
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            IncidentId = incident.Id,
            Channel = step.Channel,
            Step = number,
            Subject = subject,
            Body = body.TrimEnd(),
            Payload = Payload(incident, plant, number, link),
            CreatedAt = now,
            DueAt = now + step.After,
            State = NotificationState.Pending,
            Attempts = 0,
            LastError = "",
        };
    }

    private static string Payload(Incident incident, Plant plant, int step, string link) => JsonSerializer.Serialize(new
    {
        type = "incident",
        incident = incident.Id,
        site = plant.Site,
        line = incident.Line,
        machine = incident.Machine,
        kind = incident.Kind.ToString(),
        cause = incident.Cause.ToString(),
        severity = incident.Severity.ToString(),
        title = incident.Title,
        openedAt = incident.OpenedAt,
        step,
        link,
    });
}
