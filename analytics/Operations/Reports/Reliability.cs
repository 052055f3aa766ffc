namespace Linewatch.Operations.Reports;

/// <summary>
/// How reliable a machine is (domain.md §1.1). MTBF = uptime / failures and MTTR = repair time / failures: the plain
/// convention, not ISO 22400-2's division by failures + 1. Without a failure there is no MTBF: null, never infinity.
/// </summary>
/// <param name="Uptime">Time the machine was up.</param>
/// <param name="RepairTime">Time it was down by its own failures.</param>
/// <param name="Failures">Number of own failures.</param>
public sealed record Reliability(TimeSpan Uptime, TimeSpan RepairTime, int Failures)
{
    /// <summary>Mean time between failures; null without a failure.</summary>
    public TimeSpan? Mtbf => Failures == 0 ? null : Uptime / Failures;

    /// <summary>Mean time to repair; null without a failure.</summary>
    public TimeSpan? Mttr => Failures == 0 ? null : RepairTime / Failures;

    /// <summary>MTBF / (MTBF + MTTR); null without a failure.</summary>
    public double? Availability => Failures == 0 ? null : Uptime / (Uptime + RepairTime);
}
