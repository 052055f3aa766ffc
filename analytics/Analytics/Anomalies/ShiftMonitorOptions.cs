namespace Linewatch.Analytics.Anomalies;

/// <summary>How a <see cref="ShiftMonitor"/> judges. Rates are shares a row; the defaults fit rows a second apart.</summary>
public sealed record ShiftMonitorOptions
{
    /// <summary>Rows of normal running that are learned before anything is judged. Default 400; range 100 to 100,000.</summary>
    public int LearningRows { get; init; } = 400;

    /// <summary>Gain of the short mean that is judged. Default 0.15; range 0.01 to 1.</summary>
    public double ShortGain { get; init; } = 0.15;

    /// <summary>Gain of the reference that follows drift. Default 0.01; range 0.0001 to 0.1.</summary>
    public double DriftGain { get; init; } = 0.01;

    /// <summary>Usual distances between short mean and reference from which a steady channel has shifted. Default 4; range 2 to 20.</summary>
    public double ShiftSpreads { get; init; } = 4;

    /// <summary>Share of <see cref="ShiftSpreads"/> below which a shift is over. Default 0.4; range 0.1 to 1.</summary>
    public double ReturnShare { get; init; } = 0.4;

    /// <summary>Share of its own peak below which a shift has been left, even if the old level is not reached again. Default 0.25; range 0 to 0.9.</summary>
    public double RecoveryShare { get; init; } = 0.25;

    /// <summary>Rows given to reach the old level again after the recovery began; then the new level is the reference. Default 60; range 1 to 100,000.</summary>
    public int RecoveryRows { get; init; } = 60;

    /// <summary>Gain at which the usual distance goes on being learned after the learning rows. Default 0.003; range 0 to 0.1.</summary>
    public double SpreadGain { get; init; } = 0.003;

    /// <summary>The values out of range: each as one sentence with name, limits and actual; empty when all is well.</summary>
    public IReadOnlyList<string> Faults()
    {
        List<string> faults = [];
        Check(nameof(LearningRows), LearningRows, 100, 100_000);
        Check(nameof(ShortGain), ShortGain, 0.01, 1);
        Check(nameof(DriftGain), DriftGain, 0.0001, 0.1);
        Check(nameof(ShiftSpreads), ShiftSpreads, 2, 20);
        Check(nameof(ReturnShare), ReturnShare, 0.1, 1);
        Check(nameof(RecoveryShare), RecoveryShare, 0, 0.9);
        Check(nameof(RecoveryRows), RecoveryRows, 1, 100_000);
        Check(nameof(SpreadGain), SpreadGain, 0, 0.1);
        return faults;

        void Check(string name, double value, double least, double most)
        {
            if (!(value >= least && value <= most))
            {
                faults.Add(FormattableString.Invariant($"{name} is {value}; allowed is {least} to {most}"));
            }
        }
    }
}
