using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Tests.Unit.Operations;

public sealed class RuleFlowTests : IDisposable
{
    private readonly AlertDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Delay_ends_by_the_time_up_to_which_all_was_taken()
    {
        using RuleFlow flow = _desk.RuleFlow();
        await flow.HandleAsync(Batch(1, AlertDesk.Start, BottlingPlant.Held), default);
        Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));

        // As far as everything that came was taken, though more waits; while a backlog is read it stands.
        await flow.AdvanceAsync(handledThrough: null, default);
        await flow.AdvanceAsync(AlertDesk.Start.AddSeconds(1), default);
        Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));
        await flow.AdvanceAsync(AlertDesk.Start.AddMinutes(2), default);

        Assert.Equal("own-failure", Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default)).Rule);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_machine_that_falls_silent_is_told_while_another_of_its_line_talks_on(int looked)
    {
        using RuleFlow flow = _desk.RuleFlow();
        await flow.HandleAsync(Batch(1, AlertDesk.Start, BottlingPlant.Execute, "packer"), default);
        for (int minute = 1; minute <= 5; minute++)
        {
            Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));
            await flow.HandleAsync(Batch(1 + minute, AlertDesk.Start.AddMinutes(minute), BottlingPlant.Execute), default);
            await flow.AdvanceAsync(AlertDesk.Start.AddMinutes(minute).AddSeconds(looked), default);
        }

        Alert alert = Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default));
        Assert.Equal(("silent", "packer"), (alert.Rule, alert.Source.Machine));
    }

    [Fact]
    public async Task Restart_in_the_middle_of_a_delay_goes_on_where_it_was()
    {
        using (RuleFlow before = _desk.RuleFlow())
        {
            await before.HandleAsync(Batch(1, AlertDesk.Start, BottlingPlant.Held), default);
        }

        await _desk.RestartAsync();
        _desk.Clock.Advance(TimeSpan.FromMinutes(3));
        using RuleFlow flow = _desk.RuleFlow();
        await flow.HandleAsync(Batch(2, AlertDesk.Start.AddMinutes(3), BottlingPlant.Held), default);

        Alert alert = Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default));
        Assert.Equal((AlertDesk.Start, "Filler has stopped by a fault of its own"), (alert.RaisedAt, alert.Message));
    }

    [Fact]
    public async Task Replay_out_of_quarantine_calls_nobody()
    {
        using RuleFlow flow = _desk.RuleFlow();
        await flow.HandleAsync(Batch(-1, AlertDesk.Start, BottlingPlant.Held), default);
        await flow.HandleAsync(Batch(-2, AlertDesk.Start.AddMinutes(5), BottlingPlant.Held), default);

        Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));
    }

    [Fact]
    public async Task Finding_about_no_line_waits_out_its_delay_by_the_clock_while_the_journal_is_behind_and_across_a_restart()
    {
        AlertFinding full = new() { Detector = "journal-full", Source = new AlertSource(""), IsActive = true, EventTime = AlertDesk.Start, Message = "full" };
        using (RuleFlow before = _desk.RuleFlow())
        {
            await before.TakeAsync([full], default);
            _desk.Clock.Advance(TimeSpan.FromSeconds(20));
            await before.AdvanceAsync(handledThrough: null, default);
            Assert.Empty(await _desk.Alerts.ListAsync(new AlertFilter(), default));
        }

        await _desk.RestartAsync();
        using RuleFlow flow = _desk.RuleFlow();
        Assert.Equal(full, Assert.Single(await flow.StandingAsync(["journal-full"], default)));
        _desk.Clock.Advance(TimeSpan.FromSeconds(10));
        await flow.AdvanceAsync(handledThrough: null, default);

        Assert.Equal((true, AlertDesk.Start), Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default)) is var alert ? (alert.IsActive, alert.RaisedAt) : default);
        Assert.Empty(await flow.StandingAsync(["balance"], default));
    }

    [Theory]
    [InlineData("line1", "filler", "pressure", true)]
    [InlineData("line1", "filler", null, true)]
    [InlineData("", "store", null, true)]
    [InlineData("line1", "filler", "gone", false)]
    [InlineData("line1", "gone", null, false)]
    [InlineData("gone", "", null, false)]
    public async Task Alert_of_what_the_plant_no_longer_has_is_cleared(string line, string machine, string? signal, bool stands)
    {
        await _desk.Alerts.RaiseAsync(
            new AlertCondition { Rule = "odd", Source = new AlertSource(line, machine, signal), Severity = AlertSeverity.Low, EventTime = AlertDesk.Start, Message = "odd" }, default);
        _desk.Clock.Advance(TimeSpan.FromMinutes(1));

        using RuleFlow flow = _desk.RuleFlow();
        await flow.AdvanceAsync(AlertDesk.Start.AddMinutes(1), default);

        Assert.Equal(stands, Assert.Single(await _desk.Alerts.ListAsync(new AlertFilter(), default)).IsActive);
    }

    private ReadingBatch Batch(long through, DateTime eventTime, int code, string machine = "filler")
    {
        ReadingBatch batch = new() { Plant = _desk.Plant.Value, Through = through, LastReceiveTime = eventTime };
        batch.Add(new Reading(BottlingPlant.Signal(_desk.Plant, machine, "state"), eventTime, code));
        return batch;
    }
}
