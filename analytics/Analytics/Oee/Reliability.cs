namespace Linewatch.Analytics.Oee;

/// <summary>How often a machine fails and how long it takes to mend. Without a failure nothing is known: null, never infinite.</summary>
/// <param name="Failures">Failure events, FE.</param>
/// <param name="Uptime">Time it ran.</param>
/// <param name="Repair">Time it stood for failures.</param>
public sealed record Reliability(int Failures, TimeSpan Uptime, TimeSpan Repair)
{
    /// <summary>Mean time between failures, uptime / failures.</summary>
    public TimeSpan? MeanTimeBetweenFailures => Failures == 0 ? null : Uptime / Failures;

    /// <summary>Mean time to repair, repair time / failures.</summary>
    public TimeSpan? MeanTimeToRepair => Failures == 0 ? null : Repair / Failures;

    /// <summary>ISO 22400-2 divides Σ TBF, uptime and repair together, by FE + 1.</summary>
    public TimeSpan Iso22400TimeBetweenFailures => (Uptime + Repair) / (Failures + 1);

    /// <summary>ISO 22400-2: Σ TTF, the uptime, by FE + 1.</summary>
    public TimeSpan Iso22400TimeToFailure => Uptime / (Failures + 1);

    /// <summary>ISO 22400-2: Σ TTR, the repair time, by FE + 1.</summary>
    public TimeSpan Iso22400TimeToRepair => Repair / (Failures + 1);

    /// <summary>MTBF / (MTBF + MTTR); null without a failure.</summary>
    public double? Availability => Failures == 0 ? null : Uptime / (Uptime + Repair);

    /// <summary>The reliability of one machine over the shifts given; every own failure counts, minor stops too.</summary>
    public static Reliability Of(IEnumerable<MachineTimes> shifts)
    {
        Reliability sum = new(0, TimeSpan.Zero, TimeSpan.Zero);
        foreach (MachineTimes shift in shifts)
        {
            sum = new Reliability(sum.Failures + shift.Failures, sum.Uptime + shift.Run, sum.Repair + shift.OwnFailure);
        }

        return sum;
    }
}
