using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Spc;

/// <summary>
/// Compares like components (the valves of a filler, the heads of a capper) with one another, so that one bad valve among
/// a hundred is named although the pooled mean hides it. Each component keeps an exponentially weighted mean and variance;
/// the yardstick is the median of all, which a few bad ones cannot move, and how far their means lie apart. Not thread-safe.
/// </summary>
public sealed class ComponentComparison
{
    /// <summary>A component is judged from this many values on.</summary>
    public const int FewestValues = 25;

    /// <summary>Looks of a watch in a day, each quarter of an hour.</summary>
    public const int LooksOfADay = 96;

    private readonly double _weight;
    private readonly double _falseMeans;
    private readonly double _falseSpreads;
    private readonly int[] _counts;
    private readonly double[] _means;
    private readonly double[] _variances;

    /// <param name="components">How many there are, 3 or more.</param>
    /// <param name="weight">Weight of the newest value, above 0 and below 1. 0.02 looks back about 50 values.</param>
    /// <param name="falseAlarms">Chance that any healthy component is named, shared among all of them.</param>
    /// <param name="looks">
    /// Looks that share the chance, 1 or more. Only spreads are asked for more by it: they are drawn anew from look to look, while what
    /// sound components' means differ by stays as it is.
    /// </param>
    public ComponentComparison(int components, double weight = 0.02, double falseAlarms = 0.001, int looks = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 3);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(weight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(looks, 1);
        _weight = weight;
        _counts = new int[components];
        _means = new double[components];
        _variances = new double[components];

        // Bonferroni: two tests for each component share the allowed chance.
        _falseMeans = falseAlarms / (2 * components);
        _falseSpreads = _falseMeans / looks;
    }

    /// <summary>Takes a value of a component, numbered from 0.</summary>
    public void Add(int component, double value)
    {
        int count = ++_counts[component];

        // A plain mean until the weights have settled, so that the first values count no more than others.
        double weight = Math.Max(_weight, 1.0 / count);
        double difference = value - _means[component];
        _means[component] += weight * difference;
        _variances[component] = (1 - weight) * (_variances[component] + (weight * difference * difference));
    }

    /// <summary>The components that differ from the others now, the worst first.</summary>
    public IReadOnlyList<OddComponent> Odd()
    {
        int[] judged = [.. Enumerable.Range(0, _counts.Length).Where(i => _counts[i] >= FewestValues)];
        if (judged.Length < 3)
        {
            return [];
        }

        double[] means = [.. judged.Select(i => _means[i])];
        double centre = means.Median();
        double variance = judged.Select(i => Variance(i)).Median();
        double spread = Math.Sqrt(variance);
        if (!(spread > 0))
        {
            return [];
        }

        // Sound components are set a little differently each: what their means differ by beyond chance is no fault of one.
        double scatter = RobustSpread.Of(means);
        double setting = Math.Max(0, (scatter * scatter) - (variance / judged.Select(i => Effective(_counts[i])).Median()));
        List<(OddComponent Component, double Excess)> odd = [];
        Dictionary<double, (double Mean, double Spread)> limits = [];
        foreach (int i in judged)
        {
            double effective = Effective(_counts[i]);
            if (!limits.TryGetValue(effective, out (double Mean, double Spread) limit))
            {
                limits[effective] = limit = Limits(effective);
            }

            double shift = _means[i] - centre;
            double score = shift / Math.Sqrt((variance / effective) + setting);
            double ratio = Math.Sqrt(Variance(i)) / spread;
            double excess = Math.Max(Math.Abs(score) / limit.Mean, ratio / limit.Spread);
            if (excess > 1)
            {
                odd.Add((new OddComponent(i, shift, score, ratio), excess));
            }
        }

        return [.. odd.OrderByDescending(each => each.Excess).Select(each => each.Component)];
    }

    /// <summary>What chance alone exceeds no more often than is allowed, with so many values.</summary>
    private (double Mean, double Spread) Limits(double effective) => (
        StudentT.InvCDF(0, 1, effective - 1, 1 - (_falseMeans / 2)),
        Math.Sqrt(ChiSquared.InvCDF(effective - 1, 1 - _falseSpreads) / (effective - 1)));

    /// <summary>How many equal values the weighted ones are worth.</summary>
    private double Effective(int count) => Math.Min(count, (2 - _weight) / _weight);

    /// <summary>Unbiased by as many values as the weights are worth.</summary>
    private double Variance(int component)
    {
        double effective = Effective(_counts[component]);
        return _variances[component] * effective / (effective - 1);
    }
}

/// <summary>A component that differs from its like.</summary>
/// <param name="Component">Number from 0.</param>
/// <param name="Shift">Its mean less the median of all, in the signal's unit.</param>
/// <param name="Score">The shift over the standard deviation of sound components' means.</param>
/// <param name="SpreadRatio">Its standard deviation over the median of all.</param>
public sealed record OddComponent(int Component, double Shift, double Score, double SpreadRatio);
