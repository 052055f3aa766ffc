using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Operations;

public sealed class RuleFlowTests : IDisposable
{
    private readonly AlertDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Delay_ends_by_the_clock_once_the_line_is_caught_up()
    {
        using RuleFlow flow = Flow();
        await flow.HandleAsync(Batch(1, AlertDesk.Start, BottlingPlant.Held), default);
        Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));

        _desk.Clock.Advance(TimeSpan.FromMinutes(2));
        await flow.AdvanceAsync(default);

        Assert.Equal("own-failure", Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default)).Rule);
    }

    [Fact]
    public async Task Restart_in_the_middle_of_a_delay_goes_on_where_it_was()
    {
        using (RuleFlow before = Flow())
        {
            await before.HandleAsync(Batch(1, AlertDesk.Start, BottlingPlant.Held), default);
        }

        await _desk.RestartAsync();
        _desk.Clock.Advance(TimeSpan.FromMinutes(3));
        using RuleFlow flow = Flow();
        await flow.HandleAsync(Batch(2, AlertDesk.Start.AddMinutes(3), BottlingPlant.Held), default);

        Alert alert = Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default));
        Assert.Equal((AlertDesk.Start, "Filler has stopped by a fault of its own"), (alert.RaisedAt, alert.Message));
    }

    [Fact]
    public async Task Replay_out_of_quarantine_calls_nobody()
    {
        using RuleFlow flow = Flow();
        await flow.HandleAsync(Batch(-1, AlertDesk.Start, BottlingPlant.Held), default);
        await flow.HandleAsync(Batch(-2, AlertDesk.Start.AddMinutes(5), BottlingPlant.Held), default);

        Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));
    }

    private RuleFlow Flow() => new(
        new LineAlertsFactory(_desk.Alerts, _desk.Fixture.Database, new FixedOptions<AlertRulesOptions>(new AlertRulesOptions())),
        _desk.Plant,
        new ServiceCollection().BuildServiceProvider(),
        _desk.Clock,
        NullLogger<RuleFlow>.Instance);

    private ReadingBatch Batch(long through, DateTime eventTime, int code)
    {
        ReadingBatch batch = new() { Plant = _desk.Plant.Value, Through = through, LastReceiveTime = eventTime };
        batch.Add(new Reading(BottlingPlant.Signal(_desk.Plant, "filler", "state"), eventTime, code));
        return batch;
    }
}
