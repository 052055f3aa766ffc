using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Anomalies.Training;

/// <summary>The watch over a machine's rows is part of its trained model: fitted, held back, counted, written and read.</summary>
public sealed class RowTrainingTests
{
    private const double Days = 5;
    private const double HeldBackFrom = 3.5;

    public static TheoryData<RowDetector> Kinds => [.. Enum.GetValues<RowDetector>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_a_sound_machine_it_is_fitted_and_quiet_and_the_model_brings_it(RowDetector kind)
    {
        (MachineLearner learner, TrainingMetrics metrics) = Learn(new Mixer(kind));
        MachineModel model = MachineModel.Read(learner.Save(), MonitorSettings.Default);

        Assert.Equal((3, 0), (metrics.Rows!.Signals, metrics.Rows.Alarms));
        Assert.InRange(metrics.Rows.TrainingRows, 4000, 5040);
        Assert.Equal(0, metrics.FalseAlarms);
        Assert.Equal((kind, 3), (model.Rows!.Kind, model.Rows.Signals.Count));
        Assert.InRange(metrics.Rows.Drift!.Value, 0, 0.1);
        Assert.InRange(metrics.Rows.Distance!.Value, 0, 0.1);
        Assert.Equal((metrics.Rows.Drift, metrics.Rows.Distance), (model.Rows.Errors.Drift, model.Rows.Errors.Distance));
    }

    [Fact]
    public void A_relation_that_breaks_in_the_days_held_back_counts_where_no_signal_alone_tells()
    {
        static bool Broken(double day) => day > 4.5;

        (_, TrainingMetrics alone) = Learn(new Mixer(rows: null), [], Broken);
        (_, TrainingMetrics together) = Learn(new Mixer(), [], Broken);

        Assert.Equal((0, null), (alone.FalseAlarms, alone.Rows));
        Assert.Equal((1, 1), (together.FalseAlarms, together.Rows!.Alarms));
    }

    [Theory]
    [InlineData(null, "current", 0, 1, 0)]
    [InlineData(Judgement.True, "current", 0, 0, 1)]
    [InlineData(Judgement.True, null, 0, 0, 1)]
    [InlineData(Judgement.False, null, 1, 0, 0)]
    public void Its_alarm_counts_by_what_was_said_of_the_machine_or_one_of_its_signals(Judgement? verdict, string? signal, int falses, int unjudged, int found)
    {
        JudgedSpan span = new(signal, Series.Start.AddDays(4.5), Series.Start.AddDays(6), verdict);

        (_, TrainingMetrics metrics) = Learn(new Mixer(), [span], day => day > 4.5);

        Assert.Equal((falses, unjudged, found), (metrics.FalseAlarms, metrics.UnjudgedAlarms, metrics.TrueFound));
    }

    [Fact]
    public void A_model_in_use_goes_on_with_its_rows_and_one_trained_before_rows_were_chosen_has_none()
    {
        (MachineLearner first, _) = Learn(new Mixer());
        (MachineLearner before, _) = Learn(new Mixer(rows: null));
        Mixer mixer = new();
        DateTime from = Series.Start.AddDays(Days);

        Assert.Equal([1, null], ((MachineLearner[])[first, before]).Select(learner =>
        {
            MachineLearner rival = new(mixer.Machine, MonitorSettings.Default, [], [], MachineModel.Read(learner.Save(), MonitorSettings.Default), from);
            rival.HoldBack(from, endTraining: false);
            mixer.Readings(from, 2, seed: 7, day => day > 1).ForEach(reading => rival.Observe(reading));
            return rival.Metrics().Rows?.Alarms;
        }));
    }

    [Fact]
    public void Rows_of_another_kind_than_the_plant_file_chooses_now_are_not_taken_over()
    {
        (MachineLearner learner, _) = Learn(new Mixer());

        MachineLearner rival = new(
            new Mixer(RowDetector.IsolationForest).Machine, MonitorSettings.Default, [], [], MachineModel.Read(learner.Save(), MonitorSettings.Default), Series.Start.AddDays(Days));

        Assert.Null(rival.Metrics().Rows);
    }

    [Fact]
    public void Too_few_rows_make_no_watch_and_a_dead_sensor_is_left_out_of_it()
    {
        Mixer mixer = new();
        MachineLearner brief = new(mixer.Machine, MonitorSettings.Default, [], []);
        mixer.Readings(Series.Start, 0.4).ForEach(reading => brief.Observe(reading));
        brief.HoldBack(Series.Start.AddDays(0.4), endTraining: true);

        MachineLearner withDead = new(mixer.Machine, MonitorSettings.Default, [], []);
        mixer.Readings(Series.Start, 3).ForEach(reading => withDead.Observe(
            reading.Signal.Path.Signal == "pressure" && reading.EventTime > Series.Start.AddDays(1) ? new Reading(reading.Signal, reading.EventTime, double.NaN) : reading));
        withDead.HoldBack(Series.Start.AddDays(3), endTraining: true);

        Assert.Null(brief.Metrics().Rows);
        Assert.Equal(["flow", "current"], MachineModel.Read(withDead.Save(), MonitorSettings.Default).Rows!.Signals);
    }

    private static (MachineLearner Learner, TrainingMetrics Metrics) Learn(Mixer mixer, IReadOnlyList<JudgedSpan>? judged = null, Func<double, bool>? broken = null)
    {
        MachineLearner learner = new(mixer.Machine, MonitorSettings.Default, judged ?? [], []);
        DateTime heldBackFrom = Series.Start.AddDays(HeldBackFrom);
        bool isHeldBack = false;
        foreach (Reading reading in mixer.Readings(Series.Start, Days, broken: broken))
        {
            if (!isHeldBack && reading.EventTime >= heldBackFrom)
            {
                learner.HoldBack(heldBackFrom, endTraining: true);
                isHeldBack = true;
            }

            learner.Observe(reading);
        }

        return (learner, learner.Metrics());
    }
}
