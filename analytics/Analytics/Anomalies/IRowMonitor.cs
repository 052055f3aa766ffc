using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>Watches the aligned signals of a process or machine together, with a model fitted on normal rows. Constant memory; not thread-safe.</summary>
public interface IRowMonitor
{
    /// <summary>The detector.</summary>
    RowDetector Kind { get; }

    /// <summary>Signals in a row.</summary>
    int Signals { get; }

    /// <summary>A monitor of the same fitted model that has seen no row yet.</summary>
    IRowMonitor Fresh();

    /// <summary>Judges a row.</summary>
    /// <param name="row">One value a signal, in the order of the normal rows; NaN where there was none.</param>
    /// <param name="shares">Filled with each signal's share of the verdict; may be empty.</param>
    RowVerdict Observe(ReadOnlySpan<double> row, Span<double> shares = default);

    /// <summary>Writes everything needed to go on elsewhere with the same answers, bit by bit; <see cref="RowMonitors"/> reads it back.</summary>
    void Save(StateWriter state);
}
