using System.Text.Json;
using Linewatch.Operations.Database;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Reports;

/// <summary>Puts the report of each closed shift into the outbox, once a shift and channel whatever happens in between. Thread-safe.</summary>
public sealed class ShiftReporter(
    OperationsDatabase database,
    ShiftBook shifts,
    CurrentPlant plant,
    IOptionsMonitor<ShiftReportOptions> options,
    IOptionsMonitor<NotificationOptions> notifications,
    TimeProvider clock)
{
    /// <summary>Reports what closed in [from, to), the earliest first; returns the shifts of which at least one report is new. A later revision is not sent again.</summary>
    public async Task<IReadOnlyList<ShiftRevision>> ReportAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        ShiftReportOptions settings = options.CurrentValue;
        if (settings.Channels.Count == 0)
        {
            return [];
        }

        List<ShiftRevision> reported = [];
        IReadOnlyList<ShiftRevision> closed = await shifts.LatestAsync(null, from, to, cancellationToken);
        foreach (ShiftRevision shift in closed.Where(shift => shift.Record.End <= to && (settings.Lines.Count == 0 || settings.Lines.Contains(shift.Record.Line))))
        {
            bool isNew = await database.WriteAsync(
                async transaction =>
                {
                    bool any = false;
                    foreach (string channel in settings.Channels)
                    {
                        any |= await NotificationTable.AddAsync(
                            transaction, $"shift-report|{shift.Record.Line}|{shift.Record.Start:O}|{channel}", Compose(shift, channel));
                    }

                    return any;
                },
                cancellationToken);
            if (isNew)
            {
                reported.Add(shift);
            }
        }

        return reported;
    }

    private Notification Compose(ShiftRevision shift, string channel)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        Plant current = plant.Value;
        string file = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{shift.Record.Line}-{shift.Record.Day:yyyy-MM-dd}-{shift.Record.Shift}");
        string address = notifications.CurrentValue.PublicAddress.TrimEnd('/');
        string link = address.Length == 0 ? "" : $"{address}/api/v1/lines/{shift.Record.Line}/shifts/{shift.Record.Start:yyyy-MM-dd'T'HH:mm:ss'Z'}/report";
        return new Notification
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Channel = channel,
            Step = 0,
            Subject = ShiftReport.Subject(shift, current),
            Body = $"{ShiftReport.Text(shift, current)}\n{link}".TrimEnd(),
            Payload = JsonSerializer.Serialize(new
            {
                type = "shift-report",
                site = current.Site,
                line = shift.Record.Line,
                shift = shift.Record.Shift,
                start = shift.Record.Start,
                end = shift.Record.End,
                revision = shift.Revision,
                oee = shift.Record.Figures.Oee,
                availability = shift.Record.Figures.Availability,
                performance = shift.Record.Figures.Performance,
                quality = shift.Record.Figures.Quality,
                link,
            }),
            CreatedAt = now,
            DueAt = now,
            State = NotificationState.Pending,
            Attempts = 0,
            LastError = "",
            Files =
            [
                new NotificationFile { Name = file + ".html", ContentType = "text/html", Content = ShiftReport.Html(shift, current) },
                new NotificationFile { Name = file + ".csv", ContentType = "text/csv", Content = ShiftReport.Csv(shift) },
            ],
        };
    }
}
