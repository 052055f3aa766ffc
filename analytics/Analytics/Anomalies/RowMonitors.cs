using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>The row monitors by kind: fitted on rows, or read back.</summary>
public static class RowMonitors
{
    private static readonly int Kinds = Enum.GetValues<RowDetector>().Length;

    /// <summary>Fits on rows of normal running.</summary>
    /// <param name="kind">The detector.</param>
    /// <param name="normal">Rows in order, one value a signal, −10¹⁸ to 10¹⁸. Of a signal that does not move in the first four fifths of them any change counts.</param>
    /// <exception cref="ArgumentException">There are too few rows for so many signals; the message says how many are needed.</exception>
    /// <exception cref="InvalidDataException">No signal moves in the rows, or a value is none; the message says which.</exception>
    public static IRowMonitor Fit(RowDetector kind, IReadOnlyList<double[]> normal)
    {
        int[] moving = RowScale.Moving(normal, RowMonitor.Seen(normal.Count));
        return moving.Length == normal[0].Length ? FitMoving(normal) : StillSignalMonitor.Fit(normal, moving, FitMoving);

        IRowMonitor FitMoving(IReadOnlyList<double[]> rows) => kind == RowDetector.CanonicalVariate ? CanonicalVariateMonitor.Fit(rows) : RowMonitor.Fit(kind, rows);
    }

    /// <summary>Writes a monitor with its kind.</summary>
    public static void Write(StateWriter state, IRowMonitor monitor)
    {
        state.Write((long)monitor.Kind + (monitor is StillSignalMonitor ? Kinds : 0));
        monitor.Save(state);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public static IRowMonitor Read(StateReader state)
    {
        int written = state.ReadInt32(0, (2 * Kinds) - 1);
        RowDetector kind = (RowDetector)written;
        return written >= Kinds ? StillSignalMonitor.Restore(state)
            : kind == RowDetector.CanonicalVariate ? CanonicalVariateMonitor.Restore(state) : RowMonitor.Restore(kind, state);
    }
}
