using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Jobs.Training;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Anomalies;
using Linewatch.Tests.Unit.Anomalies.Training;
using Linewatch.Tests.Unit.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>Scores that drift from training become an alert by the rule of the plant, with its delay and its severity.</summary>
public sealed class DriftWatchTests : IDisposable
{
    private const int Enough = 5000;

    private readonly AlertDesk _desk = new(Line1.Plant);
    private readonly LineAnalysis _line = Trained();

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("1", "")]
    [InlineData("0.4", "raised")]
    [InlineData("0.4 0.4", "raised")]
    [InlineData("0.4 1", "raised cleared")]
    public async Task Scores_that_drift_from_training_are_one_alert_until_they_are_back(string spreads, string expected)
    {
        using RuleFlow rules = _desk.RuleFlow();

        Assert.Equal(expected, await TellAsync(rules, spreads));
    }

    [Fact]
    public async Task Drift_just_below_the_limit_raises_nothing_and_ends_nothing_that_stands()
    {
        using RuleFlow rules = _desk.RuleFlow();
        Score(0.4);
        double drift = _line.Watches.Single().Monitor.Errors.Drift!.Value;

        await LookAsync(rules, limit: 1.1 * drift);
        Assert.Empty(await AlertsAsync());

        await LookAsync(rules, limit: 0.9 * drift);
        await LookAsync(rules, limit: 1.1 * drift);
        Assert.True(Assert.Single(await AlertsAsync()).IsActive);

        await LookAsync(rules, limit: 1.3 * drift);
        Assert.False(Assert.Single(await AlertsAsync()).IsActive);
    }

    [Fact]
    public async Task Delay_and_severity_of_the_plants_rule_hold()
    {
        AlertRulesOptions patient = new();
        patient.Rules.Add(new AlertRule { Name = DetectorRules.Drift, Kind = AlertRuleKind.Finding, Detector = DetectorRules.Drift, OnDelay = TimeSpan.FromHours(2), Severity = AlertSeverity.Medium });
        using RuleFlow rules = _desk.RuleFlow(patient);

        Assert.Equal("", await TellAsync(rules, "0.4 0.4"));
        Assert.Equal("raised", await TellAsync(rules, "0.4"));
        Assert.Equal(AlertSeverity.Medium, Assert.Single(await AlertsAsync()).Severity);
    }

    [Fact]
    public async Task Alert_outlives_a_restart_and_ends_with_the_model_that_was_compared()
    {
        using (RuleFlow before = _desk.RuleFlow())
        {
            await TellAsync(before, "0.4");
        }

        await _desk.RestartAsync();
        using RuleFlow rules = _desk.RuleFlow();
        await TellAsync(rules, "0.4");
        Alert alert = Assert.Single(await AlertsAsync());
        Assert.Equal((AlertSeverity.Advisory, 1L, true), (alert.Severity, alert.Occurrences, alert.IsActive));
        Assert.EndsWith("a training is due", alert.Message, StringComparison.Ordinal);

        _line.Adopt("filler", Learned(), MonitorSettings.Default, use: 2);
        await LookAsync(rules);
        Assert.False(Assert.Single(await AlertsAsync()).IsActive);
    }

    [Fact]
    public async Task The_signals_of_a_machine_together_are_told_of_as_the_machine_by_the_same_rule()
    {
        Mixer mixer = new();
        using AlertDesk desk = new(new CurrentPlant(mixer.Plant));
        LineAnalysis line = new(mixer.Plant, mixer.Line, new KeptMonitors(MonitorSettings.Default), TimeProvider.System);
        line.Adopt("mixer", Learned(mixer.Machine, mixer.Readings(AlertDesk.Start.AddDays(-6), 6)), MonitorSettings.Default, use: 1);
        using RuleFlow rules = desk.RuleFlow();
        using DriftWatch watch = new(() => [line], rules, Options.Create(new TrainDetectorsOptions()), desk.Clock, NullLogger<DriftWatch>.Instance);
        Array.ForEach(Series.Noise(3, Enough), error => Assert.Single(line.RowWatches).Rows!.Errors.Add(0.4 * error));

        await watch.LookAsync(default);

        DetectorDrift drift = Assert.Single(watch.Drifts());
        Assert.Equal(("line1", "mixer", null, "Mixer", true), (drift.Line, drift.Machine, drift.Signal, drift.Name, drift.IsDrifting));
        Alert alert = Assert.Single(await desk.Alerts.ListAsync(new AlertFilter { Rule = DetectorRules.Drift }, default));
        Assert.Equal((new AlertSource("line1", "mixer"), true), (alert.Source, alert.IsActive));
        Assert.StartsWith("Mixer: its signals go together otherwise than when the detector was trained (stability index ", alert.Message, StringComparison.Ordinal);

        // Another model knows nothing of late yet.
        line.Adopt("mixer", Learned(mixer.Machine, mixer.Readings(AlertDesk.Start.AddDays(-6), 6)), MonitorSettings.Default, use: 2);
        await watch.LookAsync(default);
        Assert.Equal("raised cleared", await desk.StoryAsync(DetectorRules.Drift));
    }

    private static LineAnalysis Trained()
    {
        LineAnalysis line = new(Line1.Plant.Value, Line1.Line, new KeptMonitors(MonitorSettings.Default), TimeProvider.System);
        line.Adopt("filler", Learned(), MonitorSettings.Default, use: 1);
        return line;
    }

    private static MachineModel Learned() => Learned(Line1.Filler, Line1.Readings(AlertDesk.Start.AddDays(-6), 6));

    private static MachineModel Learned(Machine machine, List<Reading> readings)
    {
        MachineLearner learner = new(machine, MonitorSettings.Default, [], []);
        foreach (Reading reading in readings)
        {
            learner.Observe(reading);
        }

        learner.HoldBack(AlertDesk.Start, endTraining: true);
        return MachineModel.Read(learner.Save(), MonitorSettings.Default);
    }

    /// <summary>An hour for each spread of the errors, 1 = as in training; what the alert's history says in the end.</summary>
    private async Task<string> TellAsync(RuleFlow rules, string spreads)
    {
        foreach (string spread in spreads.Split(' '))
        {
            _desk.Clock.Advance(TimeSpan.FromHours(1));
            Score(double.Parse(spread, System.Globalization.CultureInfo.InvariantCulture));
            await LookAsync(rules);
            await LookAsync(rules);
        }

        return await _desk.StoryAsync(DetectorRules.Drift);
    }

    private void Score(double spread) => Array.ForEach(Series.Noise(3, Enough), error => _line.Watches.Single().Monitor.Errors.Add(spread * error));

    private async Task LookAsync(RuleFlow rules, double? limit = null)
    {
        TrainDetectorsOptions options = new();
        options.MostDrift = limit ?? options.MostDrift;
        using DriftWatch watch = new(() => [_line], rules, Options.Create(options), _desk.Clock, NullLogger<DriftWatch>.Instance);
        await watch.LookAsync(default);
        Assert.All(watch.Drifts(), drift => Assert.Equal(drift.Drift > options.MostDrift, drift.IsDrifting));
    }

    private Task<IReadOnlyList<Alert>> AlertsAsync() => _desk.Alerts.ListAsync(new AlertFilter { Rule = DetectorRules.Drift }, default);
}
