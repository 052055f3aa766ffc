using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>Judges the rows of one file, in order: the production detectors behind one shape.</summary>
/// <param name="eventTime">Of the row; the smallest time where rows have none.</param>
/// <param name="row">One value a signal.</param>
/// <param name="shares">Filled with each signal's share of the verdict, 0 to 1.</param>
/// <returns>The score of the row, and whether the product would raise or hold an alarm in it.</returns>
internal delegate RowVerdict Judge(DateTime eventTime, double[] row, Span<double> shares);

/// <summary>One judge a format. Nothing here depends on a file's name, length or place.</summary>
internal static class Judges
{
    /// <summary>The detector of a continuous process where none is chosen.</summary>
    public const string DefaultProcess = "canonical-variate";

    /// <summary>
    /// The configuration for all of the Numenta benchmark: the defaults with the alarm score chosen on its
    /// development part, every reading told of by itself, be it a lone spike or wild, for there it is an event and no sensor's fault, and a
    /// start as early as its shortest files need.
    /// </summary>
    public static SignalMonitorOptions Nab { get; } = SignalMonitorOptions.Default with { AlarmScore = 7.75, Persistence = 1, LearningReadings = 150, SpikeSpreads = double.PositiveInfinity, ClipSpreads = double.PositiveInfinity };

    /// <summary>Each signal by its own monitor; the row is what the worst says.</summary>
    public static Judge PerSignal(int signals, SignalMonitorOptions options)
    {
        SignalMonitor[] monitors = [.. Enumerable.Range(0, signals).Select(_ => new SignalMonitor(options))];
        return (eventTime, row, shares) =>
        {
            double score = 0;
            double sum = 0;
            bool alarm = false;
            for (int i = 0; i < monitors.Length; i++)
            {
                SignalVerdict verdict = monitors[i].Observe(eventTime, row[i], SignalContext.Always);
                bool anomaly = verdict is { IsAlarm: true, Kind: VerdictKind.Anomaly };
                // In the rest after an alarm the score stays below the alarm score, or a threshold on it would raise them again.
                score = Math.Max(score, anomaly ? verdict.Score : Math.Min(verdict.Score, 0.99 * options.AlarmScore));
                alarm |= anomaly;
                shares[i] = verdict.Score;
                sum += verdict.Score;
            }

            for (int i = 0; i < shares.Length && sum > 0; i++)
            {
                shares[i] /= sum;
            }

            return new RowVerdict(alarm, score);
        };
    }

    /// <summary>All signals of a machine together, against shifts; the first 400 rows are normal running.</summary>
    public static Judge Shifts(int signals)
    {
        ShiftMonitor monitor = new(signals);
        return (_, row, shares) => monitor.Observe(row, shares);
    }

    /// <summary>Detectors of a continuous process, by name, as fitted on normal rows: each gives a judge that has seen no row yet.</summary>
    public static IReadOnlyDictionary<string, Func<double[][], Func<Judge>>> Processes { get; } = new Dictionary<string, Func<double[][], Func<Judge>>>
    {
        [DefaultProcess] = normal => Of(RowDetector.CanonicalVariate, normal),
        ["principal-components"] = normal => Of(RowDetector.PrincipalComponents, normal),
        ["kernel-regression"] = normal => Of(RowDetector.KernelRegression, normal),
        ["isolation-forest"] = normal => Of(RowDetector.IsolationForest, normal),
    };

    private static Func<Judge> Of(RowDetector kind, double[][] normal)
    {
        IRowMonitor fitted = RowMonitors.Fit(kind, normal);
        return () =>
        {
            IRowMonitor monitor = fitted.Fresh();
            return (_, row, shares) => monitor.Observe(row, shares);
        };
    }
}
