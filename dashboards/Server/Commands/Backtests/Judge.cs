using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>Judges the rows of one file, in order: the production detectors behind one shape.</summary>
/// <param name="eventTime">Of the row, UTC.</param>
/// <param name="row">One value a signal: NaN where nothing was recorded, infinite where what was recorded is no number.</param>
/// <param name="judged">Takes what there is to say of the row.</param>
internal delegate void Judge(DateTime eventTime, double[] row, JudgedRow judged);

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
    public static Judge PerSignal(int signals, SignalMonitorOptions options) =>
        PerSignal([.. Enumerable.Range(0, signals).Select(_ => new SignalMonitor(options))], _ => SignalContext.Always);

    /// <summary>Each signal of a machine that tells what it does by its own monitor; the row is what the worst says.</summary>
    /// <param name="signals">Signals in a row.</param>
    /// <param name="context">What the machine does at the event time of the row.</param>
    public static Judge PerSignal(int signals, Func<DateTime, SignalContext> context) =>
        PerSignal([.. Enumerable.Range(0, signals).Select(_ => new DutyMonitor(MonitorSettings.Default.Duties))], context);

    /// <summary>All signals of a machine together, against shifts; the first 400 rows are normal running.</summary>
    public static Judge Shifts(int signals)
    {
        ShiftMonitor monitor = new(signals);
        return Whole(monitor.Observe);
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
            return Whole(monitor.Observe);
        };
    }

    private delegate RowVerdict RowJudge(ReadOnlySpan<double> row, Span<double> shares);

    private static Judge Whole(RowJudge judge) => (_, row, judged) =>
    {
        RowVerdict verdict = judge(row, judged.Shares);
        judged.Score = judged.Severity = verdict.Score;
        judged.IsAlarm = judged.IsAnomaly = verdict.IsAlarm;
    };

    private static Judge PerSignal(ISignalMonitor[] monitors, Func<DateTime, SignalContext> context) => (eventTime, row, judged) =>
    {
        judged.Score = judged.Severity = 0;
        judged.IsAlarm = judged.IsAnomaly = false;
        SignalContext now = context(eventTime);
        double sum = 0;
        for (int i = 0; i < monitors.Length; i++)
        {
            // Nothing was recorded: nothing would have been published.
            SignalVerdict verdict = double.IsNaN(row[i]) ? JudgedRow.NoVerdict : monitors[i].Observe(eventTime, row[i], now);
            bool anomaly = verdict.Kind == VerdictKind.Anomaly;
            bool alarm = anomaly && verdict.IsAlarm;
            // In the rest after an alarm the score stays below the alarm score, or a threshold on it would raise them again.
            judged.Score = Math.Max(judged.Score, alarm ? verdict.Score : Math.Min(verdict.Score, 0.99 * monitors[i].AlarmScore));
            judged.IsAlarm |= alarm;
            judged.IsAnomaly |= anomaly;
            judged.Severity = Math.Max(judged.Severity, verdict.Score);
            judged.Signals[i] = verdict;
            judged.Shares[i] = verdict.Score;
            sum += verdict.Score;
        }

        for (int i = 0; i < judged.Shares.Length && sum > 0; i++)
        {
            judged.Shares[i] /= sum;
        }
    };
}
