using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics;

/// <summary>How far values scatter, told so that nearly half of them may be wild.</summary>
internal static class RobustSpread
{
    /// <summary>Standard deviation of normal values over the median of their absolute deviations.</summary>
    private const double DeviationToSigma = 1.4826;

    /// <summary>Standard deviation by the median absolute deviation from the median, in the unit of the values; at least one value.</summary>
    public static double Of(double[] values)
    {
        double median = values.Median();
        return DeviationToSigma * Array.ConvertAll(values, value => Math.Abs(value - median)).Median();
    }
}
