using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>What people say reaches the watch of the signal, and no other.</summary>
public sealed class JudgementsTests : IDisposable
{
    private readonly AlertDesk _desk = new();
    private readonly VerdictBook _verdicts;
    private IReadOnlyList<LineAnalysis>? _lines;
    private readonly Judgements _judgements;
    private readonly Signal[] _signals;

    public JudgementsTests()
    {
        _verdicts = new VerdictBook(_desk.Fixture.Database, _desk.Alerts, _desk.Clock);
        _lines = Lines();
        _signals = [.. _lines[0].Watches.Select(watch => watch.Signal)];
        _judgements = new Judgements(
            () => _lines, _verdicts, new FixedOptions<AlertRulesOptions>(new AlertRulesOptions()), _desk.Clock, NullLogger<Judgements>.Instance);
    }

    public void Dispose()
    {
        _judgements.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task A_false_alarm_lifts_the_alarm_score_of_its_signal_only_and_is_learned()
    {
        await _judgements.LookAsync(default);

        await JudgeAsync(0, Judgement.False);
        await _judgements.LookAsync(default);
        await _judgements.LookAsync(default);

        Assert.Equal(0.5, Watch(0).Monitor.Lift);
        Assert.Equal(1, Heard(0).Accepted);
        Assert.Equal((0.0, 0), (Watch(1).Monitor.Lift, Heard(1).Accepted));
    }

    [Fact]
    public async Task Three_true_alarms_lower_it_and_nothing_is_learned()
    {
        await _judgements.LookAsync(default);

        for (int i = 0; i < 3; i++)
        {
            await JudgeAsync(0, Judgement.True);
            await _judgements.LookAsync(default);
        }

        Assert.Equal(-0.25, Watch(0).Monitor.Lift);
        Assert.Equal(0, Heard(0).Accepted);
    }

    [Fact]
    public async Task Who_changes_their_mind_counts_once()
    {
        await _judgements.LookAsync(default);
        string alert = await JudgeAsync(0, Judgement.False);
        await _judgements.LookAsync(default);

        _desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await _verdicts.JudgeAsync(alert, Judgement.True, "ann", "", default);
        await _judgements.LookAsync(default);

        Assert.Equal((1, 0, 0.0), (Watch(0).Rule.Trues, Watch(0).Rule.Falses, Watch(0).Monitor.Lift));
    }

    [Fact]
    public async Task After_a_restart_or_a_change_of_the_plant_the_scores_are_as_before_and_nothing_is_learned_again()
    {
        await JudgeAsync(0, Judgement.Duty);
        await _judgements.LookAsync(default);
        Assert.Equal((0.5, 0), (Watch(0).Monitor.Lift, Heard(0).Accepted));

        _lines = Lines();
        await _judgements.LookAsync(default);

        Assert.Equal((0.5, 0), (Watch(0).Monitor.Lift, Heard(0).Accepted));
    }

    [Fact]
    public async Task While_the_lines_are_read_back_verdicts_wait()
    {
        IReadOnlyList<LineAnalysis>? lines = _lines;
        _lines = null;
        await JudgeAsync(0, Judgement.False);
        await _judgements.LookAsync(default);

        _lines = lines;
        await _judgements.LookAsync(default);

        Assert.Equal(0.5, Watch(0).Monitor.Lift);
    }

    [Fact]
    public async Task A_false_alarm_of_a_machines_signals_together_lifts_the_limit_of_its_rows_only()
    {
        RowWatch[] rows = [.. _lines![0].RowWatches];
        await JudgeAsync(rows[0].Source, Judgement.False);
        await _judgements.LookAsync(default);

        Assert.Equal((1, 0.5), (rows[0].Rule.Falses, rows[0].Rule.Lift));
        Assert.All(rows[1..], other => Assert.Equal(0, other.Rule.Falses));
        Assert.All(_lines[0].Watches, watch => Assert.Equal(0, watch.Rule.Falses));
    }

    [Fact]
    public async Task Verdicts_on_alerts_of_other_rules_say_nothing_about_these_watches()
    {
        RowWatch rows = _lines![0].RowWatches[0];
        await _judgements.LookAsync(default);
        await JudgeAsync(rows.Source, Judgement.False, "silence");
        await JudgeAsync(AlertSource.Of(_signals[0].Path), Judgement.False, "spc");
        await _judgements.LookAsync(default);

        Assert.Equal((0, 0, 0), (rows.Rule.Falses, Watch(0).Rule.Falses, Heard(0).Accepted));
    }

    [Fact]
    public async Task A_plants_own_rule_over_anomalies_counts_like_the_built_in_one()
    {
        AlertRulesOptions own = new();
        own.Rules.Add(new AlertRule { Name = "filler-odd", Kind = AlertRuleKind.Finding, Detector = DetectorRules.Anomaly });
        using Judgements judgements = new(() => _lines, _verdicts, new FixedOptions<AlertRulesOptions>(own), _desk.Clock, NullLogger<Judgements>.Instance);
        await JudgeAsync(AlertSource.Of(_signals[0].Path), Judgement.False, "filler-odd");
        await judgements.LookAsync(default);

        Assert.Equal(0.5, Watch(0).Monitor.Lift);
    }

    private SignalWatch Watch(int signal) => _lines![0].Watches.Single(watch => watch.Signal == _signals[signal]);

    private HeardMonitor Heard(int signal) => (HeardMonitor)Watch(signal).Monitor;

    private Task<string> JudgeAsync(int signal, Judgement judgement) => JudgeAsync(AlertSource.Of(_signals[signal].Path), judgement);

    private async Task<string> JudgeAsync(AlertSource source, Judgement judgement, string rule = DetectorRules.Anomaly)
    {
        _desk.Clock.Advance(TimeSpan.FromMinutes(1));
        Alert alert = await _desk.Alerts.RaiseAsync(
            new AlertCondition
            {
                Rule = rule,
                Source = source,
                Severity = AlertSeverity.Advisory,
                EventTime = _desk.Clock.GetUtcNow().UtcDateTime,
                Message = "odd",
            },
            default);
        await _verdicts.JudgeAsync(alert.Id, judgement, "mara", "", default);
        await _desk.Alerts.AcknowledgeAsync(alert.Id, "mara", "", default);
        await _desk.Alerts.ClearAsync(rule, alert.Source, _desk.Clock.GetUtcNow().UtcDateTime, default);
        return alert.Id;
    }

    private LineAnalysis[] Lines()
    {
        Plant plant = _desk.Plant.Value;
        KeptMonitors nothing = new(MonitorSettings.Default);
        LineAnalysis[] lines = [.. plant.Lines.Select(line => new LineAnalysis(plant, line, nothing, TimeProvider.System))];
        foreach (SignalWatch watch in lines.SelectMany(line => line.Watches))
        {
            watch.Adopt(new HeardMonitor());
        }

        return lines;
    }

    /// <summary>Remembers what it is told.</summary>
    private sealed class HeardMonitor : ISignalMonitor
    {
        public int Accepted { get; private set; }

        public string Detector => "heard";

        public double AlarmScore => 1;

        public double Lift { get; set; }

        public double Deviation => double.NaN;

        public ErrorShape Errors { get; } = new();

        public void Accept() => Accepted++;

        public void Calm()
        {
        }

        public IReadOnlyList<(string Detector, double Surprise)> Contributions() => [];

        public SignalVerdict Observe(DateTime eventTime, double value, in SignalContext context) => default;

        public void Save(StateWriter state)
        {
        }
    }
}
