namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// When wear reaches its limit, as a distribution: a mixture of first passages, one for each way the wear may be going that the
/// samples leave open. Hours count from the last sample.
/// </summary>
public sealed class WearLife
{
    private const double Farthest = 1e6;

    private readonly (FirstPassage Passage, double Weight)[] _ways;

    internal WearLife(IReadOnlyList<(FirstPassage Passage, double Weight)> ways, double exponentialShare)
    {
        double total = ways.Sum(way => way.Weight);
        _ways = [.. ways.Select(way => (way.Passage, way.Weight / total))];
        ExponentialShare = exponentialShare;
    }

    /// <summary>Probability that the wear goes by ratios and not by steps, 0–1.</summary>
    public double ExponentialShare { get; }

    /// <summary>Probability that the limit is ever reached.</summary>
    public double ProbabilityEver => _ways.Sum(way => way.Weight * way.Passage.ProbabilityEver);

    /// <summary>Probability that the limit is reached within so many hours; only rises with them.</summary>
    public double ProbabilityWithin(double hours) => Math.Min(1, _ways.Sum(way => way.Weight * way.Passage.ProbabilityWithin(hours)));

    /// <summary>Hours that are undercut with this probability; infinite where the limit is not reached with it in a million hours.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share)
    {
        if (ProbabilityWithin(Farthest) < share)
        {
            return double.PositiveInfinity;
        }

        double low = 0;
        double high = Farthest;
        while (high - low > 1e-6 * high && high > 1e-6)
        {
            double middle = low + ((high - low) / 2);
            (low, high) = ProbabilityWithin(middle) < share ? (middle, high) : (low, middle);
        }

        return high;
    }
}
