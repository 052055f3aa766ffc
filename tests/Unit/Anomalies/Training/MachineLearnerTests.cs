using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Anomalies.Training;

public sealed class MachineLearnerTests
{
    [Fact]
    public void Of_a_steady_machine_the_model_is_calibrated_and_raises_no_false_alarm()
    {
        TrainingMetrics metrics = Learn(new MachineLearner(Line1.Filler, MonitorSettings.Default, [], []), days: 8);

        Assert.Equal((1, 1, 0, 0), (metrics.Signals, metrics.Judging, metrics.FalseAlarms, metrics.SensorFaults));
        Assert.InRange(metrics.Drift!.Value, 0, 0.1);
        Assert.InRange(metrics.Distance!.Value, 0, 0.08);
        Assert.InRange(metrics.HeldBackDays, 1.9, 2);
        Assert.Equal(6 * 1440, metrics.TrainingReadings);
    }

    [Theory]
    [InlineData(null, 0, 1, 0, 0)]
    [InlineData(Judgement.True, 0, 0, 1, 0)]
    [InlineData(Judgement.False, 1, 0, 0, 1)]
    [InlineData(Judgement.Duty, 1, 0, 0, 1)]
    public void An_alarm_held_back_counts_by_what_was_said_of_it(Judgement? verdict, int falses, int unjudged, int found, int repeated)
    {
        JudgedSpan span = new("bearing_vibration", Series.Start.AddDays(6.5), Series.Start.AddDays(8), verdict);

        TrainingMetrics metrics = Learn(new MachineLearner(Line1.Filler, MonitorSettings.Default, [span], []), days: 8, shift: day => day > 6.5 ? 5 : 0);

        Assert.Equal((falses, unjudged, found, repeated), (metrics.FalseAlarms, metrics.UnjudgedAlarms, metrics.TrueFound, metrics.FalseRepeated));
        Assert.Equal(verdict == Judgement.True ? 1 : 0, metrics.TrueKnown);
        Assert.Equal(1, Assert.Single(metrics.BySignal).Alarms);
    }

    [Fact]
    public void A_fault_at_the_beginning_that_was_judged_true_is_not_learned()
    {
        double Fault(double day) => day < 1.5 ? 8 : 0;
        JudgedSpan span = new("bearing_vibration", Series.Start, Series.Start.AddDays(1.5), Judgement.True);

        TrainingMetrics judged = Learn(new MachineLearner(Line1.Filler, MonitorSettings.Default, [span], []), days: 8, Fault);

        Assert.Equal((6 * 1440) - (int)(1.5 * 1440), judged.TrainingReadings, 2.0);
        Assert.Equal(0, judged.FalseAlarms);
    }

    [Fact]
    public void A_model_saved_and_read_back_goes_on_as_the_learner_does()
    {
        MachineLearner learner = new(Line1.Filler, MonitorSettings.Default, [], []);
        _ = Learn(learner, days: 6);
        byte[] state = learner.Save();
        List<Reading> more = Line1.Readings(Series.Start.AddDays(6), 2, seed: 5, day => day > 1 ? 5 : 0);

        MachineLearner[] readers =
        [
            learner,
            new MachineLearner(Line1.Filler, MonitorSettings.Default, [], [], MachineModel.Read(state, MonitorSettings.Default), Series.Start.AddDays(6)),
        ];
        foreach (MachineLearner reader in readers)
        {
            reader.HoldBack(Series.Start.AddDays(6), endTraining: false);
            more.ForEach(reading => reader.Observe(reading));
        }

        Assert.Equal(1, readers[1].Metrics().FalseAlarms);
        Assert.Equal(readers[0].Metrics().Drift, readers[1].Metrics().Drift);
    }

    [Fact]
    public void A_level_that_work_on_the_machine_left_is_learned()
    {
        double Repaired(double day) => day > 7 ? 6 : 0;

        TrainingMetrics told = Learn(new MachineLearner(Line1.Filler, MonitorSettings.Default, [], [Series.Start.AddDays(7)]), days: 8, Repaired);
        TrainingMetrics untold = Learn(new MachineLearner(Line1.Filler, MonitorSettings.Default, [], []), days: 8, Repaired);

        Assert.Equal((0, 1), (told.FalseAlarms, untold.FalseAlarms));
    }

    [Fact]
    public void A_torn_model_is_refused()
    {
        byte[] state = new MachineLearner(Line1.Filler, MonitorSettings.Default, [], []).Save();

        Assert.Throws<InvalidDataException>(() => MachineModel.Read(state.AsMemory(0, state.Length - 9), MonitorSettings.Default));
        Assert.Throws<InvalidDataException>(() => MachineModel.Read(new byte[64], MonitorSettings.Default));
    }

    /// <summary>Learns from all but the last two days and holds those back.</summary>
    private static TrainingMetrics Learn(MachineLearner learner, double days, Func<double, double>? shift = null)
    {
        DateTime heldBackFrom = Series.Start.AddDays(days - 2);
        bool isHeldBack = false;
        foreach (Reading reading in Line1.Readings(Series.Start, days, shift: shift))
        {
            if (!isHeldBack && reading.EventTime >= heldBackFrom)
            {
                learner.HoldBack(heldBackFrom, endTraining: true);
                isHeldBack = true;
            }

            learner.Observe(reading);
        }

        return learner.Metrics();
    }
}
