using Linewatch.Analytics.Prognosis;
using Linewatch.Jobs.Forecasting;
using Linewatch.Jobs.History;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Jobs;

public sealed class ForecastWearTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);

    private readonly AlertDesk _desk = new(WearPlant.Create());
    private readonly ManualTime _clock = new(Now);
    private readonly SqliteFixture _fixture;
    private readonly StoredReadings _store = new();
    private readonly WorkOrderBook _orders;
    private readonly ComponentRunBook _runs;
    private readonly JobHistory _history;
    private readonly ForecastWear _job;

    public ForecastWearTests()
    {
        _fixture = _desk.Fixture;
        _orders = new WorkOrderBook(_fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), _clock), _clock);
        _runs = new ComponentRunBook(_fixture.Database);
        _history = new JobHistory(_fixture.Database, _clock);
        _job = new ForecastWear(WearPlant.Create(), _store.Store, _orders, _runs, Options.Create(new ForecastWearOptions()), _clock);
    }

    public void Dispose()
    {
        _desk.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Rising_vibration_opens_one_proposal_due_before_the_limit_is_reached()
    {
        await WearAsync(perHour: 0.01, from: 1.5);

        await RunAsync();
        await RunAsync();

        WorkOrder order = Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default));
        DateTime truth = Now.AddHours(-96 + 300);
        Assert.Equal(("filler", "main bearing", WorkOrderState.Proposed, "forecast"), (order.Machine, order.Component, order.State, order.Origin));
        Assert.InRange(order.DueLatest, truth.AddHours(-24), truth);
        Assert.InRange(order.DueEarliest, Now, order.DueLatest);
        Assert.Contains("reaches its limit of 4.5 mm/s", order.Reason, StringComparison.Ordinal);
        Assert.Matches("Failure probability [0-9]+ % within a day, [0-9]+ % within a week, [0-9]+ % within 30 days; health [0-9]+ %", order.Reason);
    }

    [Fact]
    public async Task Standstill_does_not_flatten_the_trend()
    {
        await WearAsync(perHour: 0.01, from: 1.5, stands: hour => hour % 8 < 3);

        await RunAsync();

        DateTime truth = Now.AddHours(-96 + 300);
        Assert.InRange(Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default)).DueLatest, truth.AddHours(-24), truth.AddHours(1));
    }

    [Fact]
    public async Task Steady_vibration_proposes_nothing_and_the_log_says_why()
    {
        await WearAsync(perHour: 0, from: 1.5);

        string run = await RunAsync();

        Assert.Empty(await _orders.ListAsync(new WorkOrderFilter(), default));
        Assert.Contains("no trend towards the limit", Assert.Single(await _history.LinesAsync(run, default)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steady_vibration_is_told_by_age_once_closed_orders_have_found_failures()
    {
        await WearAsync(perHour: 0, from: 1.5);
        ManualTime past = new(Now.AddDays(-300));
        WorkOrderBook orders = new(_fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), past), past);
        foreach (int days in (int[])[0, 90, 80, 100])
        {
            past.Advance(TimeSpan.FromDays(days));
            await ReplaceFailedBearingAsync(orders, past.GetUtcNow().UtcDateTime);
        }

        string run = await RunAsync();

        Assert.Matches(
            "by its age of 30 days the main bearing fails with [0-9]+ % within a week, [0-9]+ % within 30 days .*from 4 lives, 3 failures",
            Assert.Single(await _history.LinesAsync(run, default)).Text);
    }

    [Fact]
    public async Task Component_found_failed_leaves_its_run_once_and_the_next_forecast_starts_with_the_new_one()
    {
        await WearAsync(perHour: 0.03, from: 1.5);
        await ReplaceFailedBearingAsync(_orders, Now);

        await RunAsync();
        string second = await RunAsync();

        ComponentRun run = Assert.Single(await _runs.ListAsync("main bearing", 10, default));
        Assert.True(run.Failed);
        Assert.Null(run.InstalledAt);
        Assert.Equal(-96, run.Samples[0].Hours, 1.0);
        Assert.Equal(0, run.Samples[^1].Hours, 0.5);
        Assert.Equal(4.38, run.Samples[^1].Value, 0.05);
        Assert.DoesNotContain(await _orders.ListAsync(new WorkOrderFilter { OpenOnly = true }, default), order => order.Component == "main bearing");
        Assert.Contains("0 samples while running", Assert.Single(await _history.LinesAsync(second, default)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corrected_finding_takes_the_run_back()
    {
        await WearAsync(perHour: 0.03, from: 1.5);
        string order = await ReplaceFailedBearingAsync(_orders, Now);
        await RunAsync();
        await _orders.ReportFindingAsync(order, WorkOrderFinding.Worn, "", null, null, "pat", default);
        await RunAsync();
        Assert.False(Assert.Single(await _runs.ListAsync(null, 10, default)).Failed);

        await _orders.ReportFindingAsync(order, WorkOrderFinding.Sound, "", null, null, "pat", default);
        await RunAsync();

        Assert.Empty(await _runs.ListAsync(null, 10, default));
    }

    [Fact]
    public async Task Past_runs_of_the_kind_bend_the_forecast_and_are_named()
    {
        await WearAsync(perHour: 0.01, from: 1.5);
        await RunAsync();
        WorkOrder alone = Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default));

        // Bearings of other lines began like this one and then ran away: they had 100 hours left where the line says about 204.
        for (int other = 0; other < 3; other++)
        {
            await KeepRunAsync($"line{other + 2}", hours => hours < 96 ? 1.5 + (0.01 * hours) : 2.46 + (2.04 * Math.Pow((hours - 96) / 100, 3)), 196 + other);
        }

        await RunAsync();

        WorkOrder told = Assert.Single(await _orders.ListAsync(new WorkOrderFilter { OpenOnly = true }, default));
        Assert.Contains("and 3 past runs to failure", told.Reason, StringComparison.Ordinal);
        Assert.InRange((alone.PredictedAt!.Value - Now).TotalHours, 190, 215);
        Assert.InRange((told.PredictedAt!.Value - Now).TotalHours, 140, 165);
    }

    [Fact]
    public async Task Health_of_component_and_machine_is_kept_once_an_hour_and_an_anomaly_lowers_that_of_the_machine()
    {
        await WearAsync(perHour: 0.015, from: 1.5);
        await _store.Store.WriteAsync(
            [.. Enumerable.Range(1, 6).Select(hour => new DerivedPoint(
                "anomaly",
                new Dictionary<string, string> { ["line"] = "line1", ["machine"] = "filler", ["signal"] = "bowl_pressure" },
                new Dictionary<string, object> { ["score"] = 7.0 },
                Now.AddHours(-hour)))],
            default);

        await RunAsync();
        await RunAsync();

        MachineHealth machine = Assert.Single(await new HealthBook(_store.Store, _clock).ListAsync("line1", default));
        ComponentHealth component = Assert.Single(machine.Components);
        Assert.Equal(("filler", "main bearing", Now, (double?)null), (machine.Machine, component.Component, component.At, component.DayBefore));
        Assert.Equal(0.55, component.Health, 0.03);
        Assert.Equal(component.Health * (1 - (0.5 * 6 / 24)), machine.Health, 12);
        Assert.Empty(await new HealthBook(_store.Store, _clock).ListAsync("line2", default));
    }

    [Fact]
    public async Task Health_of_a_day_before_is_told_beside_that_of_now()
    {
        _clock.Advance(TimeSpan.FromHours(-24));
        await WearAsync(perHour: 0.015, from: 1.5);
        await RunAsync();
        _clock.Advance(TimeSpan.FromHours(24));
        await RunAsync();

        ComponentHealth component = Assert.Single(Assert.Single(await new HealthBook(_store.Store, _clock).ListAsync(null, default)).Components);

        Assert.Equal(0.12, component.DayBefore!.Value - component.Health, 0.02);
    }

    [Fact]
    public async Task Component_put_right_without_an_order_counts_as_new_and_its_proposal_is_withdrawn()
    {
        await WearAsync(hour => 1.5 + (0.02 * hour));
        _clock.Advance(TimeSpan.FromHours(-48));
        await RunAsync();
        WorkOrder proposed = Assert.Single(await _orders.ListAsync(new WorkOrderFilter(), default));
        _clock.Advance(TimeSpan.FromHours(48));
        await WearAsync(hour => hour < 80 ? 1.5 + (0.02 * hour) : 1.5);

        string run = await RunAsync();

        Assert.Equal(WorkOrderState.Cancelled, (await _orders.FindAsync(proposed.Id, default))!.State);
        Assert.Matches(
            @"went back from 3\.[01][0-9]* to 1\.[45][0-9]* mm/s at 2026-11-21 19:0[0-9] without an order .* counts as new",
            (await _orders.HistoryAsync(proposed.Id, default))[^1].Text);
        Assert.Contains(await _history.LinesAsync(run, default), line => line.Text.Contains("main bearing counts as new", StringComparison.Ordinal));
        Assert.DoesNotContain(await _orders.ListAsync(new WorkOrderFilter { OpenOnly = true }, default), order => order.Component == "main bearing");
    }

    [Fact]
    public async Task Order_that_ends_a_run_keeps_of_it_what_came_after_a_repair_without_an_order()
    {
        await WearAsync(hour => hour < 50 ? 1.5 + (0.05 * hour) : 1.5 + (0.06 * (hour - 50)));
        await ReplaceFailedBearingAsync(_orders, Now);

        await RunAsync();

        ComponentRun run = Assert.Single(await _runs.ListAsync("main bearing", 10, default));
        Assert.True(run.BeganUntold);
        Assert.InRange(run.InstalledAt!.Value, Now.AddHours(-46.5), Now.AddHours(-45.5));
        Assert.Equal(-46, run.Samples[0].Hours, 0.5);
    }

    private async Task KeepRunAsync(string line, Func<double, double> level, int hours)
    {
        ManualTime past = new(Now.AddDays(-60));
        WorkOrderBook orders = new(_fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), past), past);
        string order = await ReplaceFailedBearingAsync(orders, past.GetUtcNow().UtcDateTime, line);
        await _runs.SaveAsync(
            new ComponentRun
            {
                Order = order,
                Line = line,
                Machine = "filler",
                Component = "main bearing",
                InstalledAt = null,
                EndedAt = past.GetUtcNow().UtcDateTime,
                Failed = true,
                Limit = 4.5,
                UnitsPerHour = null,
                PredictedAt = null,
                Samples = [.. Enumerable.Range(0, hours / 2).Select(step => new WearSample((2 * step) - hours, level(2 * step)))],
            },
            default);
    }

    private static async Task<string> ReplaceFailedBearingAsync(WorkOrderBook orders, DateTime now, string? line = null)
    {
        WorkOrder order = await orders.ProposeAsync(
            new WorkOrderProposal
            {
                Title = "Replace main bearing",
                Line = line ?? WearPlant.Vibration.Path.Line,
                Machine = "filler",
                Component = "main bearing",
                Priority = WorkOrderPriority.Urgent,
                Origin = "person",
                Reason = "seized",
                DueEarliest = now,
                DueLatest = now,
            },
            "pat",
            default);
        await orders.CloseAsync(order, now, WorkOrderFinding.Failed);
        return order.Id;
    }

    private async Task<string> RunAsync()
    {
        JobRun run = await _history.BeginAsync(_job.Name, "node", "person", Now, default);
        await _job.RunAsync(run, default);
        return run.Id;
    }

    /// <summary>96 hours of readings every 5 minutes, the state only on change.</summary>
    private Task WearAsync(double perHour, double from, Func<int, bool>? stands = null) => WearAsync(hour => from + (perHour * hour), stands);

    private async Task WearAsync(Func<double, double> level, Func<int, bool>? stands = null)
    {
        bool? stood = null;
        List<Reading> readings = [];
        for (int step = 0; step < 96 * 12; step++)
        {
            DateTime time = Now.AddHours(-96).AddMinutes(step * 5);
            bool standing = stands?.Invoke(step / 12) ?? false;
            if (standing != stood)
            {
                readings.Add(new Reading(WearPlant.State, time, standing ? 2 : 6));
                stood = standing;
            }

            readings.Add(new Reading(WearPlant.Vibration, time, standing ? 0.1 : level(step / 12.0) + (0.02 * Math.Sin(step * 12.9898))));
        }

        await _store.WriteAsync(readings);
    }
}
