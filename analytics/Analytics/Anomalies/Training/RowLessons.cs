using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>
/// The newest rows of a machine in which no signal was odd, to fit a <see cref="MachineRows"/> on: two weeks of running at most, so its memory is bounded. Not thread-safe.
/// </summary>
/// <param name="kind">The detector.</param>
/// <param name="signals">Ids of the signals.</param>
internal sealed class RowLessons(RowDetector kind, IReadOnlyList<string> signals)
{
    private const int MostRows = 20_000;
    private const int FewestRows = 500;
    private const int RowsPerSignal = 50;
    private const int FewestSignals = 2;

    /// <summary>The newest rows, which tell how strange rows usually are; detectors of single rows are not fitted on them.</summary>
    private const double UnseenShare = 0.2;

    /// <summary>A signal that is missing in more of the rows than this, beside the one that is missing least, is left out of them.</summary>
    private const double LeastPresence = 0.9;

    /// <summary>A signal so near its alarm score may be at the beginning of a fault, which is not to be learned.</summary>
    private const double Doubt = 0.5;

    private readonly RowJoiner _joiner = new(signals.Count);
    private readonly Queue<double[]> _rows = [];
    private readonly double[] _row = new double[signals.Count];

    /// <summary>Rows kept.</summary>
    public int Count => _rows.Count;

    /// <summary>Takes what a signal's monitor said of a reading.</summary>
    /// <param name="place">The signal's place.</param>
    /// <param name="eventTime">Of the reading, UTC.</param>
    /// <param name="verdict">What its monitor said.</param>
    /// <param name="monitor">The monitor.</param>
    public void Observe(int place, DateTime eventTime, in SignalVerdict verdict, ISignalMonitor monitor)
    {
        VerdictKind kind = verdict.Kind == VerdictKind.Normal && verdict.Score >= Doubt * monitor.AlarmScore ? VerdictKind.Anomaly : verdict.Kind;
        if (!_joiner.TryAdd(place, eventTime, kind, monitor.Deviation, _row))
        {
            return;
        }

        double[] kept = _rows.Count == MostRows ? _rows.Dequeue() : new double[_row.Length];
        _row.CopyTo(kept, 0);
        _rows.Enqueue(kept);
    }

    /// <summary>Fits; null where there are too few rows or signals.</summary>
    public MachineRows? Fit()
    {
        int[] present = [.. Enumerable.Range(0, signals.Count).Select(place => _rows.Count(row => double.IsFinite(row[place])))];
        int[] places = [.. Enumerable.Range(0, signals.Count).Where(place => present[place] >= Math.Max(FewestRows, LeastPresence * present.Max()))];
        double[][] rows = [.. _rows.Where(row => places.All(place => double.IsFinite(row[place]))).Select(row => places.Select(place => row[place]).ToArray())];
        if (places.Length < FewestSignals || rows.Length < Math.Max(FewestRows, RowsPerSignal * places.Length))
        {
            return null;
        }

        MachineRows watch = new([.. places.Select(place => signals[place])], RowMonitors.Fit(kind, rows));
        watch.EndTraining(rows[(int)((1 - UnseenShare) * rows.Length)..]);
        return watch;
    }
}
