using System.Numerics.Tensors;
using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the aligned signals of a continuous process with several <see cref="CanonicalVariateModel"/>s, each fitted without one
/// fold of the normal rows, for two things: the squared residual, smoothed (EWMA), which grows with whatever is new, fast oscillation too; and
/// the largest of the signals' adjusted values, each smoothed with its sign, in which a small shift or slow drift adds up while noise cancels.
/// Either is averaged over the models and held against its limit from the folds each model has not seen: on rows it was fitted on a model
/// of this size flatters itself several times over. Not thread-safe.
/// </summary>
public sealed class CanonicalVariateMonitor : IRowMonitor
{
    private const int Folds = 5;
    private const int Lags = 3;
    private const double SquareGain = 0.1;
    private const double AdjustedGain = 0.3;
    private const double LimitDeviations = 4;
    private const double Least = 1e-12; // of a statistic or limit: below is rounding
    private const int SettlingRows = 10;

    private readonly CanonicalVariateModel[] _models;
    private readonly Unseen _unseen;
    private readonly double[] _past;
    private readonly double[] _row; // of one model, by signal
    private readonly double[][] _recent;
    private readonly double[][] _adjusted; // of each model, smoothed, by signal
    private long _rows;
    private double _smoothed = 1; // squared residual, in units of the usual one

    private CanonicalVariateMonitor(CanonicalVariateModel[] models, Unseen unseen)
    {
        _models = models;
        _unseen = unseen;
        int signals = models[0].Signals;
        _row = new double[signals];
        _past = new double[Lags * signals];
        _recent = [.. Enumerable.Range(0, Lags).Select(_ => new double[signals])];
        _adjusted = [.. models.Select(_ => new double[signals])];
    }

    /// <summary>Fits on rows of normal running.</summary>
    /// <param name="normal">Rows in order, one value a signal, all finite; about four times as many as signals × 3 give a useful limit.</param>
    /// <exception cref="ArgumentException">There are too few rows; the message says how many are needed.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows a model is fitted on, or a value is none.</exception>
    public static CanonicalVariateMonitor Fit(IReadOnlyList<double[]> normal)
    {
        CanonicalVariateModel[] models = new CanonicalVariateModel[Folds];
        double[] adjusted = new double[normal.Count > 0 ? normal[0].Length : 0];
        List<(double Square, double[] Adjusted)> unseen = [];
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
            CanonicalVariateMonitor one = new([models[fold]], Unseen.None);
            adjusted.CopyTo(one._adjusted[0], 0); // smoothing goes on from fold to fold, as the rows do
            for (int i = from; i < to; i++)
            {
                if (one.Take(normal[i], out double square))
                {
                    unseen.Add((square, [.. one._adjusted[0]]));
                }
            }

            adjusted = one._adjusted[0];
        }

        if (unseen.Count <= SettlingRows)
        {
            throw new ArgumentException($"{normal.Count} normal rows are too few: at least {(Folds * (Lags - 1)) + SettlingRows + 1} are needed", nameof(normal));
        }

        return new CanonicalVariateMonitor(models, LimitsFrom(unseen));
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

        Unseen unseen = new(state.ReadDouble(), state.ReadDouble(), state.ReadDouble(), new double[models[0].Signals]);
        state.Read(unseen.Spreads);
        CanonicalVariateMonitor monitor = new(models, unseen)
        {
            _rows = state.ReadInt64(),
            _smoothed = state.ReadDouble(),
        };
        foreach (double[] values in monitor._recent.Concat(monitor._adjusted))
        {
            state.Read(values);
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

        state.Write(_unseen.UsualSquare);
        state.Write(_unseen.SquareLimit);
        state.Write(_unseen.LargestLimit);
        state.Write(_unseen.Spreads);
        state.Write(_rows);
        state.Write(_smoothed);
        foreach (double[] values in _recent.Concat(_adjusted))
        {
            state.Write(values);
        }
    }

    /// <inheritdoc/>
    public RowDetector Kind => RowDetector.CanonicalVariate;

    /// <inheritdoc/>
    public int Signals => _row.Length;

    /// <inheritdoc/>
    public IRowMonitor Fresh() => new CanonicalVariateMonitor(_models, _unseen);

    /// <inheritdoc/>
    /// <remarks>
    /// A value that is missing is taken as its mean. The shares are those of whichever of the two statistics is nearer its limit; those of the
    /// squared residual cost several times the verdict itself. By itself a row has its squared residual only.
    /// </remarks>
    public RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default)
    {
        shares.Clear();
        if (Take(row, out double square))
        {
            _smoothed += SquareGain * (Math.Min(square / _unseen.UsualSquare, RowMonitor.MostLimits * _unseen.SquareLimit) - _smoothed);
        }

        double largest = 0;
        foreach (double[] adjusted in _adjusted)
        {
            largest += Largest(adjusted, _unseen.Spreads) / _models.Length;
        }

        double bySquare = _smoothed / _unseen.SquareLimit;
        double byLargest = largest / _unseen.LargestLimit;
        if (!shares.IsEmpty && _rows >= Lags)
        {
            Share(shares, bySquare >= byLargest);
        }

        double score = Math.Max(bySquare, byLargest);
        return new RowVerdict(score > 1, score, square);
    }

    /// <summary>Takes a row.</summary>
    /// <param name="row">One value a signal.</param>
    /// <param name="square">Its squared residual, mean over the models; NaN before there is a whole past.</param>
    /// <returns>Whether there is a whole past.</returns>
    private bool Take(ReadOnlySpan<double> row, out double square)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _row.Length);
        row.CopyTo(_recent[_rows % Lags]);
        _rows++;
        square = double.NaN;
        if (_rows < Lags)
        {
            return false;
        }

        double sum = 0;
        for (int i = 0; i < _models.Length; i++)
        {
            ScalePast(_models[i]);
            sum += _models[i].SquaredResidual(_past, default);
            _models[i].Adjust(_past, _row);
            double[] adjusted = _adjusted[i];
            for (int signal = 0; signal < adjusted.Length; signal++)
            {
                double most = _unseen.Spreads is { Length: > 0 } spreads ? RowMonitor.MostLimits * _unseen.LargestLimit * spreads[signal] : double.PositiveInfinity;
                adjusted[signal] += AdjustedGain * (Math.Clamp(_row[signal], -most, most) - adjusted[signal]);
            }
        }

        square = sum / _models.Length;
        return true;
    }

    private void ScalePast(CanonicalVariateModel model)
    {
        for (int lag = 0; lag < Lags; lag++)
        {
            model.Scale(_recent[(_rows - 1 - lag) % Lags], _past.AsSpan(lag * _row.Length, _row.Length));
        }
    }

    private void Share(Span<double> shares, bool ofSquare)
    {
        for (int i = 0; i < _models.Length; i++)
        {
            if (ofSquare)
            {
                ScalePast(_models[i]);
                _models[i].SquaredResidual(_past, shares);
                continue;
            }

            for (int signal = 0; signal < shares.Length; signal++)
            {
                double spreads = _adjusted[i][signal] / _unseen.Spreads[signal];
                shares[signal] += spreads * spreads;
            }
        }

        TensorPrimitives.Max(shares, 0, shares);
        double total = TensorPrimitives.Sum<double>(shares);
        if (total > 0)
        {
            TensorPrimitives.Divide(shares, total, shares);
        }
    }

    private static double Largest(double[] adjusted, double[] spreads)
    {
        double largest = 0;
        for (int signal = 0; signal < adjusted.Length; signal++)
        {
            largest = Math.Max(largest, Math.Abs(adjusted[signal]) / spreads[signal]);
        }

        return largest;
    }

    private static Unseen LimitsFrom(List<(double Square, double[] Adjusted)> rows)
    {
        double usual = Math.Max(rows.Average(row => row.Square), Least);
        double smoothed = 1;
        double[] squares = [.. rows.Select(row => smoothed += SquareGain * ((row.Square / usual) - smoothed)).Skip(SettlingRows)];
        double[][] settled = [.. rows.Skip(SettlingRows).Select(row => row.Adjusted)];
        double[] spreads = new double[settled[0].Length];
        for (int i = 0; i < spreads.Length; i++)
        {
            double variance = settled.Average(adjusted => adjusted[i] * adjusted[i]);
            spreads[i] = variance > 0 ? Math.Sqrt(variance) : 1; // what the others tell exactly
        }

        return new Unseen(usual, Limit(squares), Limit([.. settled.Select(adjusted => Largest(adjusted, spreads))]), spreads);
    }

    private static double Limit(double[] values)
    {
        double mean = values.Average();
        return Math.Max(mean + (LimitDeviations * Math.Sqrt(values.Average(value => (value - mean) * (value - mean)))), Least);
    }

    /// <summary>What the models give on normal rows they have not seen.</summary>
    /// <param name="UsualSquare">Mean squared residual.</param>
    /// <param name="SquareLimit">Of the smoothed squared residual, in units of the usual one.</param>
    /// <param name="LargestLimit">Of the largest smoothed adjusted value, in spreads of its signal.</param>
    /// <param name="Spreads">Root mean square of each signal's smoothed adjusted value.</param>
    private sealed record Unseen(double UsualSquare, double SquareLimit, double LargestLimit, double[] Spreads)
    {
        /// <summary>While they are being fitted.</summary>
        public static Unseen None { get; } = new(1, 1, 1, []);
    }
}
