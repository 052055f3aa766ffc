namespace Linewatch.Analytics.Oee;

/// <summary>
/// The ratios of a window, 1 = 100 %. Undefined is null, never 0; more than 1 is shown as it is. Formulas of
/// ISO 22400-2 as <c>domain.md</c> §1.1 quotes them. Of a window in which nothing was heard nothing is known, so all but
/// utilisation is null.
/// </summary>
/// <param name="Availability">APT / PBT; null without planned busy time.</param>
/// <param name="Performance">PRI × PQ / APT; null without production time, counters or an ideal rate.</param>
/// <param name="Quality">GQ / PQ, weighted by PRI; null when nothing was made.</param>
/// <param name="Oee">PRI × GQ / PBT, which is A × P × Q; null where PBT is 0 or units are unknown.</param>
/// <param name="Teep">PRI × GQ / calendar time = OEE × PBT / calendar time.</param>
/// <param name="Nee">((APT + set-up) / PBT) × P × Q: set-up is not a loss.</param>
/// <param name="Utilisation">PBT / calendar time.</param>
/// <param name="SetUpRatio">AUST / AUPT = set-up / (APT + set-up).</param>
/// <param name="TechnicalEfficiency">APT / (APT + ADET): ADET is waiting with an order registered.</param>
/// <param name="UtilisationEfficiency">APT / AUBT = APT / (APT + set-up + ADET).</param>
public sealed record OeeFigures(
    double? Availability,
    double? Performance,
    double? Quality,
    double? Oee,
    double? Teep,
    double? Nee,
    double? Utilisation,
    double? SetUpRatio,
    double? TechnicalEfficiency,
    double? UtilisationEfficiency)
{
    /// <summary>Performance above 1: the ideal rate is set too low, or a counter counts too much. Shown, never clipped.</summary>
    public bool IsPerformanceSuspect => Performance > 1;

    /// <summary>Quality above 1: units left the buffers in this window that were filled before it. Shown, never clipped.</summary>
    public bool IsQualityFromBuffers => Quality > 1;

    /// <summary>Quality below 0: more rejects than units, so the counters contradict each other. Shown, never clipped.</summary>
    public bool IsQualitySuspect => Quality < 0;

    /// <summary>Computes every ratio from base quantities.</summary>
    public static OeeFigures Of(Quantities quantities)
    {
        double busy = quantities.PlannedBusy.TotalSeconds;
        double production = quantities.Production.TotalSeconds;
        double setUp = quantities[LossCategory.SetUp].TotalSeconds;
        double calendar = quantities.Calendar.TotalSeconds;
        double waiting = quantities[LossCategory.Waiting].TotalSeconds;
        if (busy > 0 && quantities[LossCategory.NoData] == quantities.PlannedBusy && quantities is { Total: 0, Good: 0 })
        {
            return new OeeFigures(null, null, null, null, null, null, Ratio(busy, calendar), null, null, null);
        }

        double? ideal = quantities.IdealSeconds;
        double? idealGood = quantities.IdealGoodSeconds;
        double? performance = Ratio(ideal, production);
        double? quality = Ratio(idealGood, ideal);
        return new OeeFigures(
            Ratio(production, busy),
            performance,
            quality,
            Ratio(idealGood, busy),
            Ratio(idealGood, calendar),
            Ratio(production + setUp, busy) * performance * quality,
            Ratio(busy, calendar),
            Ratio(setUp, production + setUp),
            Ratio(production, production + waiting),
            Ratio(production, production + setUp + waiting));
    }

    private static double? Ratio(double? numerator, double? denominator) =>
        denominator is > 0 ? numerator / denominator : null;
}
