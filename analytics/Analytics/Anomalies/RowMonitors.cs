using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>The row monitors by kind: fitted on rows, or read back.</summary>
public static class RowMonitors
{
    private static readonly int LastKind = (int)Enum.GetValues<RowDetector>()[^1];

    /// <summary>Fits on rows of normal running.</summary>
    /// <param name="kind">The detector.</param>
    /// <param name="normal">Rows in order, one value a signal, all finite.</param>
    /// <exception cref="ArgumentException">There are too few rows for so many signals; the message says how many are needed.</exception>
    public static IRowMonitor Fit(RowDetector kind, IReadOnlyList<double[]> normal) =>
        kind == RowDetector.CanonicalVariate ? CanonicalVariateMonitor.Fit(normal) : RowMonitor.Fit(kind, normal);

    /// <summary>Writes a monitor with its kind.</summary>
    public static void Write(StateWriter state, IRowMonitor monitor)
    {
        state.Write((long)monitor.Kind);
        monitor.Save(state);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public static IRowMonitor Read(StateReader state)
    {
        RowDetector kind = (RowDetector)state.ReadInt32(0, LastKind);
        return kind == RowDetector.CanonicalVariate ? CanonicalVariateMonitor.Restore(state) : RowMonitor.Restore(kind, state);
    }
}
