using Linewatch.Analytics.Oee;
using Linewatch.Operations;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Shifts;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Oee;

namespace Linewatch.Tests.Unit.Operations;

public sealed class WorkOrderLinkTests : IDisposable
{
    private readonly TestLine _line = new(new TestLineSetup { Reasons = [new Reason("valve", "Valve", [1101], [])] });
    private readonly AlertDesk _desk;
    private readonly WorkOrderBook _orders;
    private readonly ShiftBook _shifts;
    private readonly WorkOrderLinks _links;

    public WorkOrderLinkTests()
    {
        _line.Tell("""
            05:00 filler state 128
            07:00 filler state 1024
            07:00 filler fault 1101
            07:20 filler state 128
            """).Count("filler", "total", "06:00", "14:00", 0, 20_000);
        _desk = new AlertDesk(new CurrentPlant(_line.Plant));
        CmmsLink cmms = new(new FixedOptions<CmmsOptions>(new CmmsOptions()), _desk.Clock);
        _orders = new WorkOrderBook(_desk.Fixture.Database, cmms, _desk.Clock);
        _shifts = new ShiftBook(_desk.Fixture.Database, _desk.Plant, _desk.Clock);
        _links = new WorkOrderLinks(_desk.Fixture.Database, _orders, _desk.Incidents, _shifts, _desk.Plant, _desk.Clock);
    }

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Stop_its_reason_and_the_order_are_found_from_either_side()
    {
        ShiftRecord record = _line.Shift("06:00");
        Stop stop = record.Stops.Single(each => each.Machine == "filler");
        WorkOrder order = await ProposeAsync();

        Assert.True((await _links.LinkStopAsync(order.Id, "line1", stop.Id, "ann", default)).IsDone);
        LinkedStop running = Assert.Single(await _links.StopsAsync(order.Id, default));
        Assert.Equal((stop.Start, null, null), (running.Start, running.End, running.Reason));

        await _shifts.KeepAsync(record, ShiftBook.Engine, "closed", default);

        LinkedStop closed = Assert.Single(await _links.StopsAsync(order.Id, default));
        Assert.Equal((stop.End, "valve", TimeSpan.FromMinutes(20)), (closed.End, closed.Reason, closed.Lost));
        Assert.Equal(order.Id, Assert.Single(await _links.OrdersAsync(WorkOrderLinkKind.Stop, $"line1/{stop.Id}", default)).Id);
    }

    [Fact]
    public async Task Linking_the_same_again_changes_nothing()
    {
        WorkOrder order = await ProposeAsync();
        await _links.LinkStopAsync(order.Id, "line1", "filler@20260601T070000.000Z", "ann", default);

        ChangeResult<WorkOrder> again = await _links.LinkStopAsync(order.Id, "line1", "filler@20260601T070000.000Z", "bob", default);

        Assert.Equal((true, 2L), (again.IsDone, again.Value!.Version));
        Assert.Equal("ann", Assert.Single(await _links.ListAsync(order.Id, default)).LinkedBy);
    }

    [Theory]
    [InlineData("line1", "yesterday", "expected machine@start")]
    [InlineData("line1", "@20260601T070000.000Z", "expected machine@start")]
    [InlineData("line1", "nobody@20260601T070000.000Z", "no machine \"nobody\"")]
    [InlineData("line9", "filler@20260601T070000.000Z", "on a line \"line9\"")]
    public async Task What_is_no_stop_is_refused_with_the_reason(string line, string stop, string says)
    {
        WorkOrder order = await ProposeAsync();

        Assert.Contains(says, (await _links.LinkStopAsync(order.Id, line, stop, "ann", default)).Refusal, StringComparison.Ordinal);
        Assert.False((await _links.LinkStopAsync("none", line, stop, "ann", default)).IsFound);
    }

    [Fact]
    public async Task Unknown_incident_is_refused()
    {
        WorkOrder order = await ProposeAsync();

        Assert.Contains("there is no incident", (await _links.LinkIncidentAsync(order.Id, "none", "ann", default)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calendar_feed_opens_with_its_secret_only_and_not_once_it_is_revoked()
    {
        CalendarFeedBook feeds = new(_desk.Fixture.Database, _desk.Clock);
        (CalendarFeed feed, string secret) = await feeds.AddAsync("crew", null, "ann", default);
        (_, string other) = await feeds.AddAsync("office", "line1", "ann", default);

        Assert.NotNull(await feeds.OpenAsync(feed.Id, secret, default));
        Assert.NotNull((await feeds.ListAsync(default)).Single(each => each.Id == feed.Id).ReadAt);
        Assert.Null(await feeds.OpenAsync(feed.Id, other, default));
        Assert.Null(await feeds.OpenAsync(feed.Id, "", default));
        Assert.Null(await feeds.OpenAsync("none", secret, default));
        Assert.True((await feeds.RevokeAsync(feed.Id, "bob", default)).IsDone);
        Assert.Null(await feeds.OpenAsync(feed.Id, secret, default));
        Assert.Contains("bob", (await feeds.RevokeAsync(feed.Id, "ann", default)).Refusal, StringComparison.Ordinal);
    }

    private Task<WorkOrder> ProposeAsync() => _orders.ProposeAsync(
        new WorkOrderProposal
        {
            Title = "Replace the valve",
            Line = "line1",
            Machine = "filler",
            Component = "valve",
            Origin = "person",
            Reason = "",
            DueEarliest = AlertDesk.Start,
            DueLatest = AlertDesk.Start.AddDays(1),
        },
        "ann",
        default);
}
