namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Measures how strange each reading of one signal is, given only the readings before it. Constant memory; not thread-safe.
/// </summary>
public interface IReadingDetector
{
    /// <summary>Value expected of the next reading, in the signal's unit; NaN where the detector has no notion of it.</summary>
    double Expected { get; }

    /// <summary>Usual distance from <see cref="Expected"/>, in the signal's unit (about one standard deviation); NaN like it.</summary>
    double Spread { get; }

    /// <summary>Judges a reading, then learns it.</summary>
    /// <param name="eventTime">When it happened, UTC; later than the one before.</param>
    /// <param name="value">A finite value.</param>
    /// <returns>Strangeness ≥ 0 without unit, independent of the signal's scale and offset; NaN while too little is known.</returns>
    double Observe(DateTime eventTime, double value);

    /// <summary>Writes everything <see cref="Restore"/> needs to go on as if nothing had happened.</summary>
    void Save(StateWriter state);

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    void Restore(StateReader state);
}
