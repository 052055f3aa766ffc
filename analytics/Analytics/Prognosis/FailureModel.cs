namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Learns the probability of a failure from rows of measurements, each its own case: boosted trees on derived features. The
/// threshold that makes it a class is the one with the best F1 on rows not learned from. Deterministic; thread-safe once fitted.
/// </summary>
public sealed class FailureModel
{
    private const int Resamples = 51;

    private readonly FailureFeatures _features;
    private readonly BoostedTrees[] _trees;

    private FailureModel(FailureFeatures features, BoostedTrees[] trees, double threshold)
    {
        _features = features;
        _trees = trees;
        Threshold = threshold;
    }

    /// <summary>Probability from which a row is classed as a failure.</summary>
    public double Threshold { get; }

    /// <summary>Why nothing can be learned from these rows; null when it can.</summary>
    public static string? Refusal(IReadOnlyList<bool> failed, FailureSettings settings)
    {
        int failures = failed.Count(one => one);
        int others = failed.Count - failures;
        return Math.Min(failures, others) < settings.FewestFailures
            ? $"{failures} failures among {failed.Count} rows; {settings.FewestFailures} failures and as many other rows are needed"
            : null;
    }

    /// <summary>Learns.</summary>
    /// <param name="rows">What was known.</param>
    /// <param name="failed">Whether the machine failed, one a row.</param>
    /// <param name="settings">How.</param>
    /// <param name="progress">Told what is done, in words.</param>
    /// <exception cref="ArgumentException">There is a <see cref="Refusal"/>.</exception>
    public static FailureModel Fit(
        IReadOnlyList<FailureRow> rows, IReadOnlyList<bool> failed, FailureSettings settings, IProgress<string>? progress = null)
    {
        if (Refusal(failed, settings) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(failed));
        }

        FailureFeatures features = new(rows);
        double[][] table = [.. rows.Select(features.Of)];
        double[] targets = [.. failed.Select(one => one ? 1.0 : 0.0)];
        int[] folds = Folds(failed, settings);
        double[] unseen = new double[rows.Count];
        for (int fold = 0; fold < settings.Folds; fold++)
        {
            int[] learned = [.. Enumerable.Range(0, rows.Count).Where(row => folds[row] != fold)];
            BoostedTrees[] others = Ensemble([.. learned.Select(row => table[row])], [.. learned.Select(row => targets[row])], settings);
            for (int row = 0; row < unseen.Length; row++)
            {
                if (folds[row] == fold)
                {
                    unseen[row] = Probability(others, table[row]);
                }
            }

            progress?.Report($"fold {fold + 1} of {settings.Folds}: judged {folds.Count(one => one == fold)} rows not learned from");
        }

        double threshold = BestThreshold(unseen, failed, settings.Trees.Seed);
        BoostedTrees[] trees = Ensemble(table, targets, settings);
        progress?.Report($"learned from all {rows.Count} rows; a failure from a probability of {threshold:0.00}");
        return new FailureModel(features, trees, threshold);
    }

    /// <summary>Probability that the row is a failure, 0–1.</summary>
    public double Probability(FailureRow row) => Probability(_trees, _features.Of(row));

    private static double Probability(BoostedTrees[] trees, double[] features) =>
        trees.Average(one => 1 / (1 + Math.Exp(-one.Predict(features))));

    private static BoostedTrees[] Ensemble(double[][] rows, double[] targets, FailureSettings settings) =>
    [
        .. Enumerable.Range(0, settings.Ensemble)
            .Select(i => BoostedTrees.FitLogOdds(rows, targets, settings.Trees with { Seed = settings.Trees.Seed + i })),
    ];

    /// <summary>Deals failures and other rows out to the folds, each kind evenly.</summary>
    private static int[] Folds(IReadOnlyList<bool> failed, FailureSettings settings)
    {
        int[] order = [.. Enumerable.Range(0, failed.Count)];
#pragma warning disable CA5394 // a deal of rows, not security; a fixed seed keeps it reproducible
        new Random(settings.Trees.Seed).Shuffle(order);
#pragma warning restore CA5394
        int[] folds = new int[failed.Count];
        int failures = 0;
        int others = 0;
        foreach (int row in order)
        {
            folds[row] = (failed[row] ? failures++ : others++) % settings.Folds;
        }

        return folds;
    }

    /// <summary>The median of the best thresholds of resampled rows: the best of one sample is a matter of luck.</summary>
    private static double BestThreshold(double[] probabilities, IReadOnlyList<bool> failed, int seed)
    {
#pragma warning disable CA5394 // resampling, not security; a fixed seed keeps it reproducible
        Random random = new(seed);
        int[] falling = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(row => probabilities[row])];
        double[] best = new double[Resamples];
        int[] counts = new int[probabilities.Length];
        for (int resample = 0; resample < Resamples; resample++)
        {
            Array.Clear(counts);
            for (int i = 0; i < counts.Length; i++)
            {
                counts[random.Next(counts.Length)]++;
            }

            best[resample] = BestThreshold(falling, probabilities, failed, counts);
        }
#pragma warning restore CA5394

        Array.Sort(best);
        return best[Resamples / 2];
    }

    private static double BestThreshold(int[] falling, double[] probabilities, IReadOnlyList<bool> failed, int[] counts)
    {
        int failures = falling.Sum(row => failed[row] ? counts[row] : 0);
        int found = 0;
        int named = 0;
        double bestF1 = -1;
        double threshold = 0.5;
        for (int i = 0; i < falling.Length; i++)
        {
            int row = falling[i];
            named += counts[row];
            found += failed[row] ? counts[row] : 0;
            bool isTied = i + 1 < falling.Length && probabilities[falling[i + 1]] == probabilities[row];
            double f1 = 2.0 * found / Math.Max(1, named + failures);
            if (!isTied && f1 > bestF1)
            {
                bestF1 = f1;
                threshold = i + 1 < falling.Length ? 0.5 * (probabilities[row] + probabilities[falling[i + 1]]) : probabilities[row];
            }
        }

        return threshold;
    }
}
