namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Measures how strange a row of aligned signals is beside the normal rows it was fitted on. Fitted once, then immutable; safe
/// to share between threads; indifferent to units and offsets.
/// </summary>
public interface IRowDetector
{
    /// <summary>Signals in a row.</summary>
    int Signals { get; }

    /// <summary>Strangeness ≥ 0 of a row.</summary>
    /// <param name="row">One finite value a signal.</param>
    /// <param name="contributions">Filled with each signal's part of it; empty if not wanted.</param>
    double Strangeness(ReadOnlySpan<double> row, Span<double> contributions = default);

    /// <summary>Writes what was fitted; restored elsewhere it gives the same answers, bit by bit.</summary>
    void Save(StateWriter state);
}
