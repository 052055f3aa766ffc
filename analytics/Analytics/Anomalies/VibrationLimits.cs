using Linewatch.Plants;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Limits between the zones of ISO 20816-3:2022 (values of tables A.1 and A.2) for the velocity of vibration, mm/s RMS, 10 to
/// 1000 Hz, at a steady speed. A value on a limit belongs to the worse zone.
/// </summary>
/// <param name="AB">Between A and B.</param>
/// <param name="BC">Between B and C.</param>
/// <param name="CD">Between C and D.</param>
public readonly record struct VibrationLimits(double AB, double BC, double CD)
{
    /// <summary>Smallest rated power the standard speaks of, kW.</summary>
    public const double SmallestPower = 15;

    /// <summary>Rated power above which a machine is of group 1, kW.</summary>
    public const double Group2Power = 300;

    /// <summary>A change of more than this share of the limit between B and C matters even inside a zone.</summary>
    public const double SignificantChange = 0.25;

    /// <summary>The limits for a machine.</summary>
    /// <param name="ratedPower">Rated power, kW.</param>
    /// <param name="support">How it stands.</param>
    /// <exception cref="ArgumentOutOfRangeException">The power is below 15 kW, where most bottling drives lie: the standard says nothing of such machines.</exception>
    public static VibrationLimits For(double ratedPower, VibrationSupport support) =>
        !(ratedPower >= SmallestPower)
            ? throw new ArgumentOutOfRangeException(
                nameof(ratedPower),
                ratedPower,
                "ISO 20816-3 begins at 15 kW; below, watch the change against the machine's own baseline or give limits of your own")
            : (ratedPower > Group2Power, support) switch
            {
                (true, VibrationSupport.Rigid) => new(2.3, 4.5, 7.1),
                (true, _) => new(3.5, 7.1, 11.0),
                (false, VibrationSupport.Rigid) => new(1.4, 2.8, 4.5),
                (false, _) => new(2.3, 4.5, 7.1),
            };

    /// <summary>The zone of a velocity, mm/s RMS; null for one that is not a number or negative, which is none.</summary>
    public VibrationZone? ZoneOf(double velocity) =>
        !(velocity >= 0) ? null
        : velocity >= CD ? VibrationZone.D
        : velocity >= BC ? VibrationZone.C
        : velocity >= AB ? VibrationZone.B
        : VibrationZone.A;

    /// <summary>Whether a change from a baseline (both mm/s RMS) matters, in whatever zone; false where either is not a number.</summary>
    public bool IsSignificantChange(double baseline, double velocity) => Math.Abs(velocity - baseline) > SignificantChange * BC;
}
