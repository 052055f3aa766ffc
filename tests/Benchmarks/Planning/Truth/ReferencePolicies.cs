using Linewatch.BottlingPlant;
using Linewatch.Plants;

namespace Linewatch.Tests.Benchmarks.Planning.Truth;

/// <summary>
/// What the same plant costs without the product: run to failure, and replacement of every component of a kind at a fixed interval, which is
/// chosen for each kind in hindsight on these very failures, "never" among them. Only components that show their wear count.
/// </summary>
internal sealed record ReferencePolicies(double RunToFailure, double FixedInterval, int Failures)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Simulates the plant left to itself, which takes no messages, and prices both policies.</summary>
    public static ReferencePolicies Of(VirtualPlantOptions options, Plant plant, int days)
    {
        VirtualPlant source = new(options);
        DateTime end = source.Start.AddDays(days);
        foreach (SimulatedMessage _ in source.Messages(end.AddSeconds(-10), end))
        {
            // Only the time must pass.
        }

        IReadOnlyList<FailureCourse> courses = source.Courses;
        double running = 0;
        double interval = 0;
        int failures = 0;
        foreach (IGrouping<string, (Line Line, Machine Machine, Signal Signal)> kind in plant.Lines
            .SelectMany(line => line.Machines.SelectMany(machine => machine.Signals.Where(signal => signal.Wear is not null).Select(signal => (line, machine, signal))))
            .GroupBy(each => $"{each.machine.Id}/{each.signal.Wear!.Component.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')}"))
        {
            (Line line, Machine machine, Signal shown) = kind.First();
            ComponentCare care = plant.Maintenance.CareOf(machine.Id, shown.Wear!.Component);
            double failure = plant.Maintenance.FailureCostOf(care, line);
            HashSet<(string, string, string)> signals = [.. kind.Select(each => (each.Line.Id, each.Machine.Id, each.Signal.Path.Signal))];
            FailureCourse[] failed =
            [
                .. courses.Where(course => course is { IsBenign: false, FunctionalFailure: not null }
                    && course.Signals.Any(signal => signals.Contains((course.Line, course.Machine, signal)))),
            ];
            failures += failed.Length;
            running += failed.Length * failure;
            interval += Enumerable.Range(1, days / 7)
                .Select(weeks => Cost(failed, source.Start, end, weeks * Week, kind.Count() * care.PlannedCost, failure))
                .Append(failed.Length * failure)
                .Min();
        }

        return new ReferencePolicies(running, interval, failures);
    }

    /// <summary>A failure is averted where a replacement falls between its onset and the failure; what begins anew begins by chance.</summary>
    private static double Cost(FailureCourse[] failed, DateTime start, DateTime end, TimeSpan every, double replacement, double failure)
    {
        double cost = 0;
        for (DateTime at = start + every; at < end; at += every)
        {
            cost += replacement;
        }

        return cost + (failure * failed.Count(course =>
        {
            double next = Math.Ceiling(Math.Max(0, (course.Onset - start) / every));
            return start + (Math.Max(1, next) * every) >= course.FunctionalFailure;
        }));
    }
}
