using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the signals that moved on the normal rows with another monitor, and besides whether one that never did moves: such a signal has no spread to
/// be measured by, so that any change of it counts, as the share of late rows that have one (EWMA). Constant memory; not thread-safe.
/// </summary>
internal sealed class StillSignalMonitor : IRowMonitor
{
    private const double Gain = 0.1;
    private const double LeastLimit = 0.25; // the third changed row in a row is beyond
    private const double Rounding = 1e-9;

    private readonly double[] _still; // NaN for a signal that moves
    private readonly double _limit;
    private readonly IRowMonitor _moving;
    private readonly double[] _row;
    private readonly double[] _shares;
    private double _changed;

    private StillSignalMonitor(double[] still, double limit, IRowMonitor moving)
    {
        _still = still;
        _limit = limit;
        _moving = moving;
        _row = new double[moving.Signals];
        _shares = new double[moving.Signals];
    }

    /// <summary>Fits on rows of normal running.</summary>
    /// <param name="normal">Rows in order, one value a signal.</param>
    /// <param name="moving">Places of the signals that move, ascending.</param>
    /// <param name="fit">Fits what watches these.</param>
    public static StillSignalMonitor Fit(IReadOnlyList<double[]> normal, int[] moving, Func<IReadOnlyList<double[]>, IRowMonitor> fit)
    {
        double[] still = [.. normal[0]];
        foreach (int signal in moving)
        {
            still[signal] = double.NaN;
        }

        // Rows that a model was not fitted on may know of changes: as many are normal.
        StillSignalMonitor monitor = new(still, LeastLimit, fit([.. normal.Select(row => moving.Select(signal => row[signal]).ToArray())]));
        double most = normal.Max(row => monitor.Change(row));
        return new StillSignalMonitor(still, Math.Max(LeastLimit, 2 * most), monitor._moving);
    }

    /// <inheritdoc/>
    public RowDetector Kind => _moving.Kind;

    /// <inheritdoc/>
    public int Signals => _still.Length;

    /// <inheritdoc/>
    public IRowMonitor Fresh() => new StillSignalMonitor(_still, _limit, _moving.Fresh());

    /// <inheritdoc/>
    /// <remarks>The score is the higher of the two; so are the shares, those of changed signals being equal.</remarks>
    public RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _still.Length);
        shares.Clear();
        int next = 0;
        for (int i = 0; i < row.Length; i++)
        {
            if (double.IsNaN(_still[i]))
            {
                _row[next++] = row[i];
            }
        }

        RowVerdict moving = _moving.Observe(_row, shares.IsEmpty ? default : _shares);
        double score = Change(row) / _limit;
        if (!shares.IsEmpty)
        {
            Share(row, shares, ofChange: score > moving.Score);
        }

        return score > moving.Score ? new RowVerdict(score > 1, score, moving.Alone) : moving;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        state.Write(_still);
        state.Write(_limit);
        state.Write(_changed);
        RowMonitors.Write(state, _moving);
    }

    /// <summary>A monitor that goes on where the saved one stood.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public static StillSignalMonitor Restore(StateReader state)
    {
        double[] still = state.ReadNumbers(RowScale.MostSignals);
        double limit = state.ReadDouble();
        double changed = state.ReadDouble();
        IRowMonitor moving = RowMonitors.Read(state);
        return moving.Signals == still.Count(double.IsNaN)
            ? new StillSignalMonitor(still, limit, moving) { _changed = changed }
            : throw new InvalidDataException($"{still.Count(double.IsNaN)} of the saved signals move, the model of these has {moving.Signals}");
    }

    /// <summary>Takes a row; the smoothed share of rows in which a signal that never moved has.</summary>
    private double Change(ReadOnlySpan<double> row)
    {
        bool any = false;
        for (int i = 0; i < row.Length; i++)
        {
            any |= HasMoved(i, row[i]);
        }

        return _changed += Gain * ((any ? 1 : 0) - _changed);
    }

    private void Share(ReadOnlySpan<double> row, Span<double> shares, bool ofChange)
    {
        int next = 0;
        int moved = 0;
        for (int i = 0; i < row.Length; i++)
        {
            bool hasMoved = HasMoved(i, row[i]);
            moved += hasMoved ? 1 : 0;
            shares[i] = ofChange ? (hasMoved ? 1 : 0) : double.IsNaN(_still[i]) ? _shares[next++] : 0;
        }

        for (int i = 0; i < shares.Length && ofChange; i++)
        {
            shares[i] /= Math.Max(1, moved);
        }
    }

    private bool HasMoved(int signal, double value) => SensorFaults.IsValue(value) && Math.Abs(value - _still[signal]) > Rounding * Math.Abs(_still[signal]);
}
