using System.Numerics.Tensors;
using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the aligned signals of a process with one <see cref="IRowDetector"/>: its strangeness, smoothed (EWMA), against a limit
/// from normal rows it was not fitted on. Constant memory; not thread-safe.
/// </summary>
public sealed class RowMonitor : IRowMonitor
{
    /// <summary>A row further off than so many limits says no more, so that one wrong value is forgotten within some fifty rows.</summary>
    internal const double MostLimits = 1000;

    private const int FewestRows = 10;
    private const double UnseenShare = 0.2;
    private const double Gain = 0.1;
    private const double LimitDeviations = 4;
    private const double LeastLimit = 1e-6; // where unseen rows are no strangeness at all, in any detector's unit rounding

    private readonly IRowDetector _detector;
    private readonly double _usual;
    private readonly double _limit;
    private double _smoothed;

    private RowMonitor(RowDetector kind, IRowDetector detector, double usual, double limit)
    {
        Kind = kind;
        _detector = detector;
        _usual = usual;
        _limit = Math.Max(limit, LeastLimit);
        _smoothed = usual;
    }

    /// <inheritdoc/>
    public RowDetector Kind { get; }

    /// <inheritdoc/>
    public int Signals => _detector.Signals;

    /// <summary>Fits on rows of normal running; the last fifth of them gives the limit.</summary>
    /// <param name="kind">Any but <see cref="RowDetector.CanonicalVariate"/>, which needs a past and has a monitor of its own.</param>
    /// <param name="normal">Rows in order, one value a signal.</param>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows, or a value is none.</exception>
    public static RowMonitor Fit(RowDetector kind, IReadOnlyList<double[]> normal)
    {
        if (normal.Count < FewestRows)
        {
            throw new ArgumentException($"{normal.Count} normal rows are too few: at least {FewestRows} are needed", nameof(normal));
        }

        int seen = Seen(normal.Count);
        _ = RowScale.Moving(normal, seen);
        double[][] rows = [.. normal.Take(seen)];
        IRowDetector detector = kind switch
        {
            RowDetector.PrincipalComponents => new PrincipalComponentDetector(rows),
            RowDetector.KernelRegression => new KernelRegressionDetector(rows),
            RowDetector.IsolationForest => new IsolationForestDetector(rows),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "it does not judge single rows"),
        };
        double[] unseen = [.. normal.Skip(seen).Select(row => detector.Strangeness(row))];
        double usual = unseen.Average();
        double smoothed = usual;
        double[] trail = [.. unseen.Select(strangeness => smoothed += Gain * (strangeness - smoothed))];
        double deviation = Math.Sqrt(trail.Average(value => (value - usual) * (value - usual)));
        return new RowMonitor(kind, detector, usual, usual + (LimitDeviations * deviation));
    }

    /// <summary>How many of some rows a detector is fitted on; the others give the limit.</summary>
    internal static int Seen(int rows) => (int)((1 - UnseenShare) * rows);

    /// <inheritdoc/>
    public IRowMonitor Fresh() => new RowMonitor(Kind, _detector, _usual, _limit);

    /// <inheritdoc/>
    /// <remarks>A row with a value missing is as strange as the last.</remarks>
    public RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default)
    {
        shares.Clear();
        double strangeness = double.NaN;
        if (RowScale.IsWhole(row))
        {
            strangeness = _detector.Strangeness(row, shares);
            _smoothed += Gain * (Math.Min(strangeness, MostLimits * _limit) - _smoothed);
            double total = TensorPrimitives.Sum<double>(shares);
            if (total > 0)
            {
                TensorPrimitives.Divide(shares, total, shares);
            }
        }

        double score = _smoothed / _limit;
        return new RowVerdict(score > 1, score, strangeness);
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        _detector.Save(state);
        state.Write(_usual);
        state.Write(_limit);
        state.Write(_smoothed);
    }

    /// <summary>A monitor that goes on where the saved one stood.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    internal static RowMonitor Restore(RowDetector kind, StateReader state)
    {
        IRowDetector detector = kind switch
        {
            RowDetector.PrincipalComponents => new PrincipalComponentDetector(state),
            RowDetector.KernelRegression => new KernelRegressionDetector(state),
            _ => new IsolationForestDetector(state),
        };
        return new RowMonitor(kind, detector, state.ReadDouble(), state.ReadDouble()) { _smoothed = state.ReadDouble() };
    }
}
