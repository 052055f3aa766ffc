namespace Linewatch.Analytics.Spc;

/// <summary>The reference test of the EU fill law (76/211/EEC annex II) on a sample that somebody measured.</summary>
/// <param name="Nominal">Nominal quantity Qn, ml or g.</param>
/// <param name="Units">Units measured.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their sample standard deviation.</param>
/// <param name="LeastMean">Qn − factor · s: what the mean must reach.</param>
/// <param name="IsMeanKept">Whether it does.</param>
/// <param name="BelowTu1">Units below TU1.</param>
/// <param name="BelowTu2">Units below TU2; none may be.</param>
/// <param name="Verdict">What becomes of the batch.</param>
/// <param name="LargestMeasurementError">Largest error that the measuring may have, TNE / 5 (WELMEC 6.9).</param>
public sealed record FillSample(
    double Nominal, int Units, double Mean, double Deviation, double LeastMean, bool IsMeanKept, int BelowTu1, int BelowTu2, BatchVerdict Verdict,
    double LargestMeasurementError)
{
    /// <summary>Judges a sample.</summary>
    /// <param name="nominal">Nominal quantity, 5 … 10 000 ml or g.</param>
    /// <param name="sample">What was measured.</param>
    /// <param name="batch">
    /// Units in the batch (one hour's maximum output) for the non-destructive plan, whose second sample follows the first in
    /// <paramref name="sample"/>; null = the destructive plan of 20.
    /// </param>
    /// <exception cref="ArgumentException">The plan takes another number of units; says which.</exception>
    public static FillSample Judge(double nominal, IReadOnlyList<double> sample, int? batch)
    {
        double tu1 = FillLaw.Tu1(nominal);
        double mean = sample.Count > 0 ? sample.Average() : double.NaN;
        int belowTu2 = sample.Count(unit => unit < FillLaw.Tu2(nominal));
        BatchVerdict verdict;
        if (batch is { } units)
        {
            int size = FillLaw.SampleSize(units);
            if (sample.Count != size && sample.Count != 2 * size)
            {
                throw new ArgumentException($"a batch of {units} takes {size} units, or {2 * size} with the second sample; found {sample.Count}", nameof(sample));
            }

            int first = sample.Take(size).Count(unit => unit < tu1);
            verdict = FillLaw.NonDestructive(units, first, sample.Count == size ? null : sample.Count(unit => unit < tu1));
        }
        else
        {
            verdict = FillLaw.DestructiveSamplePasses(nominal, sample) ? BatchVerdict.Accepted : BatchVerdict.Rejected;
        }

        double deviation = VariablesChart.Deviation(sample);
        bool isMeanKept = FillLaw.MeanPasses(nominal, sample);
        return new FillSample(
            nominal, sample.Count, mean, deviation, nominal - (FillLaw.MeanFactor(sample.Count) * deviation), isMeanKept, sample.Count(unit => unit < tu1), belowTu2,
            isMeanKept && belowTu2 == 0 ? verdict : BatchVerdict.Rejected,
            FillLaw.LargestMeasurementShare * FillLaw.TolerableNegativeError(nominal));
    }
}
