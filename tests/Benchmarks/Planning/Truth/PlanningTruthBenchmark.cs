using System.Diagnostics;
using System.Globalization;
using Linewatch.BottlingPlant;
using Linewatch.Operations.Reports;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>
/// The virtual plant under the product's maintenance: are failures told of in time, how many proposals are false, how far off are the lives,
/// what does it cost against running to failure and against fixed intervals, and how often are operators called.
/// </summary>
public static class PlanningTruthBenchmark
{
    private static readonly DateTime Start = new(2026, 3, 2, 5, 0, 0, DateTimeKind.Utc);

    /// <summary>Runs the seeds one after the other and prints marks and tables.</summary>
    /// <param name="seeds">Seeds of the plant.</param>
    /// <param name="days">Length of each run.</param>
    /// <param name="lines">Lines of the plant.</param>
    /// <param name="every">Time between two forecasts and plans; the product's own is an hour.</param>
    /// <param name="withAlerts">Whether detectors and alert rules run as well, which takes most of the time.</param>
    public static async Task RunAsync(IReadOnlyList<ulong> seeds, int days, int lines, TimeSpan every, bool withAlerts)
    {
        MaintenanceMarks marks = new();
        double running = 0;
        double interval = 0;
        foreach (ulong seed in seeds)
        {
            Stopwatch watch = Stopwatch.StartNew();
            VirtualPlantOptions options = new() { Start = Start, Lines = lines, Seed = seed };
            await using MaintainedPlant plant = new(options, days, every, withAlerts, marks);
            double before = marks.PlannedCost;
            await plant.RunAsync();
            marks.Close(plant.Plant, plant.Courses, Start.AddDays(days), plant.Plant.Lines.Sum(line => line.Machines.Count) * days / 91.0, order => SignalOf(plant.Plant, order));
            ReferencePolicies reference = ReferencePolicies.Of(options, plant.Plant, days);
            running += reference.RunToFailure;
            interval += reference.FixedInterval;
            string alarms = withAlerts ? Alarms(await plant.AlarmsAsync(operators: 1), await plant.OddComponentsAsync()) : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}: cost {marks.PlannedCost - before:F0}, run to failure {reference.RunToFailure:F0} ({reference.Failures} failures), fixed intervals {reference.FixedInterval:F0}{alarms}; {watch.Elapsed.TotalSeconds:F0} s"));
        }

        Console.WriteLine();
        marks.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Cost: {100 * (1 - (marks.PlannedCost / running)):F1} % under running to failure (goal 40), {100 * (1 - (marks.PlannedCost / interval)):F1} % under the best fixed interval of each component (goal 15)."));
    }

    private static string Alarms(AlarmReport report, (int All, int False) odd) => string.Create(
        CultureInfo.InvariantCulture,
        $"; {report.PerOperatorHour:F2} alerts an hour for one operator (goal 6), {report.Floods} floods, {100 * report.BusyIntervalShare:F2} % of 10 min with more than 10; most: {string.Join(", ", report.TopTen.Take(4).Select(alarm => $"{alarm.Alarm} {alarm.Count}"))}; {odd.All} components told as odd, {odd.False} of them without a failure under way");

    private static string SignalOf(Plant plant, WorkOrder order) => plant.Signals.First(signal =>
        signal.Wear?.Component == order.Component && signal.Path.Line == order.Line && signal.Path.Machine == order.Machine).Path.Signal;
}
