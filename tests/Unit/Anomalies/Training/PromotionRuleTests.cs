using Linewatch.Analytics.Anomalies.Training;

namespace Linewatch.Tests.Unit.Anomalies.Training;

public sealed class PromotionRuleTests
{
    private static readonly TrainingMetrics Good = new()
    {
        Signals = 4,
        Judging = 4,
        TrainingReadings = 40_000,
        HeldBackReadings = 10_000,
        HeldBackDays = 7,
        FalseAlarms = 1,
        UnjudgedAlarms = 0,
        TrueKnown = 2,
        TrueFound = 2,
        FalseKnown = 2,
        FalseRepeated = 0,
        SensorFaults = 0,
        Drift = 0.05,
    };

    public static TheoryData<string, TrainingMetrics, TrainingMetrics?, bool> Cases { get; } = new()
    {
        { "as good as the one in use", Good, Good, true },
        { "the first", Good, null, true },
        { "too few signals learned enough", Good with { Judging = 1 }, null, false },
        { "nothing held back", Good with { HeldBackReadings = 100 }, null, false },
        { "misses a fault the other finds", Good with { TrueFound = 1 }, Good, false },
        { "misses a fault that the other misses too", Good with { TrueFound = 1 }, Good with { TrueFound = 1 }, true },
        { "the first finds none of the known faults", Good with { TrueFound = 0 }, null, false },
        { "repeats an alarm judged false that the other has learned", Good with { FalseRepeated = 1 }, Good, false },
        { "two false alarms in a week: one allowed, one by chance", Good with { FalseAlarms = 2 }, Good, true },
        { "three false alarms in a week", Good with { FalseAlarms = 3 }, Good, false },
        { "three false alarms where the other raises three", Good with { FalseAlarms = 3 }, Good with { FalseAlarms = 3 }, true },
        { "p-values not calibrated", Good with { Drift = 0.4 }, Good, false },
        { "p-values not calibrated, the other's still less", Good with { Drift = 0.4 }, Good with { Drift = 0.6 }, true },
        { "p-values of its rows not calibrated", Together(0.4), Together(0.05), false },
        { "p-values of its rows not calibrated, the first with rows", Together(0.4), Good, false },
        { "p-values of its rows not calibrated, the other's still less", Together(0.4), Together(0.6), true },
        { "calibration of its rows not known", Together(null), Together(0.05), true },
        { "calibration not known", Good with { Drift = null }, Good, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_is_promoted_only_where_it_does_no_worse(string why, TrainingMetrics trained, TrainingMetrics? inUse, bool promoted)
    {
        PromotionDecision decision = new PromotionRule().Decide(trained, inUse);

        Assert.True(decision.IsPromoted == promoted, $"{why}: {decision.Reason}");
        Assert.NotEmpty(decision.Reason);
    }

    private static TrainingMetrics Together(double? drift) => Good with { Rows = new RowMetrics(4000, 4, 0, drift, drift / 2) };
}
