using System.Text.Json;
using Linewatch.BottlingPlant;
using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class FailureTests
{
    [Fact]
    public void Catalogue_has_twenty_failure_modes_and_more_beside_the_confounders()
    {
        MachineModel[] machines = [.. BottlingLine.Create(2, seed: 1).Machines];
        FailureMode[] modes = [.. machines.SelectMany(machine => machine.Failures)];

        Assert.InRange(modes.Count(mode => !mode.Benign), 20, 100);
        Assert.InRange(modes.Count(mode => mode.Benign), 3, 100);
        Assert.All(machines, machine => Assert.All(machine.Failures.SelectMany(mode => mode.Effects), effect => Assert.True(machine.NoiseOf(effect.Signal) > 0)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void First_day_of_every_line_shows_a_fault_and_a_bearing_about_a_week_from_its_limit(ulong seed)
    {
        VirtualPlant plant = new(TestLine.Options(seed: seed));
        foreach (LineSimulation line in plant.Simulations)
        {
            line.AdvanceTo(24 * 3_600_000L);

            Assert.Contains(line.Truth.Failures, entry => !entry.Failure.Mode.Benign && entry.Failure.Onset > 0 && entry.Failure.Detectable < line.Now);
            Failure bearing = line.Truth.Failures.Single(entry => entry.Failure.Mode.Id == "bearing").Failure;
            Assert.True(bearing.Onset < 0 && bearing.Detectable < 0);
            Assert.InRange(TimeSpan.FromMilliseconds(bearing.Due - line.Now), TimeSpan.FromDays(5), TimeSpan.FromDays(10));
        }
    }

    [Fact]
    public void Failure_runs_its_course_onset_detectable_stop_repair()
    {
        VirtualPlant plant = new(TestLine.Options(lines: 3));
        foreach (LineSimulation line in plant.Simulations)
        {
            line.AdvanceTo(14 * 86_400_000L);
            line.Finish();
            foreach ((Machine machine, Failure failure) in line.Truth.Failures.Where(entry => entry.Failure.FunctionalFailure is not null))
            {
                Assert.True(failure.Onset <= failure.Detectable && failure.Detectable <= failure.FunctionalFailure && failure.FunctionalFailure <= failure.Repaired);
                Assert.Contains(line.Truth.Stops, stop => stop.Machine == machine && stop.Start == failure.FunctionalFailure && stop.FaultCode == failure.Mode.FaultCode);
            }
        }
    }

    [Fact]
    public void Bearing_vibration_rises_while_running_and_rests_while_standing()
    {
        VirtualPlant plant = new(TestLine.Options(lines: 1));
        List<(DateTime Time, double Value, bool Running)> series = [];
        foreach (SimulatedMessage message in plant.Messages(TestLine.Start, TestLine.Start.AddDays(2)))
        {
            if (message.Topic.EndsWith("filler/data", StringComparison.Ordinal))
            {
                using JsonDocument json = JsonDocument.Parse(message.Payload);
                JsonElement values = json.RootElement.GetProperty("values");
                if (values.TryGetProperty("bearing_vibration", out JsonElement value))
                {
                    series.Add((message.EventTime, value.GetDouble(), values.GetProperty("state").GetInt32() == 128));
                }
            }
        }

        double First(int hours) => series.Where(sample => sample.Running && sample.Time < TestLine.Start.AddHours(hours)).Average(sample => sample.Value);
        double last = series.Where(sample => sample.Running && sample.Time > TestLine.Start.AddHours(42)).Average(sample => sample.Value);
        Assert.True(last > First(6) + 0.2, $"from {First(6):F2} to {last:F2} mm/s in two days");
        Assert.True(series.Where(sample => !sample.Running).Select(sample => sample.Value).Order().ElementAt(10) < 0.4);
    }
}
