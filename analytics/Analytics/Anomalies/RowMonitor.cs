namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the aligned signals of a process with one <see cref="IRowDetector"/>: its strangeness, smoothed (EWMA), against a limit
/// from normal rows it was not fitted on. Constant memory; not thread-safe.
/// </summary>
public sealed class RowMonitor
{
    private const double UnseenShare = 0.2;
    private const double Gain = 0.1;
    private const double LimitDeviations = 4;

    private readonly IRowDetector _detector;
    private readonly double _usual;
    private readonly double _limit;
    private double _smoothed;

    private RowMonitor(IRowDetector detector, double usual, double limit)
    {
        _detector = detector;
        _usual = usual;
        _limit = limit;
        _smoothed = usual;
    }

    /// <summary>Fits on rows of normal running; the last fifth of them gives the limit.</summary>
    /// <param name="fit">Makes the detector from rows.</param>
    /// <param name="normal">Rows in order, one value a signal, all finite.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    public static RowMonitor Fit(Func<IReadOnlyList<double[]>, IRowDetector> fit, IReadOnlyList<double[]> normal)
    {
        int seen = (int)((1 - UnseenShare) * normal.Count);
        IRowDetector detector = fit([.. normal.Take(seen)]);
        double[] unseen = [.. normal.Skip(seen).Select(row => detector.Strangeness(row))];
        double usual = unseen.Average();
        double smoothed = usual;
        double[] trail = [.. unseen.Select(strangeness => smoothed += Gain * (strangeness - smoothed))];
        double deviation = Math.Sqrt(trail.Average(value => (value - usual) * (value - usual)));
        return new RowMonitor(detector, usual, usual + (LimitDeviations * deviation));
    }

    /// <summary>A monitor of the same detector that has seen no row yet.</summary>
    public RowMonitor Fresh() => new(_detector, _usual, _limit);

    /// <summary>Judges a row; one with a value missing is as strange as the last.</summary>
    /// <param name="row">One value a signal, in the order of the normal rows; NaN where there was none.</param>
    /// <param name="shares">Filled with each signal's share of the strangeness; may be empty.</param>
    public RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default)
    {
        shares.Clear();
        if (System.Numerics.Tensors.TensorPrimitives.IsFiniteAll(row))
        {
            _smoothed += Gain * (_detector.Strangeness(row, shares) - _smoothed);
            double total = System.Numerics.Tensors.TensorPrimitives.Sum<double>(shares);
            if (total > 0)
            {
                System.Numerics.Tensors.TensorPrimitives.Divide(shares, total, shares);
            }
        }

        double score = _limit > 0 ? _smoothed / _limit : 0;
        return new RowVerdict(score > 1, score);
    }
}
