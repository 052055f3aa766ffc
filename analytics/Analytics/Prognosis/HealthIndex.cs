using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>How much of the way from its best level to its limit a component has left: 1 as good as it has been, 0 at or beyond the limit.</summary>
public static class HealthIndex
{
    /// <summary>A single good reading is not the best level: this share of the samples must be as good.</summary>
    private const double BestShare = 0.05;

    private const int LatestSamples = 8;

    /// <summary>What detectors find odd all day long takes this share of a machine's health.</summary>
    private const double OddShare = 0.5;

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

    /// <summary>
    /// A machine's health, 0–1: that of its worst component, since it stands when any of them fails, lowered by how much of the last day
    /// its detectors found something odd, which may be of what no component's signal shows.
    /// </summary>
    /// <param name="components">Health of each component, 0–1; none = nothing is known to be worn.</param>
    /// <param name="odd">Share of the last day's hours with an anomaly, 0–1.</param>
    public static double OfMachine(ReadOnlySpan<double> components, double odd)
    {
        double worst = 1;
        foreach (double component in components)
        {
            worst = Math.Min(worst, component);
        }

        return worst * (1 - (OddShare * Math.Clamp(odd, 0, 1)));
    }
}
