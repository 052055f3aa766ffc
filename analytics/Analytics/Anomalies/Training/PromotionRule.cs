using System.Globalization;

namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>
/// Whether a trained model replaces the one in use. It must know enough, find every true fault the other finds, repeat no more of
/// the alarms that were judged false, raise no more false alarms on data held back, and its p-values must be calibrated no worse.
/// </summary>
/// <param name="MostFalseAlarms">False alarms a machine-week that are accepted of any model, 0 or more; one more may be chance.</param>
/// <param name="MostDrift">Population stability index up to which p-values count as calibrated, above 0.</param>
public sealed record PromotionRule(double MostFalseAlarms = 1, double MostDrift = 0.25)
{
    private const int FewestReadings = 500;

    /// <summary>Decides.</summary>
    /// <param name="trained">How the trained model did.</param>
    /// <param name="inUse">How the one in use did on the same data; null = there is none.</param>
    public PromotionDecision Decide(TrainingMetrics trained, TrainingMetrics? inUse)
    {
        if (2 * trained.Judging < trained.Signals || trained.Judging == 0)
        {
            return Keep($"only {trained.Judging} of {trained.Signals} signals learned enough to be judged");
        }

        if (trained.HeldBackReadings < FewestReadings)
        {
            return Keep($"only {trained.HeldBackReadings} readings were held back, {FewestReadings} are needed");
        }

        if (trained.TrueFound < (inUse?.TrueFound ?? Math.Min(1, trained.TrueKnown)))
        {
            return Keep($"finds {trained.TrueFound} of {trained.TrueKnown} known faults, the one in use {inUse?.TrueFound ?? 0}");
        }

        if (trained.FalseRepeated > (inUse?.FalseRepeated ?? trained.FalseKnown / 2))
        {
            return Keep($"repeats {trained.FalseRepeated} of {trained.FalseKnown} alarms that were judged false, the one in use {inUse?.FalseRepeated ?? 0}");
        }

        double accepted = 1 + (MostFalseAlarms * trained.HeldBackDays / 7);
        if (trained.FalseAlarms > Math.Max(accepted, inUse?.FalseAlarms ?? 0))
        {
            return Keep(Text($"raises {trained.FalseAlarms} false alarms in {trained.HeldBackDays:0.#} days, accepted are {Math.Floor(Math.Max(accepted, inUse?.FalseAlarms ?? 0))}"));
        }

        if (IsOff(trained.Drift, inUse?.Drift))
        {
            return Keep(Text($"its p-values are not calibrated: stability index {trained.Drift:0.00}, accepted is {MostDrift:0.00}"));
        }

        return IsOff(trained.Rows?.Drift, inUse?.Rows?.Drift)
            ? Keep(Text($"the p-values of its rows are not calibrated: stability index {trained.Rows!.Drift:0.00}, accepted is {MostDrift:0.00}"))
            : new PromotionDecision(true, Text($"{trained.FalseAlarms} false alarms in {trained.HeldBackDays:0.#} days held back ({Of(inUse?.FalseAlarms)} of the one in use), {trained.TrueFound} of {trained.TrueKnown} known faults found"));
    }

    private bool IsOff(double? trained, double? inUse) => trained > MostDrift && !(inUse > trained);

    private static PromotionDecision Keep(string reason) => new(false, reason);

    private static string Of(int? count) => count is { } known ? known.ToString(CultureInfo.InvariantCulture) : "none";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What became of a trained model.</summary>
/// <param name="IsPromoted">Whether it is used from now on.</param>
/// <param name="Reason">Why or why not, for people.</param>
public sealed record PromotionDecision(bool IsPromoted, string Reason);
