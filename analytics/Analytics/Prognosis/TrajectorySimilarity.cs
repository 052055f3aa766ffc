namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Compares a run's wear so far with the smoothed wear of past runs to failure, laid over it at every plausible shift in
/// time: where they agree, what was left of the past run's life tells what is left of this one (Wang et al., PHM 2008).
/// </summary>
internal sealed class TrajectorySimilarity
{
    /// <summary>Cycles averaged into one point of comparison.</summary>
    private const int Block = 4;

    /// <summary>A past run must cover at least this many points.</summary>
    private const int FewestBlocks = 5;

    /// <summary>Past lives are fewer and stiffer than what could happen: a difference counts this much of what the noise alone would make it.</summary>
    private const double Trust = 0.15;

    private readonly double[][] _past;
    private readonly double _noise;
    private readonly int _ceiling;

    /// <param name="wear">The wear figures of past runs, each until failure.</param>
    /// <param name="ceiling">Life, in cycles, beyond which wear does not show.</param>
    public TrajectorySimilarity(IReadOnlyList<double[]> wear, int ceiling)
    {
        _ceiling = ceiling;
        double squares = 0;
        long count = 0;
        _past = new double[wear.Count][];
        for (int run = 0; run < wear.Count; run++)
        {
            double[] smooth = Smooth(wear[run], 0.08 * ceiling);
            _past[run] = smooth;
            for (int i = 0; i < smooth.Length; i++)
            {
                squares += (wear[run][i] - smooth[i]) * (wear[run][i] - smooth[i]);
                count++;
            }
        }

        _noise = Math.Max(squares / count, 1e-12);
    }

    /// <summary>What the past says of a run's remaining life.</summary>
    /// <param name="wear">The wear figures so far.</param>
    /// <param name="except">Number of the past run that is this very run, or −1.</param>
    public SimilarLives Judge(ReadOnlySpan<double> wear, int except)
    {
        double[] blocks = new double[wear.Length / Block];
        for (int b = 0; b < blocks.Length; b++)
        {
            for (int i = 0; i < Block; i++)
            {
                blocks[b] += wear[wear.Length - 1 - (b * Block) - i] / Block;
            }
        }

        List<(double LogWeight, double Left)> candidates = [];
        double best = double.NegativeInfinity;
        int reach = (int)(0.8 * _ceiling);
        double usualShift = 0.32 * _ceiling;
        for (int run = 0; run < _past.Length; run++)
        {
            if (run == except)
            {
                continue;
            }

            double[] past = _past[run];
            for (int end = Math.Max(Block * FewestBlocks, wear.Length - reach); end <= Math.Min(past.Length, wear.Length + reach); end += 2)
            {
                double shift = (end - wear.Length) / usualShift;
                double logWeight = (-0.5 * Trust * MeanSquare(blocks, past, end) * blocks.Length * Block / _noise) - (0.5 * shift * shift);
                best = Math.Max(best, logWeight);
                candidates.Add((logWeight, past.Length - end));
            }
        }

        return candidates.Count == 0 ? new SimilarLives(_ceiling, _ceiling, _ceiling, 0) : Weigh(candidates, best);
    }

    private static double MeanSquare(double[] blocks, double[] past, int end)
    {
        int compared = Math.Min(blocks.Length, end / Block);
        double sum = 0;
        for (int b = 0; b < compared; b++)
        {
            double apart = blocks[b] - past[end - 1 - (b * Block) - (Block / 2)];
            sum += apart * apart;
        }

        return sum / compared;
    }

    private SimilarLives Weigh(List<(double LogWeight, double Left)> candidates, double best)
    {
        double weights = 0;
        double left = 0;
        double leftToCeiling = 0;
        double squares = 0;
        foreach ((double logWeight, double cycles) in candidates)
        {
            double weight = Math.Exp(logWeight - best);
            double clipped = Math.Min(cycles, _ceiling);
            weights += weight;
            left += weight * cycles;
            leftToCeiling += weight * clipped;
            squares += weight * clipped * clipped;
        }

        double mean = leftToCeiling / weights;
        return new SimilarLives(
            mean, left / weights, Math.Sqrt(Math.Max(0, (squares / weights) - (mean * mean))), Math.Log(1 + Math.Max(0, -best)));
    }

    /// <summary>Local straight lines with Gaussian weights: follows the rise at the end of life, which plain means would flatten.</summary>
    private static double[] Smooth(double[] values, double width)
    {
        int reach = (int)Math.Ceiling(3 * width);
        double[] smooth = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0;
            for (int j = Math.Max(0, i - reach); j < Math.Min(values.Length, i + reach + 1); j++)
            {
                double apart = j - i;
                double weight = Math.Exp(-apart * apart / (2 * width * width));
                s0 += weight;
                s1 += weight * apart;
                s2 += weight * apart * apart;
                t0 += weight * values[j];
                t1 += weight * apart * values[j];
            }

            double spread = (s0 * s2) - (s1 * s1);
            smooth[i] = spread > 1e-9 ? ((s2 * t0) - (s1 * t1)) / spread : t0 / s0;
        }

        return smooth;
    }
}

/// <summary>What similar past lives had left.</summary>
/// <param name="Mean">Weighted mean of what was left, each life at most the ceiling, in cycles.</param>
/// <param name="Unclipped">The same without the ceiling.</param>
/// <param name="Deviation">Weighted standard deviation, with the ceiling.</param>
/// <param name="Strangeness">0 where a past life fits as well as one could; grows with the misfit of the best.</param>
internal readonly record struct SimilarLives(double Mean, double Unclipped, double Deviation, double Strangeness);
