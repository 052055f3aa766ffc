namespace Linewatch.Analytics.Prognosis;

/// <summary>A machine's remaining life as a distribution, told up to a ceiling beyond which wear does not show.</summary>
public sealed class RemainingLife
{
    private readonly double[] _lives;
    private readonly double[] _sharesUpTo;

    /// <param name="mean">Expected life, in cycles.</param>
    /// <param name="lives">Possible lives with their weights, in any order; at least one.</param>
    internal RemainingLife(double mean, IEnumerable<(double Life, double Weight)> lives)
    {
        (double Life, double Weight)[] ordered = [.. lives.OrderBy(life => life.Life)];
        double total = ordered.Sum(life => life.Weight);
        Mean = mean;
        _lives = new double[ordered.Length];
        _sharesUpTo = new double[ordered.Length];
        double sum = 0;
        for (int i = 0; i < ordered.Length; i++)
        {
            sum += ordered[i].Weight;
            _lives[i] = ordered[i].Life;
            _sharesUpTo[i] = sum / total;
        }
    }

    /// <summary>Expected remaining life, in cycles.</summary>
    public double Mean { get; }

    /// <summary>The life, in cycles, that is undercut with this probability.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share)
    {
        int at = Array.BinarySearch(_sharesUpTo, share);
        return _lives[Math.Min(at < 0 ? ~at : at, _lives.Length - 1)];
    }

    /// <summary>Probability of failure within so many cycles; for horizons below the ceiling.</summary>
    public double ProbabilityWithin(double cycles)
    {
        int low = 0;
        int high = _lives.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _lives[middle] <= cycles ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? 0 : _sharesUpTo[low - 1];
    }
}
