using Linewatch.Operations;
using Linewatch.Operations.WorkOrders;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Operations;

public sealed class WorkOrderBookTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);

    private readonly SqliteFixture _fixture = new();
    private readonly ManualTime _clock = new(Start);
    private readonly WorkOrderBook _book;

    public WorkOrderBookTests() => _book = new WorkOrderBook(_fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), _clock), _clock);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Same_proposal_again_changes_nothing()
    {
        WorkOrder first = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);
        WorkOrder second = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);

        Assert.Equal(first, second);
        Assert.Single(await _book.ListAsync(new WorkOrderFilter(), default));
    }

    [Fact]
    public async Task Newer_forecast_moves_the_window_of_a_proposal()
    {
        await _book.ProposeAsync(Bearing(5), "forecast-wear", default);

        WorkOrder revised = await _book.ProposeAsync(Bearing(9), "forecast-wear", default);

        Assert.Equal((Start.AddDays(9), 2L), (revised.DueLatest, revised.Version));
        Assert.Equal(["Proposed", "Revised"], (await _book.HistoryAsync(revised.Id, default)).Select(happened => happened.Kind));
    }

    [Theory]
    [InlineData(9, 5)]
    [InlineData(3, 3)]
    public async Task Decided_order_only_becomes_due_earlier(int newDays, int expectedDays)
    {
        WorkOrder order = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);
        await _book.MoveAsync(order.Id, WorkOrderState.Approved, "pat", "", null, null, default);

        WorkOrder revised = await _book.ProposeAsync(Bearing(newDays), "forecast-wear", default);

        Assert.Equal((WorkOrderState.Approved, Start.AddDays(expectedDays)), (revised.State, revised.DueLatest));
    }

    [Fact]
    public async Task Component_gets_a_new_order_once_the_old_one_is_closed()
    {
        WorkOrder old = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);
        await _book.MoveAsync(old.Id, WorkOrderState.Cancelled, "pat", "sensor was loose", null, null, default);

        WorkOrder fresh = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);

        Assert.NotEqual(old.Id, fresh.Id);
        Assert.Equal(fresh.Id, Assert.Single(await _book.ListAsync(new WorkOrderFilter { OpenOnly = true }, default)).Id);
    }

    [Theory]
    [InlineData("approve schedule start finish", WorkOrderState.Done)]
    [InlineData("approve schedule approve schedule start schedule start cancel", WorkOrderState.Cancelled)]
    [InlineData("cancel", WorkOrderState.Cancelled)]
    public async Task Legal_moves_lead_through(string script, WorkOrderState expected)
    {
        WorkOrder order = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);

        foreach (string step in script.Split(' '))
        {
            ChangeResult<WorkOrder> result = await MoveAsync(order.Id, step);
            Assert.True(result.IsDone, result.Refusal);
        }

        Assert.Equal(expected, (await _book.FindAsync(order.Id, default))!.State);
    }

    [Theory]
    [InlineData("schedule", "Proposed and cannot become Scheduled; allowed: Approved, Cancelled")]
    [InlineData("approve start", "Approved and cannot become InProgress; allowed: Scheduled, Cancelled")]
    [InlineData("cancel approve", "Cancelled and cannot become Approved; allowed: nothing: it is closed")]
    public async Task Illegal_move_is_refused_with_what_is_allowed(string script, string expected)
    {
        WorkOrder order = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);

        ChangeResult<WorkOrder>? result = null;
        foreach (string step in script.Split(' '))
        {
            result = await MoveAsync(order.Id, step);
        }

        Assert.Contains(expected, result!.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduling_without_an_end_is_refused()
    {
        WorkOrder order = await _book.ProposeAsync(Bearing(5), "forecast-wear", default);
        await MoveAsync(order.Id, "approve");

        ChangeResult<WorkOrder> result = await _book.MoveAsync(order.Id, WorkOrderState.Scheduled, "pat", "", Start, null, default);

        Assert.Equal("scheduling needs a start and an end", result.Refusal);
    }

    [Fact]
    public async Task Window_that_ends_before_it_begins_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            _book.ProposeAsync(Bearing(5) with { DueEarliest = Start.AddDays(6) }, "forecast-wear", default));

    private Task<ChangeResult<WorkOrder>> MoveAsync(string id, string step) => step switch
    {
        "approve" => _book.MoveAsync(id, WorkOrderState.Approved, "pat", "", null, null, default),
        "schedule" => _book.MoveAsync(id, WorkOrderState.Scheduled, "pat", "", Start.AddDays(1), Start.AddDays(1).AddHours(2), default),
        "start" => _book.MoveAsync(id, WorkOrderState.InProgress, "pat", "", null, null, default),
        "finish" => _book.MoveAsync(id, WorkOrderState.Done, "pat", "", null, null, default),
        _ => _book.MoveAsync(id, WorkOrderState.Cancelled, "pat", "", null, null, default),
    };

    private static WorkOrderProposal Bearing(int days) => new()
    {
        Title = "Replace main bearing of Filler",
        Line = "line1",
        Machine = "filler",
        Component = "main bearing",
        Origin = "forecast",
        Reason = $"reaches 4.5 mm/s in {days} days",
        DueEarliest = Start.AddDays(1),
        DueLatest = Start.AddDays(days),
    };
}
