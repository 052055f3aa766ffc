using Linewatch.Analytics.Oee;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Reports;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Oee;

namespace Linewatch.Tests.Unit.Operations;

public sealed class ShiftReportTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 6, 1, 14, 2, 0, DateTimeKind.Utc);

    private readonly SqliteFixture _fixture = new();
    private readonly ManualTime _clock = new(Now);
    private readonly TestLine _line = new(new TestLineSetup { Reasons = [new Reason("valve", "Valve <1>", [1101], [])] });
    private readonly CurrentPlant _plant;
    private readonly ShiftBook _book;
    private readonly FixedOptions<NotificationOptions> _notifications = new(new NotificationOptions());
    private readonly FixedOptions<ShiftReportOptions> _options = new(new ShiftReportOptions());

    public ShiftReportTests()
    {
        _line.Tell("""
            05:00 filler state 128
            07:00 filler state 1024
            07:00 filler fault 1101
            07:20 filler state 128
            07:20 filler fault 0
            """).Count("filler", "total", "06:00", "14:00", 0, 20_000);
        _plant = new CurrentPlant(_line.Plant);
        _book = new ShiftBook(_fixture.Database, _plant, _clock);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Html_shows_the_records_own_figures_and_encodes_every_text()
    {
        ShiftRevision shift = new(2, Now, "ann <script>", "recoded & merged", _line.Shift("06:00"));

        string html = ShiftReport.Html(shift, _line.Plant);

        Assert.Contains("ann &lt;script&gt;: recoded &amp; merged", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains($"{shift.Record.Figures.Availability * 100:0.0} %", html, StringComparison.Ordinal);
        Assert.Contains("<td style=\"text-align: left; padding: .25em 1em .25em 0; border-bottom: 1px solid #d9dfe5\">Breakdown</td>", html, StringComparison.Ordinal);
        Assert.Contains("0:20:00", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_holds_the_losses_in_seconds_that_sum_to_planned_busy_time()
    {
        ShiftRevision shift = new(1, Now, ShiftBook.Engine, "closed", _line.Shift("06:00"));

        string[][] rows = [.. ShiftReport.Csv(shift).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(','))];

        Assert.Equal(["section", "name", "value", "unit"], rows[0]);
        Assert.Contains(rows, row => row is ["loss", "Breakdown", "1200", "s"]);
        double lost = rows.Where(row => row[0] == "loss").Sum(row => row[2].Length == 0 ? 0 : double.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(shift.Record.Losses.PlannedBusy, lost + shift.Record.Losses.Good!.Value, 6);
        Assert.Contains(rows, row => row[0] == "stop" && row[2] == "1200");
    }

    [Fact]
    public async Task Report_of_a_closed_shift_goes_into_the_outbox_once_and_again_for_no_revision()
    {
        _options.CurrentValue.Channels.Add("shift");
        ShiftReporter reporter = Reporter();
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "closed", default);

        Assert.Single(await reporter.ReportAsync(Now.AddDays(-2), Now, default));
        Assert.Empty(await reporter.ReportAsync(Now.AddDays(-2), Now, default));
        await _book.KeepAsync(_line.Tell("09:00 filler state 1024").Tell("09:30 filler state 128").Shift("06:00"), ShiftBook.Engine, "late data", default);
        Assert.Equal(2, Assert.Single(await _book.LatestAsync(null, Now.AddDays(-2), Now, default)).Revision);
        Assert.Empty(await reporter.ReportAsync(Now.AddDays(-2), Now, default));

        Notification report = Assert.Single(await new NotificationBook(_fixture.Database, _notifications, _clock).ListAsync(null, 10, default));
        Assert.Equal(("shift", NotificationState.Pending), (report.Channel, report.State));
        Assert.Contains("OEE", report.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_of_other_lines_running_shifts_or_without_a_channel()
    {
        await _book.KeepAsync(_line.Shift("06:00"), ShiftBook.Engine, "closed", default);
        ShiftReporter reporter = Reporter();

        Assert.Empty(await reporter.ReportAsync(Now.AddDays(-2), Now, default));
        _options.CurrentValue.Channels.Add("shift");
        _options.CurrentValue.Lines.Add("line9");
        Assert.Empty(await reporter.ReportAsync(Now.AddDays(-2), Now, default));
        _options.CurrentValue.Lines.Clear();
        Assert.Empty(await reporter.ReportAsync(Now.AddDays(-2), TestLine.At("10:00"), default));
    }

    [Fact]
    public void Unknown_channel_is_a_fault_at_start()
    {
        _options.CurrentValue.Channels.Add("nobody");

        Assert.Contains("nobody", new ShiftReportOptionsValidator(_notifications).Validate(null, _options.CurrentValue).FailureMessage, StringComparison.Ordinal);
    }

    private ShiftReporter Reporter() => new(_fixture.Database, _book, _plant, _options, _notifications, _clock);
}
