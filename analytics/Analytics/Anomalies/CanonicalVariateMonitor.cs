using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the aligned signals of a continuous process with several <see cref="CanonicalVariateModel"/>s, each fitted without one
/// fold of the normal rows. Their statistics are averaged and smoothed (EWMA). The limit comes from the folds each model has not
/// seen: on rows it was fitted on a model of this size flatters itself several times over. Not thread-safe.
/// </summary>
public sealed class CanonicalVariateMonitor : IRowMonitor
{
    private const int Folds = 5;
    private const int Lags = 3;
    private const double Gain = 0.1;
    private const double LimitDeviations = 4;
    private const int SettlingRows = 10;

    private readonly CanonicalVariateModel[] _models;
    private readonly double[] _past;
    private readonly double[] _row;
    private readonly double[][] _recent;
    private readonly double _usual;  // mean statistic on unseen normal rows
    private readonly double _limit;  // of the smoothed statistic, in units of the usual one
    private long _rows;
    private double _smoothed = 1;

    private CanonicalVariateMonitor(CanonicalVariateModel[] models, double usual, double limit)
    {
        _models = models;
        _usual = usual;
        _limit = limit;
        int signals = models[0].Signals;
        _row = new double[signals];
        _past = new double[Lags * signals];
        _recent = [.. Enumerable.Range(0, Lags).Select(_ => new double[signals])];
    }

    /// <summary>Fits on rows of normal running.</summary>
    /// <param name="normal">Rows in order, one value a signal, all finite; about four times as many as signals × 3 give a useful limit.</param>
    /// <exception cref="ArgumentException">There are too few rows; the message says how many are needed.</exception>
    public static CanonicalVariateMonitor Fit(IReadOnlyList<double[]> normal)
    {
        CanonicalVariateModel[] models = new CanonicalVariateModel[Folds];
        List<double> unseen = [];
        for (int fold = 0; fold < Folds; fold++)
        {
            int from = fold * normal.Count / Folds;
            int to = (fold + 1) * normal.Count / Folds;
            List<IReadOnlyList<double[]>> stretches = [];
            if (from > 0)
            {
                stretches.Add([.. normal.Take(from)]);
            }

            if (to < normal.Count)
            {
                stretches.Add([.. normal.Skip(to)]);
            }

            models[fold] = CanonicalVariateModel.Fit(stretches, Lags);
            CanonicalVariateMonitor one = new([models[fold]], 1, 1);
            unseen.AddRange(normal.Skip(from).Take(to - from).Select(row => one.Statistic(row, default)).Where(double.IsFinite));
        }

        double usual = unseen.Average();
        double smoothed = 1;
        double[] trail = [.. unseen.Select(statistic => smoothed += Gain * ((statistic / usual) - smoothed)).Skip(SettlingRows)];
        double mean = trail.Average();
        double deviation = Math.Sqrt(trail.Average(value => (value - mean) * (value - mean)));
        return new CanonicalVariateMonitor(models, usual, mean + (LimitDeviations * deviation));
    }

    /// <summary>A monitor that goes on where the saved one stood.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    internal static CanonicalVariateMonitor Restore(StateReader state)
    {
        CanonicalVariateModel[] models = new CanonicalVariateModel[Folds];
        for (int fold = 0; fold < Folds; fold++)
        {
            models[fold] = CanonicalVariateModel.Restore(state);
            if (models[fold].Signals != models[0].Signals || models[fold].Lags != Lags)
            {
                throw new InvalidDataException($"the saved models differ: {models[fold].Signals} signals and {models[fold].Lags} lags beside {models[0].Signals} and {Lags}");
            }
        }

        CanonicalVariateMonitor monitor = new(models, state.ReadDouble(), state.ReadDouble())
        {
            _rows = state.ReadInt64(),
            _smoothed = state.ReadDouble(),
        };
        foreach (double[] recent in monitor._recent)
        {
            state.Read(recent);
        }

        return monitor._rows >= 0 ? monitor : throw new InvalidDataException($"the saved state holds {monitor._rows} where a number of rows is expected");
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        foreach (CanonicalVariateModel model in _models)
        {
            model.Save(state);
        }

        state.Write(_usual);
        state.Write(_limit);
        state.Write(_rows);
        state.Write(_smoothed);
        foreach (double[] recent in _recent)
        {
            state.Write(recent);
        }
    }

    /// <inheritdoc/>
    public RowDetector Kind => RowDetector.CanonicalVariate;

    /// <inheritdoc/>
    public int Signals => _row.Length;

    /// <inheritdoc/>
    public IRowMonitor Fresh() => new CanonicalVariateMonitor(_models, _usual, _limit);

    /// <inheritdoc/>
    /// <remarks>A value that is missing is taken as its mean. The shares cost several times the verdict itself.</remarks>
    public RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default)
    {
        shares.Clear();
        double statistic = Statistic(row, shares);
        if (double.IsFinite(statistic))
        {
            _smoothed += Gain * ((statistic / _usual) - _smoothed);
        }

        double total = 0;
        foreach (ref double share in shares)
        {
            share = Math.Max(share, 0);
            total += share;
        }

        for (int i = 0; i < shares.Length && total > 0; i++)
        {
            shares[i] /= total;
        }

        double score = _smoothed / _limit;
        return new RowVerdict(score > 1, score);
    }

    /// <summary>Mean squared residual over the models; NaN before there is a whole past.</summary>
    private double Statistic(ReadOnlySpan<double> row, Span<double> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _row.Length);
        row.CopyTo(_recent[_rows % Lags]);
        _rows++;
        if (_rows < Lags)
        {
            return double.NaN;
        }

        double sum = 0;
        foreach (CanonicalVariateModel model in _models)
        {
            for (int lag = 0; lag < Lags; lag++)
            {
                model.Scale(_recent[(_rows - 1 - lag) % Lags], _past.AsSpan(lag * _row.Length, _row.Length));
            }

            sum += model.SquaredResidual(_past, contributions);
        }

        return sum / _models.Length;
    }
}
