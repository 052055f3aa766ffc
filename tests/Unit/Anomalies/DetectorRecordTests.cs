using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Server.Api;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Jobs;
using Linewatch.Tests.Unit.Operations;
using TwoLines = Linewatch.Tests.Unit.Operations.BottlingPlant;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>What alerts, verdicts and work orders say of the rules' recall. The breakdown is on line1/filler, 40 days after the desk's start.</summary>
public sealed class DetectorRecordTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTime Breakdown = AlertDesk.Start.AddDays(40);
    private static readonly AlertSource Pressure = new("line1", "filler", "pressure");

    private readonly AlertDesk _desk = new();
    private readonly AlertRulesOptions _rules = new();
    private readonly StoredReadings _stored = new();

    private VerdictBook Verdicts => new(_desk.Fixture.Database, _desk.Alerts, _desk.Clock);

    private WorkOrderBook Orders => new(_desk.Fixture.Database, new CmmsLink(new FixedOptions<CmmsOptions>(new CmmsOptions()), _desk.Clock), _desk.Clock);

    private DetectorRecord Record => new(
        Verdicts, _desk.Alerts, Orders, _stored.Store, _desk.Plant, new FixedOptions<AlertRulesOptions>(_rules), _desk.Clock);

    public Task InitializeAsync() => _stored.Store.EnsureCreatedAsync(default);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _desk.Dispose();
        _stored.Dispose();
    }

    [Theory]
    [InlineData("an alert of yesterday that stands", true, 1.0)]
    [InlineData("an alert that was over within a fortnight before", true, 13.0, 1.0)]
    [InlineData("an old alert that still stands", true, 30.0)]
    [InlineData("an alert that was over long before", false, 20.0, 1.0)]
    [InlineData("an alert that came after it", false, -0.5)]
    [InlineData("an alert that was judged false", false, 1.0, null, Judgement.False)]
    [InlineData("an alert that was judged true", true, 1.0, null, Judgement.True)]
    [InlineData("an alert of the stop itself", false, 0.01, null, null, AlertCause.OwnFailure)]
    [InlineData("an alert of another machine", false, 1.0, null, null, AlertCause.Process, "labeller")]
    public async Task A_breakdown_is_found_where_an_alert_stood_shortly_before_it(
        string what, bool found, double daysBefore, double? lasted = null, Judgement? judgement = null, AlertCause cause = AlertCause.Process, string machine = "filler")
    {
        DateTime raisedAt = Breakdown.AddDays(-daysBefore);
        Alert alert = await RaiseAsync(DetectorRules.Anomaly, raisedAt, cause, Pressure with { Machine = machine });
        if (lasted is { } days)
        {
            await _desk.Alerts.ClearAsync(alert.Rule, alert.Source, raisedAt.AddDays(days), default);
        }

        await BreakAsync(Breakdown, WorkOrderFinding.Failed);
        if (judgement is { } said)
        {
            await Verdicts.JudgeAsync(alert.Id, said, "mara", "", default);
        }

        DetectorMarks marks = await Record.ReadAsync(56, default);

        RecallEstimate expected = found ? new(1, 0) : new(0, 1);
        Assert.True(expected == marks.Recall, $"{what}: {marks.Recall}");
        Assert.Equal(expected, marks.Rules.Single(mark => mark.Rule == DetectorRules.Anomaly).Recall);
    }

    [Theory]
    [InlineData("before the machine stopped for it", true, 9.0, "-400 run, -8 failed")]
    [InlineData("between the stop and the order", false, 7.0, "-400 run, -8 failed")]
    [InlineData("between the stop and the order, the machine standing for days", false, 40.0, "-400 run, -70 failed, -20 clean, -10 failed")]
    [InlineData("before a stop of days", true, 71.0, "-400 run, -70 failed, -20 clean")]
    [InlineData("after an earlier failure, from which the machine ran again", true, 7.0, "-400 run, -30 failed, -8 run")]
    [InlineData("while the machine stood for want of bottles before the order", true, 7.0, "-400 run, -8 lack")]
    public async Task An_alert_found_a_breakdown_only_where_it_came_before_the_machine_stopped_for_it(string what, bool found, double hoursBefore, string states)
    {
        Signal state = TwoLines.Signal(_desk.Plant, "filler", "state");
        await _stored.WriteAsync([.. states.Split(", ").Select(word => word.Split(' ')).Select(entry => new Reading(
            state,
            Breakdown.AddHours(int.Parse(entry[0], CultureInfo.InvariantCulture)),
            entry[1] switch { "run" => TwoLines.Execute, "failed" => TwoLines.Held, "clean" => TwoLines.Clean, _ => TwoLines.Lack }))]);
        await RaiseAsync(DetectorRules.Anomaly, Breakdown.AddHours(-hoursBefore));
        await BreakAsync(Breakdown, WorkOrderFinding.Failed);

        DetectorMarks marks = await Record.ReadAsync(56, default);

        RecallEstimate expected = found ? new(1, 0) : new(0, 1);
        Assert.True(expected == marks.Recall, $"{what}: {marks.Recall}");
    }

    [Fact]
    public async Task A_rule_that_did_not_tell_missed_what_another_found_and_rules_of_sensors_are_not_asked()
    {
        _rules.Rules.Add(new AlertRule { Name = "wire-torn", Kind = AlertRuleKind.Finding, Detector = DetectorRules.SensorFault });
        await RaiseAsync("high-pressure", Breakdown.AddDays(-1));
        await RaiseAsync(DetectorRules.SensorFault, Breakdown.AddDays(-1));
        await RaiseAsync("wire-torn", Breakdown.AddDays(-1));
        Alert sensor = await RaiseAsync("wire-torn", Breakdown.AddDays(-1), source: Pressure with { Machine = "labeller" });
        await BreakAsync(Breakdown, WorkOrderFinding.Failed);
        await Verdicts.JudgeAsync(sensor.Id, Judgement.True, "mara", "", default);

        DetectorMarks marks = await Record.ReadAsync(56, default);

        Assert.Equal(new RecallEstimate(1, 0), marks.Recall);
        Assert.Equal(
            [(DetectorRules.Anomaly, new RecallEstimate(0, 1)), ("high-pressure", new RecallEstimate(1, 0)), ("wire-torn", null)],
            marks.Rules.Select(mark => (mark.Rule, mark.Recall)));
    }

    [Fact]
    public async Task Marks_come_by_signal_and_by_machine_where_its_signals_told_together_and_only_anomalies_move_a_threshold()
    {
        foreach (Alert alert in (Alert[])
            [
                await RaiseAsync(DetectorRules.Anomaly, AlertDesk.Start),
                await RaiseAsync(DetectorRules.Anomaly, AlertDesk.Start, source: Pressure with { Signal = null }),
                await RaiseAsync("spc", AlertDesk.Start),
                await RaiseAsync("silence", AlertDesk.Start, source: Pressure with { Signal = null }),
            ])
        {
            _desk.Clock.Advance(TimeSpan.FromMinutes(1));
            await Verdicts.JudgeAsync(alert.Id, Judgement.False, "mara", "", default);
        }

        Assert.Equal(
            [("line1/filler", DetectorRules.Anomaly, 0.5), ("line1/filler/pressure", DetectorRules.Anomaly, 0.5), ("line1/filler/pressure", "spc", null)],
            (await Record.ReadAsync(56, default)).Signals.Select(mark => (mark.Signal, mark.Rule, mark.Lift)));
    }

    [Fact]
    public async Task Marks_come_by_detector_and_version_with_the_figures_of_the_rules()
    {
        foreach ((string rule, string? foundBy, string signal, Judgement judgement) in ((string, string?, string, Judgement)[])
            [
                (DetectorRules.Anomaly, "duty 1", "pressure1", Judgement.False),
                (DetectorRules.Anomaly, "duty 2", "pressure2", Judgement.True),
                (DetectorRules.Anomaly, "duty 2", "pressure3", Judgement.Duty),
                (DetectorRules.SensorFault, "duty 2", "pressure4", Judgement.True),
                ("high-pressure", null, "pressure5", Judgement.False),
            ])
        {
            Alert alert = await RaiseAsync(rule, AlertDesk.Start, source: new AlertSource("line1", "labeller", signal), foundBy: foundBy);
            await Verdicts.JudgeAsync(alert.Id, judgement, "mara", "", default);
        }

        await RaiseAsync(DetectorRules.Anomaly, Breakdown.AddDays(-1), foundBy: "signal 4");
        await BreakAsync(Breakdown, WorkOrderFinding.Failed);

        DetectorMarks marks = await Record.ReadAsync(56, default);

        double once = 1 / (8.0 * _desk.Plant.Value.Lines.Sum(line => line.Machines.Count));
        Assert.Equal(
            [
                ("duty 1", DetectorRules.Anomaly, 0, 1, 0, once, new RecallEstimate(0, 1)),
                ("duty 2", DetectorRules.Anomaly, 1, 1, 0.5, once, new RecallEstimate(1, 1)),
                ("duty 2", DetectorRules.SensorFault, 1, 0, 1, 0, null),
                ("signal 4", DetectorRules.Anomaly, 0, 0, null, 0, new RecallEstimate(1, 0)),
            ],
            marks.Detectors.Select(mark => (mark.Detector, mark.Rule, mark.True, mark.False, mark.Precision, mark.FalsePerMachineWeek, mark.Recall)));
    }

    [Fact]
    public async Task Faults_seen_to_in_time_are_found_and_several_true_alerts_of_a_machine_within_a_fortnight_are_one()
    {
        foreach (double day in (double[])[1, 3, 20])
        {
            _desk.Clock.Advance(AlertDesk.Start.AddDays(day) - _desk.Clock.GetUtcNow().UtcDateTime);
            Alert alert = await RaiseAsync(DetectorRules.Anomaly, AlertDesk.Start.AddDays(day), source: Pressure with { Signal = $"pressure{day}" });
            await Verdicts.JudgeAsync(alert.Id, Judgement.True, "mara", "", default);
        }

        Assert.Equal(new RecallEstimate(2, 0), (await Record.ReadAsync(56, default)).Recall);
    }

    [Fact]
    public async Task What_was_found_sound_or_broke_before_the_time_asked_for_is_no_breakdown()
    {
        await BreakAsync(Breakdown.AddDays(-10), WorkOrderFinding.Failed);
        await BreakAsync(Breakdown, WorkOrderFinding.Sound);

        Assert.Equal(new RecallEstimate(0, 0), (await Record.ReadAsync(7, default)).Recall);
        Assert.Equal(new RecallEstimate(0, 1), (await Record.ReadAsync(14, default)).Recall);
    }

    [Fact]
    public async Task What_failed_while_its_planned_order_waited_was_found_when_work_began()
    {
        WorkOrder order = await ProposeAsync("forecast");
        await RaiseAsync(DetectorRules.Anomaly, AlertDesk.Start.AddDays(5));
        _desk.Clock.Advance(TimeSpan.FromDays(10));
        await Orders.CloseAsync(order, _desk.Clock.GetUtcNow().UtcDateTime, WorkOrderFinding.Failed);

        Assert.Equal(new RecallEstimate(1, 0), (await Record.ReadAsync(56, default)).Recall);
    }

    private Task<Alert> RaiseAsync(string rule, DateTime eventTime, AlertCause cause = AlertCause.Process, AlertSource? source = null, string? foundBy = null) => _desk.Alerts.RaiseAsync(
        new AlertCondition { Rule = rule, FoundBy = foundBy, Source = source ?? Pressure, Cause = cause, Severity = AlertSeverity.Advisory, EventTime = eventTime, Message = "Pressure is 4.6 bar" },
        default);

    private async Task BreakAsync(DateTime at, WorkOrderFinding finding)
    {
        _desk.Clock.Advance(at - _desk.Clock.GetUtcNow().UtcDateTime);
        await Orders.CloseAsync(await ProposeAsync("person"), at, finding);
    }

    private Task<WorkOrder> ProposeAsync(string origin) => Orders.ProposeAsync(
        new WorkOrderProposal
        {
            Title = "Replace main bearing",
            Line = "line1",
            Machine = "filler",
            Component = "main bearing",
            Origin = origin,
            Reason = "seized",
            DueEarliest = AlertDesk.Start,
            DueLatest = AlertDesk.Start,
        },
        "pat",
        default);
}
