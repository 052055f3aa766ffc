using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>How much of the way from its best level to its limit a component has left: 1 as good as it has been, 0 at or beyond the limit.</summary>
public static class HealthIndex
{
    /// <summary>A single good reading is not the best level: this share of the samples must be as good.</summary>
    private const double BestShare = 0.05;

    private const int LatestSamples = 8;

    /// <summary>A component's health by its wear signal.</summary>
    /// <param name="samples">Values by event time, ascending, taken while the machine was running; at least one.</param>
    /// <param name="limit">The value that demands maintenance, in the unit of the values.</param>
    /// <param name="rising">Whether wear raises the value.</param>
    public static double OfComponent(ReadOnlySpan<WearSample> samples, double limit, bool rising)
    {
        double[] values = Array.ConvertAll(samples.ToArray(), sample => sample.Value);
        double now = values[^Math.Min(LatestSamples, values.Length)..].Median();
        double best = values.Quantile(rising ? BestShare : 1 - BestShare);
        double way = rising ? limit - best : best - limit;
        double left = rising ? limit - now : now - limit;
        return way <= 0 ? 0 : Math.Clamp(left / way, 0, 1);
    }
}
