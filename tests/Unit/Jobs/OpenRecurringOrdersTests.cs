using Linewatch.Jobs.History;
using Linewatch.Jobs.Planning;
using Linewatch.Operations.WorkOrders;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Operations;

namespace Linewatch.Tests.Unit.Jobs;

public sealed class OpenRecurringOrdersTests : IDisposable
{
    /// <summary>A Monday in Berlin, two weeks before clocks go forward.</summary>
    private static readonly DateTime Start = new(2027, 3, 15, 9, 0, 0, DateTimeKind.Utc);

    private readonly SqliteFixture _fixture = new();
    private readonly StoredReadings _readings = new();
    private readonly ManualTime _clock = new(Start);
    private readonly WorkOrderBook _orders;
    private readonly MaintenancePlanBook _plans;
    private readonly OpenRecurringOrders _job;

    public OpenRecurringOrdersTests()
    {
        _orders = new WorkOrderBook(_fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), _clock), _clock);
        _plans = new MaintenancePlanBook(_fixture.Database, _clock);
        _job = new OpenRecurringOrders(_plans, _orders, _readings.Store, WearPlant.Create(), _clock);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _readings.Dispose();
    }

    [Fact]
    public async Task Calendar_plan_opens_its_order_once_a_lead_before_it_is_due_in_plant_time()
    {
        await _plans.SaveAsync(Plan() with { Cron = "0 0 6 ? * MON", LeadHours = 24, Checklist = "lock out\ngrease" }, default);

        await RunAsync();
        Assert.Empty(await _orders.ListAsync(new WorkOrderFilter(), default));

        // The Monday after the clocks went forward: 06:00 in Berlin is 04:00 UTC.
        _clock.Advance(TimeSpan.FromDays(13));
        await RunAsync();
        await RunAsync();

        WorkOrder order = Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default));
        Assert.Equal((new DateTime(2027, 3, 29, 4, 0, 0, DateTimeKind.Utc), "calendar"), (order.DueLatest, order.Origin));
    }

    [Fact]
    public async Task Meter_plan_opens_an_order_each_time_the_meter_has_grown_enough()
    {
        await _plans.SaveAsync(Plan() with { Meter = WearPlant.Vibration.Path.ToString(), MeterEvery = 100 }, default);
        await AtAsync(1000);
        await AtAsync(1099);
        Assert.Empty(await _orders.ListAsync(new WorkOrderFilter(), default));

        await AtAsync(1130);
        WorkOrder first = Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default));
        await _orders.MoveAsync(first.Id, WorkOrderState.Cancelled, "pat", "", null, null, default);
        await AtAsync(1199);
        Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default));

        await AtAsync(1200);
        Assert.Equal(2, (await _orders.ListAsync(new WorkOrderFilter(), default)).Count);
    }

    [Fact]
    public async Task Meter_that_was_replaced_counts_from_its_new_reading()
    {
        await _plans.SaveAsync(Plan() with { Meter = WearPlant.Vibration.Path.ToString(), MeterEvery = 100 }, default);
        await AtAsync(1000);
        await AtAsync(5);
        await AtAsync(104);

        Assert.Empty(await _orders.ListAsync(new WorkOrderFilter(), default));
    }

    [Fact]
    public async Task Plan_by_calendar_and_meter_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _plans.SaveAsync(Plan() with { Cron = "0 0 6 ? * MON", Meter = "x" }, default));

    private async Task AtAsync(double meter)
    {
        _clock.Advance(TimeSpan.FromHours(1));
        await _readings.WriteAsync([new Reading(WearPlant.Vibration, _clock.GetUtcNow().UtcDateTime.AddMinutes(-1), meter)]);
        await RunAsync();
    }

    private async Task RunAsync()
    {
        JobRun run = await new JobHistory(_fixture.Database, _clock).BeginAsync(_job.Name, "node", "schedule", _clock.GetUtcNow().UtcDateTime, default);
        await _job.RunAsync(run, default);
    }

    private static MaintenancePlan Plan() => new() { Id = "grease", Title = "Grease main bearing", Line = "line1", Machine = "filler", Component = "main bearing" };
}
