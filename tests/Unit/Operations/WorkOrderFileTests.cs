using Linewatch.Operations;
using Linewatch.Operations.Notifications;
using Linewatch.Operations.Reports;
using Linewatch.Operations.WorkOrders;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Operations;

public sealed class WorkOrderFileTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);

    private readonly SqliteFixture _fixture = new();
    private readonly ManualTime _clock = new(Start);
    private readonly FixedOptions<CmmsOptions> _cmms = new(new CmmsOptions());
    private readonly WorkOrderBook _book;
    private readonly WorkOrderFile _file;

    public WorkOrderFileTests()
    {
        _book = new WorkOrderBook(_fixture.Database, new CmmsLink(_cmms, _clock), _clock);
        _file = new WorkOrderFile(_fixture.Database, _book, _clock);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Order_cannot_be_done_before_its_checklist_is()
    {
        WorkOrder order = await StartedAsync("lock out", "grease");
        await _file.CheckOffAsync(order.Id, 1, "tim", default);

        Assert.Equal("the checklist has 1 open points", (await MoveAsync(order, WorkOrderState.Done)).Refusal);
        Assert.Equal("the checklist has no open point 1", (await _file.CheckOffAsync(order.Id, 1, "tim", default)).Refusal);

        await _file.CheckOffAsync(order.Id, 2, "tim", default);
        Assert.True((await MoveAsync(order, WorkOrderState.Done)).IsDone);
    }

    [Fact]
    public async Task Cost_is_parts_and_labour()
    {
        WorkOrder order = await StartedAsync();
        await _file.AddPartAsync(order.Id, new WorkOrderPart { Part = "6205", Quantity = 2, UnitCost = 1250 }, "tim", default);
        await _file.AddLabourAsync(order.Id, new WorkOrderLabour { Person = "tim", Minutes = 90, HourlyCost = 6000 }, "tim", default);

        Assert.Equal(25.00m + 90.00m, (await _file.ReadAsync(order.Id, default)).Cost);
    }

    [Fact]
    public async Task Attachment_comes_back_byte_for_byte_and_a_huge_one_is_refused()
    {
        WorkOrder order = await StartedAsync();
        byte[] photo = [0xFF, 0xD8, 0, 1, 2];
        await _file.AttachAsync(order.Id, "bearing.jpg", "image/jpeg", photo, "tim", default);

        WorkOrderAttachment attachment = Assert.Single((await _file.ReadAsync(order.Id, default)).Attachments);
        Assert.Equal(photo, await _file.ContentAsync(attachment.Id, default));
        Assert.Contains("at most 10", (await _file.AttachAsync(order.Id, "big", "x/y", new byte[WorkOrderFile.LargestAttachment + 1], "tim", default)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_order_takes_no_more_work()
    {
        WorkOrder order = await StartedAsync();
        await MoveAsync(order, WorkOrderState.Done);

        Assert.Equal("the order is Done", (await _file.AddCheckAsync(order.Id, "late", "tim", default)).Refusal);
    }

    [Fact]
    public async Task Change_from_the_cmms_applies_once_and_is_not_told_back()
    {
        _cmms.CurrentValue = new CmmsOptions { Channel = "cmms" };
        WorkOrder order = await _book.ProposeAsync(Bearing(), "forecast-wear", default);
        CmmsInbox inbox = new(_book, _cmms, _clock);
        CmmsChange approved = new() { EventId = "e1", WorkOrder = order.Id, ExternalId = "WO-4711", State = WorkOrderState.Approved };

        await inbox.ApplyAsync(approved, default);
        ChangeResult<WorkOrder> again = await inbox.ApplyAsync(approved, default);

        Assert.True(again.IsDone);
        Assert.Equal((WorkOrderState.Approved, "WO-4711", 2L), (again.Value!.State, again.Value.ExternalId, again.Value.Version));
        Assert.Single(await new NotificationBook(_fixture.Database, new FixedOptions<NotificationOptions>(new NotificationOptions()), _clock).ListAsync(null, 10, default));
    }

    [Theory]
    [InlineData("secret", 0, true)]
    [InlineData("secret", 6, false)]
    [InlineData("wrong", 0, false)]
    public void Signature_of_the_cmms_is_checked_and_must_be_fresh(string key, int minutes, bool authentic)
    {
        _cmms.CurrentValue = new CmmsOptions { Secret = "secret" };
        byte[] body = "{}"u8.ToArray();
        string signature = HttpNotifier.Sign(key, body, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(authentic, new CmmsInbox(_book, _cmms, _clock).IsAuthentic(signature, body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("t=,v1=")]
    [InlineData("v1=aa")]
    [InlineData("t=99999999999999999999,v1=aa")]
    public void Malformed_signature_is_refused(string signature)
    {
        _cmms.CurrentValue = new CmmsOptions { Secret = "secret" };

        Assert.False(new CmmsInbox(_book, _cmms, _clock).IsAuthentic(signature, [1]));
    }

    [Fact]
    public async Task Calendar_keeps_the_uid_raises_the_sequence_and_shows_plant_time_across_daylight_saving()
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        WorkOrder order = await _book.ProposeAsync(Bearing() with { Title = "Replace main bearing, grease; " + new string('ü', 60) }, "forecast-wear", default);
        await MoveAsync(order, WorkOrderState.Approved);
        DateTime start = new(2027, 3, 28, 0, 30, 0, DateTimeKind.Utc);
        WorkOrder scheduled = (await _book.MoveAsync(order.Id, WorkOrderState.Scheduled, "pat", "", start, start.AddHours(1), default)).Value!;

        string feed = WorkOrderCalendar.Write([scheduled], "rhine", zone);

        Assert.Contains($"UID:{order.Id}@linewatch.rhine\r\nSEQUENCE:3\r\n", feed, StringComparison.Ordinal);
        Assert.Contains("DTSTART;TZID=Europe/Berlin:20270328T013000\r\nDTEND;TZID=Europe/Berlin:20270328T033000\r\n", feed, StringComparison.Ordinal);
        Assert.Contains("BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT", feed, StringComparison.Ordinal);
        Assert.All(feed.Split("\r\n"), line => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(line), 0, 75));
        Assert.Contains("SUMMARY:Replace main bearing\\, grease\\; ", feed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_quotes_what_it_must_and_disarms_formulas()
    {
        WorkOrder order = await _book.ProposeAsync(Bearing() with { Title = "=HYPERLINK(\"x\")", Reason = "a,b" }, "forecast-wear", default);
        StringWriter csv = new();

        await WorkOrderCsv.WriteAsync(csv, [order]);

        Assert.Contains(",\"'=HYPERLINK(\"\"x\"\")\",line1,", csv.ToString(), StringComparison.Ordinal);
        Assert.Contains(",\"a,b\",", csv.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_counts_compliance_cost_and_forecast_precision()
    {
        WorkOrder order = await StartedAsync();
        await _file.AddLabourAsync(order.Id, new WorkOrderLabour { Person = "tim", Minutes = 60, HourlyCost = 6000 }, "tim", default);
        _clock.Advance(TimeSpan.FromHours(1));
        await _book.ReportFindingAsync(order.Id, WorkOrderFinding.Worn, "cage cracked", 4.1, 0.9, "tim", default);
        await MoveAsync(order, WorkOrderState.Done);

        MaintenanceReport report = await new ReportBook(_fixture.Database, _file).MaintenanceAsync(Start, Start.AddDays(7), default);

        Assert.Equal((1, 1.0, 60m, 1.0, 1.0, 0), (report.Done, report.PlannedShare, report.Cost, report.ScheduleCompliance, report.ForecastPrecision, report.Backlog));
        Assert.Null(report.UnforecastFailures);
    }

    private async Task<WorkOrder> StartedAsync(params string[] checklist)
    {
        WorkOrder order = await _book.ProposeAsync(Bearing() with { Checklist = checklist }, "forecast-wear", default);
        await MoveAsync(order, WorkOrderState.Approved);
        await _book.MoveAsync(order.Id, WorkOrderState.Scheduled, "pat", "", Start, Start.AddHours(2), default);
        return (await MoveAsync(order, WorkOrderState.InProgress)).Value!;
    }

    private Task<ChangeResult<WorkOrder>> MoveAsync(WorkOrder order, WorkOrderState to) => _book.MoveAsync(order.Id, to, "pat", "", null, null, default);

    private static WorkOrderProposal Bearing() => new()
    {
        Title = "Replace main bearing of Filler",
        Line = "line1",
        Machine = "filler",
        Component = "main bearing",
        Origin = "forecast",
        Reason = "reaches 4.5 mm/s",
        DueEarliest = Start,
        DueLatest = Start.AddDays(5),
        PredictedAt = Start.AddDays(6),
    };
}
