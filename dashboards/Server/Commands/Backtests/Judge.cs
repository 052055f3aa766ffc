using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>Judges the rows of one file, in order: the production detectors behind one shape.</summary>
/// <returns>The score of the row, and whether the product would raise or hold an alarm in it.</returns>
internal delegate (double Score, bool Label) Judge(DateTime eventTime, double[] row);

/// <summary>One judge a format. Nothing here depends on a file's name, length or place.</summary>
internal static class Judges
{
    /// <summary>
    /// The configuration for all of the Numenta benchmark: the defaults with the alarm score chosen on its
    /// development part, every reading told of by itself, and a start as early as its shortest files need.
    /// </summary>
    public static SignalMonitorOptions Nab { get; } = SignalMonitorOptions.Default with { AlarmScore = 7.45, Persistence = 1, LearningReadings = 150 };

    /// <summary>Each signal by its own monitor; the row is what the worst says.</summary>
    public static Judge PerSignal(int signals, SignalMonitorOptions options)
    {
        SignalMonitor[] monitors = [.. Enumerable.Range(0, signals).Select(_ => new SignalMonitor(options))];
        return (eventTime, row) =>
        {
            double score = 0;
            bool alarm = false;
            for (int i = 0; i < monitors.Length; i++)
            {
                SignalVerdict verdict = monitors[i].Observe(eventTime, row[i], SignalContext.Always);
                bool anomaly = verdict is { IsAlarm: true, Kind: VerdictKind.Anomaly };
                // In the rest after an alarm the score stays below the alarm score, or a threshold on it would raise them again.
                score = Math.Max(score, anomaly ? verdict.Score : Math.Min(verdict.Score, 0.99 * options.AlarmScore));
                alarm |= anomaly;
            }

            return (score, alarm);
        };
    }

    /// <summary>All signals of a machine together, against shifts; the first 400 rows are normal running.</summary>
    public static Judge Shifts(int signals)
    {
        ShiftMonitor monitor = new(signals);
        return (_, row) =>
        {
            RowVerdict verdict = monitor.Observe(row);
            return (verdict.Score, verdict.IsAlarm);
        };
    }

    /// <summary>A continuous process with a model fitted on normal rows.</summary>
    public static Judge Process(CanonicalVariateMonitor fitted)
    {
        CanonicalVariateMonitor monitor = fitted.Fresh();
        return (_, row) =>
        {
            RowVerdict verdict = monitor.Observe(row);
            return (verdict.Score, verdict.IsAlarm);
        };
    }
}
