namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Gradient-boosted regression trees (Friedman 2001) on binned features with second-order leaves (Chen and Guestrin 2016),
/// grown best leaf first. The same rows, targets and settings give the same trees on any number of cores.
/// </summary>
public sealed class BoostedTrees
{
    private readonly RegressionTree[] _trees;
    private readonly double _start;
    private readonly double _learningRate;

    private BoostedTrees(RegressionTree[] trees, double start, double learningRate)
    {
        _trees = trees;
        _start = start;
        _learningRate = learningRate;
    }

    /// <summary>Fits the mean of the target (squared error).</summary>
    /// <param name="rows">Features, all rows of one length; NaN where missing.</param>
    /// <param name="targets">One a row.</param>
    /// <param name="settings">How the trees grow.</param>
    public static BoostedTrees FitMean(IReadOnlyList<double[]> rows, double[] targets, BoostingSettings settings) =>
        Fit(rows, targets, targets.Average(), settings, static (target, score) => (score - target, 1));

    /// <summary>Fits the log-odds of a target of 0 or 1 (logistic loss).</summary>
    /// <param name="rows">Features, all rows of one length; NaN where missing.</param>
    /// <param name="targets">0 or 1, one a row, both present.</param>
    /// <param name="settings">How the trees grow.</param>
    public static BoostedTrees FitLogOdds(IReadOnlyList<double[]> rows, double[] targets, BoostingSettings settings)
    {
        double share = targets.Average();
        return Fit(rows, targets, Math.Log(share / (1 - share)), settings, static (target, score) =>
        {
            double probability = 1 / (1 + Math.Exp(-score));
            return (probability - target, Math.Max(probability * (1 - probability), 1e-9));
        });
    }

    /// <summary>The fitted figure of a row: a mean or a log-odds.</summary>
    public double Predict(ReadOnlySpan<double> row)
    {
        double sum = 0;
        foreach (RegressionTree tree in _trees)
        {
            sum += tree.Predict(row);
        }

        return _start + (_learningRate * sum);
    }

    private static BoostedTrees Fit(
        IReadOnlyList<double[]> rows, double[] targets, double start, BoostingSettings settings, Func<double, double, (double Gradient, double Curvature)> loss)
    {
#pragma warning disable CA5394 // sampling, not security; a fixed seed keeps the fit reproducible
        Random random = new(settings.Seed);
        FeatureBins bins = new(rows, settings.Bins);
        TreeGrower grower = new(bins, settings);
        double[] scores = new double[rows.Count];
        Array.Fill(scores, start);
        double[] gradients = new double[rows.Count];
        double[] curvatures = new double[rows.Count];
        int[] allFeatures = [.. Enumerable.Range(0, bins.Columns.Length)];
        int[] allRows = [.. Enumerable.Range(0, rows.Count)];
        int sampledFeatures = Math.Max(1, (int)Math.Round(settings.FeatureShare * allFeatures.Length));
        int sampledRows = Math.Max(1, (int)Math.Round(settings.RowShare * allRows.Length));
        RegressionTree[] trees = new RegressionTree[settings.Trees];
        for (int t = 0; t < trees.Length; t++)
        {
            for (int row = 0; row < scores.Length; row++)
            {
                (gradients[row], curvatures[row]) = loss(targets[row], scores[row]);
            }

            random.Shuffle(allFeatures);
            random.Shuffle(allRows);
            RegressionTree tree = grower.Grow(allRows[..sampledRows], allFeatures[..sampledFeatures], gradients, curvatures);
            trees[t] = tree;
            Parallel.For(0, scores.Length, row => scores[row] += settings.LearningRate * tree.Predict(rows[row]));
        }
#pragma warning restore CA5394

        return new BoostedTrees(trees, start, settings.LearningRate);
    }
}
