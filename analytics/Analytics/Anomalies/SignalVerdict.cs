namespace Linewatch.Analytics.Anomalies;

/// <summary>The judgement of one reading.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="IsAlarm">
/// Whether to tell somebody now: true once at the start of an anomaly or data fault, then false through the rest that follows.
/// </param>
/// <param name="Score">How odd; 0 = nothing special, the monitor's <see cref="ISignalMonitor.AlarmScore"/> and more = an anomaly.</param>
/// <param name="Expected">The value expected, in the signal's unit; NaN while learning or excluded.</param>
/// <param name="Lower">Lower end of the expected band, in the signal's unit.</param>
/// <param name="Upper">Upper end of the expected band, in the signal's unit.</param>
public readonly record struct SignalVerdict(
    VerdictKind Kind,
    bool IsAlarm,
    double Score,
    double Expected,
    double Lower,
    double Upper)
{
    /// <summary>Whether it tells of the sensor or its wiring rather than of the machine.</summary>
    public bool IsDataFault => Kind is VerdictKind.Missing or VerdictKind.Frozen or VerdictKind.Dropout or VerdictKind.Spike or VerdictKind.Drift or VerdictKind.Noise;

    internal static SignalVerdict WithoutBand(VerdictKind kind, bool isAlarm = false) =>
        new(kind, isAlarm, 0, double.NaN, double.NaN, double.NaN);
}
