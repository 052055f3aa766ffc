using System.Globalization;
using System.Net;
using System.Text;
using Linewatch.Analytics.Oee;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;

namespace Linewatch.Operations.Reports;

/// <summary>
/// A closed shift for people: as HTML that mail programs show (no script, no style sheet of others, nothing loaded) and as
/// CSV (RFC 4180, UTC). Pure: a revision in, text out; the figures are the record's own.
/// </summary>
public static class ShiftReport
{
    private const int MostStops = 10;
    private const string Undefined = "–";
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>One line for people: line, shift, day, OEE.</summary>
    public static string Subject(ShiftRevision shift, Plant plant) =>
        $"{LineName(shift, plant)}, shift {shift.Record.Shift} of {shift.Record.Day:yyyy-MM-dd}: OEE {Percent(shift.Record.Figures.Oee)}";

    /// <summary>The report in a few lines of plain text.</summary>
    public static string Text(ShiftRevision shift, Plant plant)
    {
        StringBuilder text = new();
        text.Append(Subject(shift, plant)).Append("\n\n");
        foreach ((string name, string value) in Figures(shift).Concat(Losses(shift)))
        {
            text.Append(Culture, $"{name,-28}{value}\n");
        }

        return text.ToString();
    }

    /// <summary>The report as a page of its own.</summary>
    public static string Html(ShiftRevision shift, Plant plant)
    {
        ShiftRecord record = shift.Record;
        StringBuilder html = new();
        html.Append(Culture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>{Encode(Subject(shift, plant))}</title></head>
            <body style="font-family: sans-serif; color: #17212b; max-width: 46em; margin: 1.5em auto; padding: 0 1em">
            <h1 style="font-size: 1.4em">{Encode(LineName(shift, plant))}, shift {Encode(record.Shift)} of {record.Day:yyyy-MM-dd}</h1>
            <p style="color: #566573">{Local(record.Start, plant)} to {Local(record.End, plant)} ({Encode(plant.TimeZone.Id)}), revision {shift.Revision} of {Local(shift.MadeAt, plant)}{(shift.Revision > 1 ? $" by {Encode(shift.Author)}: {Encode(shift.Reason)}" : "")}</p>

            """);
        Table(html, "Figures", ["", ""], Figures(shift).Select(figure => new[] { figure.Name, figure.Value }));
        Table(html, "Losses", ["Loss", "Time"], Losses(shift).Select(loss => new[] { loss.Name, loss.Value }));
        Table(
            html,
            "Longest stops of the critical machine and what they cost",
            ["From", "For", "Cause", "Reason", "Lost"],
            Stops(record, plant).Select(stop => new[]
            {
                Local(stop.Start, plant), Length(stop.End - stop.Start), MachineName(record, plant, stop.CauseMachine), stop.Reason ?? Undefined, Length(stop.Lost),
            }));
        Table(
            html,
            "Machines, each on its own time",
            ["Machine", "Run", "Own failure", "Starved", "Blocked"],
            record.Machines.Select(machine => new[]
            {
                MachineName(record, plant, machine.Machine), Length(machine.Run), Length(machine.OwnFailure), Length(machine.Lack), Length(machine.Tailback),
            }));
        return html.Append("</body></html>\n").ToString();
    }

    /// <summary>The report as a table <c>section,name,value,unit</c>, one figure a row.</summary>
    public static string Csv(ShiftRevision shift)
    {
        ShiftRecord record = shift.Record;
        StringBuilder csv = new("section,name,value,unit\r\n");
        Row("shift", "line", record.Line, "");
        Row("shift", "shift", record.Shift, "");
        Row("shift", "start", Utc(record.Start), "");
        Row("shift", "end", Utc(record.End), "");
        Row("shift", "revision", shift.Revision.ToString(Culture), "");
        foreach ((string name, double? ratio) in Ratios(record.Figures))
        {
            Row("figure", name, ratio?.ToString("R", Culture) ?? "", "1");
        }

        Row("count", "total", record.Quantities.IsCounted ? record.Quantities.Total.ToString(Culture) : "", "1");
        Row("count", "good", record.Quantities.IsCounted ? record.Quantities.Good.ToString(Culture) : "", "1");
        foreach ((string name, double? seconds) in LossSeconds(record.Losses))
        {
            Row("loss", name, seconds?.ToString("R", Culture) ?? "", "s");
        }

        foreach (Stop stop in record.Stops)
        {
            Row("stop", stop.Id, (stop.End - stop.Start).TotalSeconds.ToString("R", Culture), "s");
        }

        return csv.ToString();

        void Row(string section, string name, string value, string unit) => csv.Append(Culture, $"{section},{CsvField.Of(name)},{CsvField.Of(value)},{unit}\r\n");
    }

    private static IEnumerable<(string Name, string Value)> Figures(ShiftRevision shift)
    {
        Quantities made = shift.Record.Quantities;
        return
        [
            .. Ratios(shift.Record.Figures).Select(ratio => (ratio.Name, Percent(ratio.Ratio))),
            ("Good units", made.IsCounted ? made.Good.ToString("#,0", Culture) : Undefined),
            ("Total units", made.IsCounted ? made.Total.ToString("#,0", Culture) : Undefined),
            ("Planned busy time", Length(made.PlannedBusy)),
        ];
    }

    private static IEnumerable<(string Name, double? Ratio)> Ratios(OeeFigures figures) =>
        [("OEE", figures.Oee), ("Availability", figures.Availability), ("Performance", figures.Performance), ("Quality", figures.Quality)];

    private static IEnumerable<(string Name, string Value)> Losses(ShiftRevision shift) => LossSeconds(shift.Record.Losses)
        .OrderByDescending(loss => loss.Seconds ?? 0)
        .Where(loss => loss.Seconds is null or > 0.5 or < -0.5)
        .Select(loss => (loss.Name, loss.Seconds is { } seconds ? Length(TimeSpan.FromSeconds(seconds)) : Undefined));

    private static IEnumerable<(string Name, double? Seconds)> LossSeconds(LossTree losses) =>
    [
        ("Breakdown", losses.Breakdown), ("Set-up", losses.SetUp), ("Minor stops", losses.MinorStops), ("Reduced speed", losses.Speed),
        ("Process defects", losses.ProcessDefects), ("Start-up rejects", losses.StartUpRejects), ("Lack", losses.Lack), ("Tailback", losses.Tailback),
        ("External", losses.External), ("Waiting", losses.Waiting), ("Unplanned maintenance", losses.UnplannedMaintenance),
        ("Change of the buffers", losses.BufferChange), ("No data", losses.NoData),
    ];

    private static IEnumerable<Stop> Stops(ShiftRecord record, Plant plant) => plant.TryGetLine(record.Line, out Line? line)
        ? record.Stops.Where(stop => stop.Machine == line.CriticalMachine.Id).OrderByDescending(stop => stop.Lost).Take(MostStops)
        : [];

    private static void Table(StringBuilder html, string title, string[] heads, IEnumerable<string[]> rows)
    {
        const string Cell = "text-align: left; padding: .25em 1em .25em 0; border-bottom: 1px solid #d9dfe5";
        html.Append(Culture, $"<h2 style=\"font-size: 1.1em\">{Encode(title)}</h2>\n<table style=\"border-collapse: collapse; width: 100%\">\n");
        if (heads.Any(head => head.Length > 0))
        {
            html.Append("<tr>").AppendJoin("", heads.Select(head => $"<th style=\"{Cell}\">{Encode(head)}</th>")).Append("</tr>\n");
        }

        foreach (string[] row in rows)
        {
            html.Append("<tr>").AppendJoin("", row.Select(cell => $"<td style=\"{Cell}\">{Encode(cell)}</td>")).Append("</tr>\n");
        }

        html.Append("</table>\n");
    }

    private static string LineName(ShiftRevision shift, Plant plant) =>
        plant.TryGetLine(shift.Record.Line, out Line? line) ? line.Name : shift.Record.Line;

    private static string MachineName(ShiftRecord record, Plant plant, string? machine) =>
        machine is null ? "not attributed"
        : plant.TryGetLine(record.Line, out Line? line) && line.Machines.FirstOrDefault(each => each.Id == machine) is { } known ? known.Name
        : machine;

    private static string Percent(double? ratio) => ratio is { } value ? (value * 100).ToString("0.0", Culture) + " %" : Undefined;

    private static string Length(TimeSpan time) =>
        (time < TimeSpan.Zero ? "−" : "") + string.Create(Culture, $"{(int)time.Duration().TotalHours}:{time.Duration().Minutes:00}:{time.Duration().Seconds:00}");

    private static string Local(DateTime utc, Plant plant) => TimeZoneInfo.ConvertTimeFromUtc(utc, plant.TimeZone).ToString("yyyy-MM-dd HH:mm", Culture);

    private static string Utc(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", Culture);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
