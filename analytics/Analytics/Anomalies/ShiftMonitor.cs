namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Watches the aligned signals of one machine for shifts that are faster than their drift. The first rows must be normal
/// running; after them a fault lasts from the row in which the first channel shifts to the row in which the last has come back.
/// Constant memory; indifferent to units and offsets; not thread-safe.
/// </summary>
public sealed class ShiftMonitor
{
    private const long StateVersion = 2;

    /// <summary>Kind and version of the detector, for what it found.</summary>
    public const string Version = "shift 2";

    private readonly ShiftChannel[] _channels;

    /// <param name="channels">Number of signals in a row.</param>
    /// <param name="options">How to judge; null = the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ShiftMonitor(int channels, ShiftMonitorOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        options ??= new ShiftMonitorOptions();
        if (options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _channels = new ShiftChannel[channels];
        for (int i = 0; i < channels; i++)
        {
            _channels[i] = new ShiftChannel(options);
        }
    }

    /// <summary>Judges a row, then learns it.</summary>
    /// <param name="row">One value a signal, in the same order every time; NaN where there was none, and beyond ± 10¹⁸ it is none.</param>
    /// <param name="shares">Filled with each signal's share of the verdict, 0 to 1; as long as the row, or empty if not wanted.</param>
    /// <returns>Whether a shift lasts, and how large the largest is.</returns>
    public RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _channels.Length);
        bool shifted = false;
        double score = 0;
        for (int i = 0; i < row.Length; i++)
        {
            _channels[i].Observe(row[i]);
            shifted |= _channels[i].IsShifted;
            score = Math.Max(score, _channels[i].Severity);
        }

        if (!shares.IsEmpty)
        {
            FillShares(shares);
        }

        return new RowVerdict(shifted, score);
    }

    /// <summary>The value expected of a signal and half the width of its band, in its unit; the band is NaN while learning.</summary>
    public (double Expected, double HalfBand) Band(int channel) => (_channels[channel].Expected, _channels[channel].HalfBand);

    /// <summary>Writes everything needed to go on elsewhere with the same answers, bit by bit.</summary>
    public void Save(StateWriter state)
    {
        state.Write(StateVersion);
        state.Write((long)_channels.Length);
        foreach (ShiftChannel channel in _channels)
        {
            channel.Save(state);
        }
    }

    /// <summary>Takes over what <see cref="Save"/> of a monitor of the same number of channels and options wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another monitor.</exception>
    public void Restore(StateReader state)
    {
        _ = state.ReadInt32((int)StateVersion, (int)StateVersion);
        _ = state.ReadInt32(_channels.Length, _channels.Length);
        foreach (ShiftChannel channel in _channels)
        {
            channel.Restore(state);
        }
    }

    private void FillShares(Span<double> shares)
    {
        // Squares, as in a sum of squared residuals: the share of a channel is its share of the squared severities.
        double total = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            double severity = _channels[i].Severity;
            shares[i] = severity * severity;
            total += shares[i];
        }

        for (int i = 0; i < shares.Length && total > 0; i++)
        {
            shares[i] /= total;
        }
    }
}
