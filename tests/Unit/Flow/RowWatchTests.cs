using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Anomalies;
using Linewatch.Tests.Unit.Anomalies.Training;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>A trained model watches the live rows of a machine, and its anomalies take the way of the signals'.</summary>
public sealed class RowWatchTests
{
    private static readonly Lazy<byte[]> Model = new(Learned);

    private readonly Mixer _mixer = new();

    [Fact]
    public void A_relation_that_breaks_is_told_of_the_machine_with_what_drives_it_and_ends()
    {
        (List<AlertFinding> findings, List<DerivedPoint> points) = Watch(Trained(_mixer), 0, 2, day => day is > 0.5 and < 1);

        AlertFinding told = Assert.Single(findings, finding => finding.IsActive);
        Assert.Equal((DetectorRules.Anomaly, $"principal-components {MachineRows.Version}", new AlertSource("line1", "mixer")), (told.Detector, told.FoundBy, told.Source));
        Assert.InRange(told.EventTime, Series.Start.AddDays(0.5), Series.Start.AddDays(0.6));
        Assert.StartsWith("Mixer: its signals no longer go together as they used to; driven by current ", told.Message, StringComparison.Ordinal);
        Assert.True(told.Value >= told.ExpectedUpper);
        Assert.Contains(findings, finding => !finding.IsActive && finding.Source == told.Source && finding.EventTime > Series.Start.AddDays(1));
        DerivedPoint point = Assert.Single(points, point => point.Measurement == "anomaly");
        Assert.Equal(("mixer", "current", $"principal-components {MachineRows.Version}, model use 3"), (point.Tags["machine"], ((string)point.Fields["drivers"]).Split(' ')[0], point.Fields["detector"]));
        Assert.Equal(3, ((string)point.Fields["shares"]).Split(' ').Length);
    }

    [Fact]
    public void The_same_anomaly_again_names_when_it_looked_alike()
    {
        (List<AlertFinding> findings, _) = Watch(Trained(_mixer), 0, 3, day => day is (> 0.5 and < 1) or (> 2 and < 2.5));

        AlertFinding[] told = [.. findings.Where(finding => finding.IsActive)];
        Assert.Equal(2, told.Length);
        Assert.Contains($"looked alike: {told[0].EventTime:yyyy-MM-dd HH:mm}Z", told[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_trained_model_or_a_choice_in_the_plant_file_each_signal_is_watched_by_itself(bool isTrained)
    {
        Mixer plain = new(rows: null);
        LineAnalysis line = isTrained ? Trained(plain) : new LineAnalysis(_mixer.Plant, _mixer.Line, new KeptMonitors(MonitorSettings.Default), TimeProvider.System);

        (List<AlertFinding> findings, _) = Watch(line, 0, 2, day => day > 0.5, isTrained ? plain : _mixer);

        Assert.DoesNotContain(findings, finding => finding.IsActive);
        Assert.Null(Assert.Single(line.RowWatches).Rows);
    }

    [Fact]
    public void After_a_restart_it_goes_on_as_if_there_had_been_none()
    {
        static bool Broken(double day) => day is > 1.02 and < 1.5;
        LineAnalysis line = Trained(_mixer);
        Watch(line, 0, 1.025, Broken);
        ArrayBufferWriter<byte> file = new();
        KeptMonitors.Write(new StateWriter(file), line);
        KeptMonitors kept = new(MonitorSettings.Default);
        kept.Read(new StateReader(file.WrittenMemory));
        LineAnalysis restored = new(_mixer.Plant, _mixer.Line, kept, TimeProvider.System);
        foreach (Reading reading in _mixer.Readings(Series.Start, 1.025, seed: 5, Broken))
        {
            restored.Recall(reading);
        }

        (List<AlertFinding> without, List<DerivedPoint> points) = Watch(line, 1.025, 2, Broken);
        (List<AlertFinding> with, List<DerivedPoint> pointsWith) = Watch(restored, 1.025, 2, Broken);

        Assert.Single(without, finding => finding.IsActive);
        Assert.Equal(without.Where(finding => finding.IsActive), with.Where(finding => finding.IsActive));
        Assert.Equal(points.Single(point => point.Measurement == "anomaly").Fields, pointsWith.Single(point => point.Measurement == "anomaly").Fields);
    }

    [Fact]
    public void A_model_rolled_back_to_one_without_rows_ends_the_watch_and_what_it_told()
    {
        LineAnalysis line = Trained(_mixer);
        Watch(line, 0, 1, day => day > 0.5);
        line.Adopt("mixer", MachineModel.Read(new MachineLearner(_mixer.Machine, MonitorSettings.Default, [], []).Save(), MonitorSettings.Default), MonitorSettings.Default, use: 4);

        (List<AlertFinding> findings, _) = Watch(line, 1, 1.1, _ => true);

        AlertFinding over = Assert.Single(findings);
        Assert.Equal((false, new AlertSource("line1", "mixer")), (over.IsActive, over.Source));
    }

    [Fact]
    public void Verdicts_lift_its_limit_also_that_of_the_next_model()
    {
        LineAnalysis line = Trained(_mixer);
        RowWatch watch = Assert.Single(line.RowWatches);

        watch.Take([Judgement.False, Judgement.Duty]);
        Assert.Equal(1, watch.Rows!.Lift);

        line.Adopt("mixer", MachineModel.Read(Model.Value, MonitorSettings.Default), MonitorSettings.Default, use: 4);
        Assert.Equal((1, 4), (watch.Rows!.Lift, watch.ModelUse));
    }

    private static LineAnalysis Trained(Mixer mixer)
    {
        LineAnalysis line = new(mixer.Plant, mixer.Line, new KeptMonitors(MonitorSettings.Default), TimeProvider.System);
        line.Adopt("mixer", MachineModel.Read(Model.Value, MonitorSettings.Default), MonitorSettings.Default, use: 3);
        return line;
    }

    private static byte[] Learned()
    {
        Mixer mixer = new();
        MachineLearner learner = new(mixer.Machine, MonitorSettings.Default, [], []);
        DateTime from = Series.Start.AddDays(-6);
        bool isHeldBack = false;
        foreach (Reading reading in mixer.Readings(from, 6))
        {
            if (!isHeldBack && reading.EventTime >= from.AddDays(4))
            {
                learner.HoldBack(from.AddDays(4), endTraining: true);
                isHeldBack = true;
            }

            learner.Observe(reading);
        }

        return learner.Save();
    }

    private (List<AlertFinding> Findings, List<DerivedPoint> Points) Watch(LineAnalysis line, double fromDay, double toDay, Func<double, bool> broken, Mixer? mixer = null)
    {
        List<AlertFinding> findings = [];
        List<DerivedPoint> points = [];
        DateTime from = Series.Start.AddDays(fromDay);
        foreach (Reading reading in (mixer ?? _mixer).Readings(Series.Start, toDay, seed: 5, broken))
        {
            if (reading.EventTime >= from)
            {
                line.Accept(reading, reading.EventTime, 1, findings, points);
            }
        }

        return (findings, points);
    }
}
