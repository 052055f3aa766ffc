namespace Linewatch.Analytics.Anomalies;

/// <summary>Watches one analog signal of a machine. Not thread-safe.</summary>
public interface ISignalMonitor
{
    /// <summary>Kind and version of the detector, for what it found.</summary>
    string Detector { get; }

    /// <summary>Score from which a reading is an anomaly.</summary>
    double AlarmScore { get; }

    /// <summary>What judgements added to the alarm score (<see cref="AlarmScoreRule"/>), decades of surprise; 0 = nothing. Not part of the saved state.</summary>
    double Lift { get; set; }

    /// <summary>What the signal shows now was judged to be no fault: it is learned.</summary>
    void Accept();

    /// <summary>How far the last reading lay from what was to be expected, in usual errors; NaN where it was not judged. Not part of the saved state.</summary>
    double Deviation { get; }

    /// <summary>How the errors of its expectations are distributed, beside how they were when it was trained.</summary>
    ErrorShape Errors { get; }

    /// <summary>Puts aside what is odd at the moment, and any rest after an alarm: the monitor goes on at another time.</summary>
    void Calm();

    /// <summary>Judges a reading, then learns it.</summary>
    /// <param name="eventTime">When it happened at the machine, UTC. Not later than the one before: <see cref="VerdictKind.OutOfOrder"/>.</param>
    /// <param name="value">The value in any unit; NaN where there was none.</param>
    /// <param name="context">What the machine was doing.</param>
    SignalVerdict Observe(DateTime eventTime, double value, in SignalContext context);

    /// <summary>What each detector contributed to the last score judged; empty before any. Allocates: for alarms, not for every reading.</summary>
    IReadOnlyList<(string Detector, double Surprise)> Contributions();

    /// <summary>Writes everything needed to go on elsewhere with the same answers, bit by bit.</summary>
    void Save(StateWriter state);
}
