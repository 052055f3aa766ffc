using System.Diagnostics;
using System.Globalization;
using Linewatch.Analytics.Oee;
using Linewatch.BottlingPlant;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Benchmarks.Oee;

/// <summary>
/// One simulated line of nine machines for a week, states and counters on change and every 10 s, decoded beforehand. Timed is
/// what a recomputation does with the readings: placing them by event time, buckets, counters, causes, records.
/// </summary>
public static class RecomputationBenchmark
{
    private static readonly DateTime Monday = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="weeks">How often the week is repeated, each time a week later.</param>
    public static void Run(int weeks)
    {
        VirtualPlant virtualPlant = new(new VirtualPlantOptions { Lines = 1, Seed = 1, Start = Monday, ProcessInterval = TimeSpan.FromHours(1) });
        Plant plant = PlantFile.Parse(virtualPlant.PlantYaml, "plant.yaml").Plant ?? throw new InvalidOperationException("the virtual plant's file has faults");
        Reading[] week = Week(virtualPlant, plant);
        Line line = plant.Lines[0];
        Print($"a week of {line.Machines.Count} machines: {week.Length:N0} readings that matter for OEE");

        LineEngine engine = new(plant, line, new LineEngineOptions { KeepClosed = TimeSpan.FromDays(8) });
        engine.Accept(week);
        engine = new(plant, line, new LineEngineOptions { KeepClosed = TimeSpan.FromDays(8) });
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        engine.Accept(week);
        Print($"placed by event time: {week.Length / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / 1e6:F1} M readings a second of CPU");

        ShiftInstance[] shifts = [.. line.Shifts.Between(Monday.AddDays(1), Monday.AddDays(6))];
        Print($"one shift recomputed: {Mean(shifts, shift => engine.Compute(shift)):F2} ms of CPU (mean of {shifts.Length})");
        Print($"a snapshot of the running shift: {Mean(shifts, shift => engine.Snapshot(shift.End.AddTicks(-Random.Shared.Next(1, 1000)))):F2} ms of CPU (mean of {shifts.Length})");
        Year(plant, line, week, weeks);
    }

    private static void Year(Plant plant, Line line, Reading[] week, int weeks)
    {
        LineEngine engine = new(plant, line);
        int shifts = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < weeks; i++)
        {
            TimeSpan later = TimeSpan.FromDays(7 * i);
            DateTime advanced = DateTime.MinValue;
            foreach (ref readonly Reading reading in week.AsSpan())
            {
                DateTime at = reading.EventTime + later;
                engine.Accept(reading with { EventTime = at });
                if (at - advanced > TimeSpan.FromHours(1))
                {
                    shifts += engine.Advance(at).Count;
                    advanced = at;
                }
            }
        }

        double seconds = watch.Elapsed.TotalSeconds;
        Print($"{weeks} weeks of one line: {seconds:F1} s ({(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F1} s of CPU), {(double)week.Length * weeks / 1e6:F0} M readings, {shifts:N0} shifts, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / 1e9:F1} GB allocated");
    }

    private static Reading[] Week(VirtualPlant virtualPlant, Plant plant)
    {
        RecordedDecoder decoder = new(plant);
        List<Reading> readings = [];
        foreach (SimulatedMessage message in virtualPlant.Messages(Monday, Monday.AddDays(7)))
        {
            decoder.Decode(message.PublishTime, message.Topic, message.Payload.Span);
            foreach (Reading reading in decoder.Batch.Readings.Span)
            {
                if (LineEngine.Needs(reading.Signal))
                {
                    readings.Add(reading);
                }
            }

            decoder.Batch.Clear();
        }

        return [.. readings];
    }

    /// <summary>CPU milliseconds for one: on a busy machine the clock on the wall says little.</summary>
    private static double Mean(ShiftInstance[] shifts, Action<ShiftInstance> compute)
    {
        const int Rounds = 5;
        Array.ForEach(shifts, compute);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int round = 0; round < Rounds; round++)
        {
            Array.ForEach(shifts, compute);
        }

        return (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / (Rounds * shifts.Length);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
