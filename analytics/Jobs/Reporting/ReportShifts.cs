using System.Globalization;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.Reports;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;

namespace Linewatch.Jobs.Reporting;

/// <summary>
/// Sends the report of each shift that has closed, and says which ended without closing. Shifts close by event time in the
/// analytics; a report is sent once a shift and channel, however often this runs.
/// </summary>
internal sealed class ReportShifts(ShiftReporter reporter, ShiftBook shifts, CurrentPlant plant, TimeProvider clock) : IScheduledJob
{
    /// <summary>Shifts that closed longer ago are not reported any more: nobody wants last month's mails after a long absence.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(2);

    /// <summary>A shift closes once its readings are in; one that ended longer ago should have.</summary>
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public string Name => "report-shifts";

    /// <inheritdoc/>
    public string Description => "Sends the report of each closed shift, and tells of shifts that ended and have not closed";

    /// <inheritdoc/>
    public string DefaultCron => "0 3/10 * * * ?";

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        IReadOnlyList<ShiftRevision> sent = await reporter.ReportAsync(now - LookBack, now, cancellationToken);
        foreach (ShiftRevision shift in sent)
        {
            await run.LogAsync($"sent: {ShiftReport.Subject(shift, plant.Value)}", cancellationToken);
        }

        int open = 0;
        foreach (Line line in plant.Value.Lines)
        {
            IReadOnlyList<ShiftRevision> closed = await shifts.LatestAsync(line.Id, now - LookBack, now, cancellationToken);
            DateTime first = closed.Count == 0 ? now : closed[0].Record.Start;
            foreach (ShiftInstance ended in line.Shifts.Between(first, now).Where(shift => shift.End < now - ClosesWithin))
            {
                if (closed.All(shift => shift.Record.Start != ended.Start))
                {
                    open++;
                    await run.LogAsync(string.Create(CultureInfo.InvariantCulture, $"not closed: {line.Name}, shift {ended.Name}, ended {ended.End:u}; its readings are not in"), cancellationToken);
                }
            }
        }

        await run.ReportAsync(100, string.Create(CultureInfo.InvariantCulture, $"{sent.Count} reports sent, {open} shifts ended and not closed"), cancellationToken);
    }
}
