using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Anomalies;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>Two pressure sensors on one bowl, of a line as the service watches it.</summary>
public sealed class TwinSensorTests
{
    private const double Noise = 0.002;
    private const int FaultFrom = 4 * 1440;
    private const int Minutes = 6 * 1440;

    private static readonly Plant Plant = PlantFile.Parse(
        """
        plant: P
        site: s
        timeZone: Europe/Berlin
        lines:
          - id: l1
            area: a
            machines:
              - id: filler
                signals:
                  - { id: state, role: state }
                  - { id: bowl_a, name: Bowl pressure A, unit: bar, redundantTo: bowl_b }
                  - { id: bowl_b, name: Bowl pressure B, unit: bar }
        """,
        "plant.yaml").Plant!;

    [Theory]
    [InlineData("bowl_a", 5e-5, 1, "drifts away from Bowl pressure B")]
    [InlineData("bowl_b", -5e-5, 1, "drifts away from Bowl pressure A")]
    [InlineData("bowl_a", 0, 12, "has become noisy, Bowl pressure B has not")]
    public void A_sensor_that_drifts_or_becomes_noisy_beside_its_twin_is_a_data_fault_of_that_sensor(string faulty, double driftPerMinute, double noise, string says)
    {
        List<AlertFinding> findings = Watch(Line(), (signal, minute) => signal == faulty && minute > FaultFrom ? (driftPerMinute * (minute - FaultFrom), noise) : (0, 1));

        AlertFinding first = findings.First(finding => finding.IsActive && finding.Detector == DetectorRules.SensorFault);
        Assert.Equal((faulty, TwinSensors.Version), (first.Source.Signal, first.FoundBy));
        Assert.Contains(says, first.Message, StringComparison.Ordinal);
        Assert.InRange((first.EventTime - Series.Start).TotalMinutes, FaultFrom, Minutes);
        Assert.Empty(findings.Where(finding => finding.IsActive && finding.Source.Signal != faulty).Select(finding => finding.Message));
        AlertFinding? anomaly = findings.LastOrDefault(finding => finding.Detector == DetectorRules.Anomaly);
        Assert.True(anomaly is not { IsActive: true }, anomaly?.Message);
    }

    [Fact]
    public void What_happens_to_the_machine_is_an_anomaly_of_both_and_no_data_fault()
    {
        List<AlertFinding> findings = Watch(Line(), (_, minute) => minute > FaultFrom ? (0.2, 1) : (0, 1));

        Assert.Equal(["bowl_a", "bowl_b"], findings.Where(finding => finding is { IsActive: true, Detector: DetectorRules.Anomaly }).Select(finding => finding.Source.Signal).Distinct().Order());
        Assert.DoesNotContain(findings, finding => finding.IsActive && finding.Detector == DetectorRules.SensorFault);
    }

    [Fact]
    public void Sound_sensors_raise_nothing()
    {
        Assert.DoesNotContain(Watch(Line(), (_, _) => (0, 1)), finding => finding.IsActive);
    }

    [Fact]
    public void What_was_learned_of_a_pair_is_kept_across_a_restart()
    {
        LineAnalysis line = Line();
        _ = Watch(line, (_, _) => (0, 1), to: FaultFrom);
        ArrayBufferWriter<byte> file = new();
        KeptMonitors.Write(new StateWriter(file), line);
        KeptMonitors kept = new(MonitorSettings.Default);
        kept.Read(new StateReader(file.WrittenMemory));
        LineAnalysis restored = new(Plant, Plant.Lines[0], kept, TimeProvider.System);
        (double, double) Fault(string signal, int minute) => signal == "bowl_a" ? (1e-4 * (minute - FaultFrom), 1) : (0, 1);

        List<AlertFinding> went = Watch(line, Fault, from: FaultFrom);

        Assert.Contains(went, finding => finding.IsActive && finding.Detector == DetectorRules.SensorFault);
        Assert.Equal(
            went.Where(finding => finding.IsActive).Select(finding => (finding.Detector, finding.EventTime)),
            Watch(restored, Fault, from: FaultFrom).Where(finding => finding.IsActive).Select(finding => (finding.Detector, finding.EventTime)));
    }

    [Theory]
    [InlineData("redundantTo: nothing")]
    [InlineData("redundantTo: state")]
    [InlineData("redundantTo: bowl_b")]
    public void A_twin_that_is_none_is_refused(string keys)
    {
        PlantFile file = PlantFile.Parse(
            $$"""
            plant: P
            site: s
            timeZone: Europe/Berlin
            lines:
              - { id: l1, area: a, machines: [{ id: filler, signals: [{ id: state, role: state }, { id: bowl_b, {{keys}} }] }] }
            """,
            "plant.yaml");

        Assert.Contains("measures the same", Assert.Single(file.Faults).Message, StringComparison.Ordinal);
    }

    private static LineAnalysis Line() => new(Plant, Plant.Lines[0], new KeptMonitors(MonitorSettings.Default), TimeProvider.System);

    /// <summary>The machine runs for six hours and stands for a quarter; the pressure wanders, both sensors add noise of their own.</summary>
    private static List<AlertFinding> Watch(LineAnalysis line, Func<string, int, (double Offset, double Noise)> fault, int from = 0, int to = Minutes)
    {
        List<AlertFinding> findings = [];
        List<DerivedPoint> points = [];
        double[] common = Series.Noise(1, Minutes);
        Dictionary<string, double[]> own = new() { ["bowl_a"] = Series.Noise(2, Minutes), ["bowl_b"] = Series.Noise(3, Minutes) };
        for (int minute = from; minute < to; minute++)
        {
            DateTime at = Series.Start.AddMinutes(minute);
            if (minute % 375 is 0 or 360 || minute == from)
            {
                Take(Plant.Signals[0], at, minute % 375 < 360 ? 6 : 2);
            }

            double pressure = minute % 375 < 360 ? 3 + (0.01 * common[minute]) : 0.1;
            foreach (Signal signal in Plant.Signals.Skip(1))
            {
                (double offset, double noise) = fault(signal.Path.Signal, minute);
                Take(signal, at.AddSeconds(1), pressure + offset + (Noise * noise * own[signal.Path.Signal][minute]));
            }
        }

        return findings;

        void Take(Signal signal, DateTime at, double value) => line.Accept(new Reading(signal, at, value), at, 1, findings, points);
    }
}
