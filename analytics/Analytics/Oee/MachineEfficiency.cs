namespace Linewatch.Analytics.Oee;

/// <summary>
/// The two families of EN 415-11 (formerly DIN 8743) for one machine. The general one counts every cause; the technical
/// one only those inside the machine, and is what acceptance of a machine is about. Null = undefined.
/// </summary>
/// <param name="General">Good units at design speed / operating time: all causes.</param>
/// <param name="Technical">Good units at design speed / (running + own failures): lack, tailback and waiting do not count.</param>
/// <param name="GeneralAvailability">Running / operating time.</param>
/// <param name="TechnicalAvailability">Running / (running + own failures).</param>
/// <param name="Quality">Good / processed units.</param>
public sealed record MachineEfficiency(double? General, double? Technical, double? GeneralAvailability, double? TechnicalAvailability, double? Quality)
{
    /// <summary>Computes both families; planned down time and time without data are no operating time.</summary>
    /// <param name="times">How the machine spent the window.</param>
    /// <param name="ratePerHour">Speed it is judged by, units per hour; null = only availability and quality.</param>
    public static MachineEfficiency Of(MachineTimes times, double? ratePerHour)
    {
        double operating = (times.Run + times.OwnFailure + times.Lack + times.Tailback + times.Other).TotalHours;
        double technical = (times.Run + times.OwnFailure).TotalHours;
        double? good = times.Total - (times.Reject ?? 0);
        return new MachineEfficiency(
            Ratio(good / ratePerHour, operating),
            Ratio(good / ratePerHour, technical),
            Ratio(times.Run.TotalHours, operating),
            Ratio(times.Run.TotalHours, technical),
            Ratio(good, times.Total));
    }

    private static double? Ratio(double? numerator, double? denominator) => denominator is > 0 ? numerator / denominator : null;
}
