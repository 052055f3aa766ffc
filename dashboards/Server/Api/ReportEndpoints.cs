using System.Text;
using Linewatch.Operations.Reports;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>The reports on the alarm system and on maintenance.</summary>
internal static class ReportEndpoints
{
    private const string Period = "from and to: ISO 8601; default the last 24 h (alarms) or 30 days (maintenance), at most 366 days.";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static void MapReports(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("reports").WithTags("Reports");
        group.MapGet("alarms", AlarmsAsync).WithName("GetAlarmReport").WithSummary("How well the alarm system itself works (ISA-18.2, EEMUA 191)").ProducesProblem(400).ProducesProblem(404)
            .WithDescription(Period + " line: only this line. operators: who share the alarms, 1 to 100, default 1. Advisories are not alarms.");
        group.MapGet("maintenance", MaintenanceAsync).WithName("GetMaintenanceReport").WithSummary("MTBF, MTTR, planned share, backlog, cost, compliance, forecast accuracy").ProducesProblem(400)
            .WithDescription(Period);
        api.MapGet("lines/{line}/shifts/{start}/report", ShiftAsync).WithTags("Reports").WithName("GetShiftReport").WithSummary("The report of a closed shift, as a page or as CSV").ProducesProblem(400).ProducesProblem(404)
            .Produces<string>(200, "text/html").WithDescription("start: the shift's start, ISO 8601. revision: an earlier one; default the latest. format: html or csv, default html.");
    }

    private static async Task<Results<ContentHttpResult, FileContentHttpResult, ProblemHttpResult>> ShiftAsync(
        string line, string start, ShiftBook shifts, CurrentPlant plant, HttpResponse response, CancellationToken cancellationToken, long? revision = null, string format = "html")
    {
        ShiftRevision? found = null;
        if (TimeRange.TryReadInstant(start, out DateTime at))
        {
            found = revision is { } number
                ? await shifts.RevisionAsync(line, at, number, cancellationToken)
                : (await shifts.LatestAsync(line, at, at.AddTicks(1), cancellationToken)).FirstOrDefault(shift => shift.Record.Start == at);
        }

        if (found is null)
        {
            return Problem.NotFound($"line \"{line}\" has no closed shift that starts at {start}{(revision is null ? "" : $" with revision {revision}")}; /api/v1/shifts lists them");
        }

        if (format == "csv")
        {
            return TypedResults.File(Encoding.UTF8.GetBytes(ShiftReport.Csv(found)), "text/csv; charset=utf-8", $"{line}-{found.Record.Day:yyyy-MM-dd}-{found.Record.Shift}.csv");
        }

        if (format != "html")
        {
            return Problem.Invalid($"format is \"{format}\"; allowed: html, csv");
        }

        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return TypedResults.Text(ShiftReport.Html(found, plant.Value), "text/html; charset=utf-8");
    }

    private static async Task<Results<Ok<AlarmReportAnswer>, ProblemHttpResult>> AlarmsAsync(
        ReportBook reports, CurrentPlant plant, TimeProvider clock, CancellationToken cancellationToken,
        string? from = null, string? to = null, string? line = null, int operators = 1)
    {
        if (ReadPeriod(from, to, TimeSpan.FromDays(1), clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        if (operators is < 1 or > 100)
        {
            return Problem.Invalid($"operators is {operators}; allowed: 1 to 100");
        }

        if (line is not null && !plant.Value.TryGetLine(line, out _))
        {
            return Problem.NotFound($"there is no line \"{line}\"; /api/v1/plant lists them");
        }

        return TypedResults.Ok(new AlarmReportAnswer(range.From, range.To, line, operators, await reports.AlarmsAsync(range.From, range.To, line, operators, cancellationToken)));
    }

    private static async Task<Results<Ok<MaintenanceReportAnswer>, ProblemHttpResult>> MaintenanceAsync(
        ReportBook reports, TimeProvider clock, CancellationToken cancellationToken, string? from = null, string? to = null) =>
        ReadPeriod(from, to, TimeSpan.FromDays(30), clock, out TimeRange range) is { } fault
            ? Problem.Invalid(fault)
            : TypedResults.Ok(new MaintenanceReportAnswer(range.From, range.To, await reports.MaintenanceAsync(range.From, range.To, cancellationToken)));

    private static string? ReadPeriod(string? from, string? to, TimeSpan preset, TimeProvider clock, out TimeRange range) =>
        TimeRange.Read(from, to, preset, clock, out range)
        ?? (range.To - range.From > Longest ? $"the period is {(range.To - range.From).TotalDays:0} days long; allowed: at most {Longest.TotalDays:0}" : null);
}

/// <summary>The alarm report of [From, To), UTC.</summary>
internal sealed record AlarmReportAnswer(DateTime From, DateTime To, string? Line, int Operators, AlarmReport Report);

/// <summary>The maintenance report of [From, To), UTC.</summary>
internal sealed record MaintenanceReportAnswer(DateTime From, DateTime To, MaintenanceReport Report);
