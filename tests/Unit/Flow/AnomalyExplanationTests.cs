using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Unit.Anomalies;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>What an anomaly says of itself: a pump whose bearing shakes and warms up twice, two runs each time.</summary>
public sealed class AnomalyExplanationTests
{
    private const int Run = 375;        // six hours of running and a quarter of standing, minutes
    private const int FirstFault = 16 * Run;
    private const int SecondFault = 20 * Run;

    [Fact]
    public void An_anomaly_names_band_drivers_with_shares_detector_and_the_cases_that_looked_alike()
    {
        (List<AlertFinding> findings, List<DerivedPoint> points) = Watch("22 kW");

        DerivedPoint first = points.First(point => point.Measurement == "anomaly");
        DerivedPoint again = points.First(point => point.Measurement == "anomaly" && point.EventTime >= Series.Start.AddMinutes(SecondFault));
        Assert.Equal("duty 3", first.Fields["detector"]);
        Assert.True((double)first.Fields["lower"] < (double)first.Fields["upper"] && (double)first.Fields["upper"] < (double)first.Fields["value"]);
        Assert.Equal(["temperature", "vibration"], ((string)first.Fields["drivers"]).Split(' ').Order());
        Assert.Equal(1, ((string)first.Fields["shares"]).Split(' ').Sum(share => double.Parse(share, CultureInfo.InvariantCulture)), 0.011);
        Assert.Equal("", first.Fields["alike"]);
        Assert.Contains(first.EventTime.ToString("O", CultureInfo.InvariantCulture), (string)again.Fields["alike"], StringComparison.Ordinal);
        AlertFinding told = findings.First(finding => finding.IsActive && finding.EventTime == again.EventTime);
        Assert.Equal(DutyMonitor.Version, told.FoundBy);
        Assert.Contains("driven by", told.Message, StringComparison.Ordinal);
        Assert.Contains("looked alike: " + first.EventTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture), told.Message, StringComparison.Ordinal);
        Assert.Contains(findings, finding => finding is { IsActive: false, Detector: DetectorRules.Anomaly } && finding.EventTime > first.EventTime && finding.EventTime < again.EventTime);
    }

    [Theory]
    [InlineData("22 kW", "rigid", "(zone C of ISO 20816-3, significantly changed)")]
    [InlineData("22 kW", "flexible", "(zone B of ISO 20816-3)")]
    [InlineData("400 kW", "rigid", "(zone B of ISO 20816-3)")]
    [InlineData("11 kW", "rigid", null)]
    public void A_vibration_is_told_with_its_zone_unless_the_standard_does_not_speak_of_the_machine(string power, string support, string? zone)
    {
        string[] messages = [.. Watch(power, support).Findings.Where(finding => finding is { IsActive: true, Detector: DetectorRules.Anomaly }).Select(finding => finding.Message)];

        Assert.Equal(zone is not null, messages.Any(message => message.Contains("ISO 20816", StringComparison.Ordinal)));
        Assert.All(messages.Where(message => message.StartsWith("Bearing vibration", StringComparison.Ordinal)), message => Assert.Contains(zone ?? "", message, StringComparison.Ordinal));
        Assert.All(messages.Where(message => message.StartsWith("Bearing temperature", StringComparison.Ordinal)), message => Assert.DoesNotContain("zone", message, StringComparison.Ordinal));
    }

    private static (List<AlertFinding> Findings, List<DerivedPoint> Points) Watch(string power, string support = "rigid")
    {
        Plant plant = PlantFile.Parse(
            $$"""
            plant: P
            site: s
            timeZone: Europe/Berlin
            lines:
              - id: l1
                area: a
                machines:
                  - id: pump
                    ratedPower: {{power}}
                    support: {{support}}
                    signals:
                      - { id: state, role: state }
                      - { id: vibration, name: Bearing vibration, unit: mm/s }
                      - { id: temperature, name: Bearing temperature, unit: Cel }
            """,
            "plant.yaml").Plant!;
        LineAnalysis line = new(plant, plant.Lines[0], new KeptMonitors(MonitorSettings.Default), TimeProvider.System);
        List<AlertFinding> findings = [];
        List<DerivedPoint> points = [];
        double[] shaking = Series.Noise(1, SecondFault + (2 * Run));
        double[] warmth = Series.Noise(2, shaking.Length);
        for (int minute = 0; minute < shaking.Length; minute++)
        {
            DateTime at = Series.Start.AddMinutes(minute);
            bool runs = minute % Run < Run - 15;
            if (minute % Run is 0 or Run - 15)
            {
                Take(0, at, runs ? 6 : 2);
            }

            int fault = minute / Run is FirstFault / Run or SecondFault / Run ? 1 : 0;
            Take(1, at.AddSeconds(1), runs ? 2 + fault + (0.05 * shaking[minute]) : 0.1);
            Take(2, at.AddSeconds(1), runs ? 60 + (8 * fault) + (0.4 * warmth[minute]) : 30);
        }

        return (findings, points);

        void Take(int signal, DateTime at, double value) => line.Accept(new Reading(plant.Signals[signal], at, value), at, 1, findings, points);
    }
}
