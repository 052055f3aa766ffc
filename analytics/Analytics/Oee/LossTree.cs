namespace Linewatch.Analytics.Oee;

/// <summary>
/// Where planned busy time went, in seconds: the six big losses and what has no slot among them
/// (<c>domain.md</c> §1.2). Null entries could not be computed (no counters, unknown ideal rate).
/// </summary>
/// <param name="PlannedBusy">PBT.</param>
/// <param name="Good">PRI × GQ: the value-adding time.</param>
/// <param name="Breakdown">Six big losses, A: own failures from the micro-stop threshold on.</param>
/// <param name="SetUp">Six big losses, A: changeover.</param>
/// <param name="MinorStops">Six big losses, P: own failures below the threshold.</param>
/// <param name="Speed">Six big losses, P: APT − minor stops − PRI × PQ. Negative when faster than ideal.</param>
/// <param name="ProcessDefects">Six big losses, Q: PRI × rejects in steady state.</param>
/// <param name="StartUpRejects">Six big losses, Q: PRI × rejects shortly after a changeover.</param>
/// <param name="Lack">Other, A.</param>
/// <param name="Tailback">Other, A.</param>
/// <param name="External">Other, A.</param>
/// <param name="Waiting">Other, A.</param>
/// <param name="UnplannedMaintenance">Other, A.</param>
/// <param name="BufferChange">Other, Q: PRI × what the buffers behind the critical machine gained; negative when they emptied.</param>
/// <param name="NoData">Planned time about which nothing is known.</param>
public sealed record LossTree(
    double PlannedBusy,
    double? Good,
    double Breakdown,
    double SetUp,
    double MinorStops,
    double? Speed,
    double? ProcessDefects,
    double? StartUpRejects,
    double Lack,
    double Tailback,
    double External,
    double Waiting,
    double UnplannedMaintenance,
    double? BufferChange,
    double NoData)
{
    /// <summary>Computes the losses and asserts the identity PBT = PRI × GQ + Σ losses + no data.</summary>
    /// <exception cref="LossIdentityException">The losses do not sum to planned busy time: a defect of the engine.</exception>
    public static LossTree Of(Quantities quantities)
    {
        double? ideal = quantities.IdealSeconds;
        double? good = quantities.IdealGoodSeconds;
        double? reject = quantities.IdealRejectSeconds;
        double? startUp = quantities.IdealStartUpRejectSeconds;
        LossTree losses = new(
            quantities.PlannedBusy.TotalSeconds,
            good,
            Seconds(LossCategory.Breakdown),
            Seconds(LossCategory.SetUp),
            Seconds(LossCategory.MinorStop),
            Seconds(LossCategory.Run) - ideal,
            reject - startUp,
            startUp,
            Seconds(LossCategory.Lack),
            Seconds(LossCategory.Tailback),
            Seconds(LossCategory.External),
            Seconds(LossCategory.Waiting),
            Seconds(LossCategory.UnplannedMaintenance),
            ideal - good - reject,
            Seconds(LossCategory.NoData));
        losses.AssertIdentity();
        return losses;

        double Seconds(LossCategory category) => quantities[category].TotalSeconds;
    }

    /// <summary>Σ of everything but planned busy time; null when units are unknown.</summary>
    public double? Sum => Good + Breakdown + SetUp + MinorStops + Speed + ProcessDefects + StartUpRejects
        + Lack + Tailback + External + Waiting + UnplannedMaintenance + BufferChange + NoData;

    private void AssertIdentity()
    {
        // Seconds are doubles: a billionth of the window is rounding, more is a mistake.
        if (Sum is { } sum && Math.Abs(sum - PlannedBusy) > 1e-9 * Math.Max(PlannedBusy, Math.Abs(Good ?? 0)) + 1e-6)
        {
            throw new LossIdentityException(
                $"losses and good time sum to {sum:R} s, planned busy time is {PlannedBusy:R} s: {this}");
        }
    }
}

/// <summary>The losses of a window do not sum to its planned busy time, or its intervals do not tile it.</summary>
public sealed class LossIdentityException(string message) : InvalidOperationException(message);
