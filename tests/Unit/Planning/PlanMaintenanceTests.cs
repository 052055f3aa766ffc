using Linewatch.Analytics.Planning;
using Linewatch.Jobs.History;
using Linewatch.Jobs.Planning;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Planning;

public sealed class PlanMaintenanceTests : IDisposable
{
    /// <summary>Monday 07:00 in Berlin, in the early shift.</summary>
    private static readonly DateTime Now = PlannedPlant.Monday.AddHours(6);

    private readonly SqliteFixture _fixture = new();
    private readonly ManualTime _clock = new(Now);
    private readonly WorkOrderBook _orders;
    private readonly PlanBook _plans;

    public PlanMaintenanceTests()
    {
        _orders = new WorkOrderBook(_fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), _clock), _clock);
        _plans = new PlanBook(_fixture.Database);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Forecast_becomes_a_planned_job_that_says_why()
    {
        WorkOrder order = await ProposeAsync("main bearing", earlyDays: 3, middleDays: 6);

        PlanRevision plan = await RunAsync();

        PlannedJob job = Assert.Single(plan.Jobs);
        Assert.Equal((order.Id, OpportunityKind.Cleaning, false), (job.Order, job.Stop, job.IsPinned));
        Assert.Contains("fail by Thu 26 Nov 07:00 with 5 %, by Sun 29 Nov 07:00 with 50 %", job.Why, StringComparison.Ordinal);
        Assert.Contains("until the cleaning", job.Why, StringComparison.Ordinal);
        Assert.Contains("At the next chance", job.Why, StringComparison.Ordinal);
        Assert.True(plan.Cost < plan.DoNothing);
    }

    [Fact]
    public async Task Nothing_moved_keeps_the_revision_and_renews_its_figures()
    {
        await ProposeAsync("main bearing", 3, 6);
        PlanRevision first = await RunAsync();

        _clock.Advance(TimeSpan.FromMinutes(10));
        PlanRevision again = await RunAsync();

        Assert.Equal((1, first.MadeAt), (again.Revision, again.MadeAt));
        Assert.True(again.CheckedAt > first.CheckedAt);
        Assert.Single(await _plans.ListAsync(10, default));
    }

    [Fact]
    public async Task Shorter_life_moves_the_job_and_the_plan_tells_why()
    {
        await ProposeAsync("main bearing", 14, 30);
        DateTime? weekend = (await RunAsync()).Jobs[0].Start;

        await ProposeAsync("main bearing", 2, 4);
        PlanRevision moved = await RunAsync();

        Assert.True(moved.Jobs[0].Start < weekend);
        Assert.Equal(2, moved.Revision);
        Assert.Contains("life is forecast shorter", Assert.Single(moved.Changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_that_wavers_moves_nothing()
    {
        await ProposeAsync("main bearing", 10, 20);
        DateTime? start = (await RunAsync()).Jobs[0].Start;

        foreach ((double early, double middle) in ((double, double)[])[(9, 19), (11, 21), (9.5, 18), (10.5, 22)])
        {
            await ProposeAsync("main bearing", early, middle);
            PlanRevision plan = await RunAsync();

            Assert.Equal((1L, start), (plan.Revision, plan.Jobs[0].Start));
        }
    }

    [Fact]
    public async Task What_people_scheduled_stays_however_the_forecast_moves()
    {
        WorkOrder order = await ProposeAsync("main bearing", 14, 30);
        DateTime start = (await RunAsync()).Jobs[0].Start!.Value;
        await _orders.MoveAsync(order.Id, WorkOrderState.Approved, "pat", "", null, null, default);
        await _orders.MoveAsync(order.Id, WorkOrderState.Scheduled, "pat", "", start, start.AddHours(2), default);

        await ProposeAsync("main bearing", 0.5, 1);
        PlanRevision plan = await RunAsync();

        Assert.Equal((start, true), (plan.Jobs[0].Start!.Value, plan.Jobs[0].IsPinned));
    }

    [Fact]
    public async Task What_people_scheduled_is_pinned_and_planned_around()
    {
        WorkOrder order = await ProposeAsync("main bearing", 3, 6);
        await RunAsync();
        DateTime start = new(2026, 11, 24, 1, 0, 0, DateTimeKind.Utc);
        await _orders.MoveAsync(order.Id, WorkOrderState.Approved, "pat", "", null, null, default);
        await _orders.MoveAsync(order.Id, WorkOrderState.Scheduled, "pat", "", start, start.AddHours(3), default);
        await ProposeAsync("gearbox", 3, 6);

        PlanRevision plan = await RunAsync();

        Assert.Equal((start, true), plan.Jobs.Where(job => job.Order == order.Id).Select(job => (job.Start!.Value, job.IsPinned)).Single());
        PlannedJob other = plan.Jobs.Single(job => job.Order != order.Id);
        Assert.False(other.Start < start.AddHours(3) && start < other.End, "the filler is taken");
        Assert.Contains(plan.Changes, change => change.Contains("scheduled by people", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changed_calendar_moves_the_job()
    {
        CurrentPlant plant = new(PlannedPlant.Create());
        await ProposeAsync("main bearing", 7, 12);
        Assert.Equal(OpportunityKind.Changeover, (await RunAsync(plant)).Jobs[0].Stop);

        plant = new CurrentPlant(PlannedPlant.Create("maintenance: { extraStops: false }"));
        PlanRevision plan = await RunAsync(plant);

        Assert.NotEqual(OpportunityKind.Changeover, plan.Jobs[0].Stop);
        Assert.Contains("no longer stands", Assert.Single(plan.Changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_order_leaves_the_plan()
    {
        WorkOrder order = await ProposeAsync("main bearing", 3, 6);
        await RunAsync();
        await _orders.MoveAsync(order.Id, WorkOrderState.Cancelled, "pat", "", null, null, default);

        PlanRevision plan = await RunAsync();

        Assert.Empty(plan.Jobs);
        Assert.Contains("no longer open", Assert.Single(plan.Changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recurring_work_is_planned_by_its_due_time()
    {
        await _orders.ProposeAsync(Proposal("valve seals") with { Origin = "meter", DueEarliest = Now, DueLatest = Now.AddDays(7) }, "recurring-orders", default);

        PlannedJob job = Assert.Single((await RunAsync()).Jobs);

        Assert.NotNull(job.Start);
        Assert.True(job.Start < Now.AddDays(8));
    }

    [Fact]
    public async Task Plan_of_nothing_is_an_empty_plan()
    {
        Assert.Equal(PlanRevision.None, await _plans.LatestAsync(default));

        Assert.Equal((1, 0), await RunAsync() is var plan ? (plan.Revision, plan.Jobs.Count) : default);
    }

    private async Task<PlanRevision> RunAsync(CurrentPlant? plant = null)
    {
        PlanMaintenance job = new(plant ?? new CurrentPlant(PlannedPlant.Create()), _orders, _plans, Options.Create(new PlanMaintenanceOptions()), _clock);
        JobRun run = await new JobHistory(_fixture.Database, _clock).BeginAsync(job.Name, "node", "schedule", _clock.GetUtcNow().UtcDateTime, default);
        await job.RunAsync(run, default);
        return await _plans.LatestAsync(default);
    }

    private Task<WorkOrder> ProposeAsync(string component, double earlyDays, double middleDays) => _orders.ProposeAsync(
        Proposal(component) with { DueEarliest = Now, DueLatest = Now.AddDays(earlyDays), PredictedAt = Now.AddDays(middleDays) }, "forecast-wear", default);

    private static WorkOrderProposal Proposal(string component) => new()
    {
        Title = $"Replace {component}",
        Line = "line1",
        Machine = "filler",
        Component = component,
        Origin = "forecast",
        Reason = "wears",
        DueEarliest = Now,
        DueLatest = Now,
    };
}
