namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Measures how strange each value of one series is, given only the values before it. Constant memory; not thread-safe.
/// </summary>
public interface IReadingDetector
{
    /// <summary>Judges a value, then learns it.</summary>
    /// <param name="value">A finite value.</param>
    /// <returns>
    /// Strangeness ≥ 0; NaN while too little is known. Its size has a meaning only beside the detector's own past
    /// (<see cref="TailProbability"/>), which is why the signal's unit and offset do not matter.
    /// </returns>
    double Observe(double value);

    /// <summary>Writes everything <see cref="Restore"/> needs to go on as if nothing had happened.</summary>
    void Save(StateWriter state);

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    void Restore(StateReader state);
}
