namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary>A row's told probability and class, and whether it failed.</summary>
internal readonly record struct ClassCase(double Probability, bool Named, bool Failed);

/// <summary>Scores of a classifier of rare failures.</summary>
internal static class ClassScores
{
    /// <summary>Harmonic mean of precision and recall of the failures.</summary>
    public static double F1(IReadOnlyCollection<ClassCase> cases)
    {
        (double hits, double alarms, double misses, _) = Count(cases);
        return 2 * hits / ((2 * hits) + alarms + misses);
    }

    /// <summary>Matthews' correlation coefficient.</summary>
    public static double Mcc(IReadOnlyCollection<ClassCase> cases)
    {
        (double hits, double alarms, double misses, double quiet) = Count(cases);
        return ((hits * quiet) - (alarms * misses))
            / Math.Sqrt((hits + alarms) * (hits + misses) * (quiet + alarms) * (quiet + misses));
    }

    /// <summary>Average precision: the area under precision by recall, as steps.</summary>
    public static double AveragePrecision(IReadOnlyCollection<ClassCase> cases)
    {
        double failures = cases.Count(one => one.Failed);
        double hits = 0;
        double sum = 0;
        int seen = 0;
        foreach (ClassCase one in cases.OrderByDescending(one => one.Probability))
        {
            seen++;
            if (one.Failed)
            {
                hits++;
                sum += hits / seen / failures;
            }
        }

        return sum;
    }

    /// <summary>Probability that a failure was given more than another row.</summary>
    public static double RocArea(IReadOnlyCollection<ClassCase> cases)
    {
        double failures = cases.Count(one => one.Failed);
        double below = 0;
        double sum = 0;
        foreach (IGrouping<double, ClassCase> tied in cases.GroupBy(one => one.Probability).OrderBy(group => group.Key))
        {
            double others = tied.Count(one => !one.Failed);
            sum += tied.Count(one => one.Failed) * (below + (others / 2));
            below += others;
        }

        return sum / failures / (cases.Count - failures);
    }

    /// <summary>Mean squared distance of the probability from what happened.</summary>
    public static double Brier(IReadOnlyCollection<ClassCase> cases) =>
        cases.Average(one => Math.Pow(one.Probability - (one.Failed ? 1 : 0), 2));

    private static (double Hits, double Alarms, double Misses, double Quiet) Count(IReadOnlyCollection<ClassCase> cases) => (
        cases.Count(one => one is { Named: true, Failed: true }),
        cases.Count(one => one is { Named: true, Failed: false }),
        cases.Count(one => one is { Named: false, Failed: true }),
        cases.Count(one => one is { Named: false, Failed: false }));
}
