using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class BoostedTreesTests
{
    private static readonly BoostingSettings Quick = new() { Trees = 150, LearningRate = 0.1, Leaves = 8, FewestInLeaf = 5, FeatureShare = 1 };

    private static double[][] Grid() =>
        [.. from x in Enumerable.Range(0, 40) from y in Enumerable.Range(0, 40) select new[] { x / 40.0, y / 40.0 }];

    [Fact]
    public void FitMean_learns_a_product_of_two_features()
    {
        double[][] rows = Grid();
        BoostedTrees trees = BoostedTrees.FitMean(rows, [.. rows.Select(row => row[0] * row[1])], Quick);

        double worst = rows.Max(row => Math.Abs(trees.Predict(row) - (row[0] * row[1])));

        Assert.True(worst < 0.08, $"worst error {worst:F3} of a figure from 0 to 1");
    }

    [Fact]
    public void FitLogOdds_finds_the_probability_in_each_corner()
    {
        double[][] rows = [.. Grid(), .. Grid(), .. Grid(), .. Grid()];
        double[] targets = [.. rows.Select((row, i) => row is [> 0.5, > 0.5] ? (i / 1600 < 3 ? 1.0 : 0.0) : 0.0)];
        BoostedTrees trees = BoostedTrees.FitLogOdds(rows, targets, Quick);

        Assert.Equal(0.75, Probability(trees, [0.8, 0.8]), 0.05);
        Assert.Equal(0, Probability(trees, [0.2, 0.8]), 0.02);
    }

    [Fact]
    public void A_feature_that_never_varies_is_never_split_on()
    {
        double[][] rows = [.. Enumerable.Range(0, 100).Select(i => new double[] { 7, i })];
        BoostedTrees trees = BoostedTrees.FitMean(rows, [.. rows.Select(row => row[1])], Quick);

        Assert.Equal(trees.Predict([7, 30]), trees.Predict([-1000, 30]));
    }

    [Fact]
    public void A_missing_value_is_taken_as_lowest()
    {
        double[][] rows = [.. Enumerable.Range(0, 200).Select(i => new[] { i % 2 == 0 ? double.NaN : i })];
        BoostedTrees trees = BoostedTrees.FitMean(rows, [.. rows.Select(row => double.IsNaN(row[0]) ? 5.0 : 1.0)], Quick);

        Assert.Equal(5, trees.Predict([double.NaN]), 0.2);
        Assert.Equal(1, trees.Predict([150]), 0.2);
    }

    [Fact]
    public void Any_rising_change_of_a_feature_leaves_the_answers_on_the_learned_rows_alone()
    {
        double[][] rows = Grid();
        double[] targets = [.. rows.Select(row => Math.Sin(6 * row[0]) + row[1])];
        double[][] changed = [.. rows.Select(row => new[] { Math.Exp(5 * row[0]), Math.Cbrt(row[1]) })];

        BoostedTrees one = BoostedTrees.FitMean(rows, targets, Quick);
        BoostedTrees other = BoostedTrees.FitMean(changed, targets, Quick);

        Assert.All(rows.Zip(changed), pair => Assert.Equal(one.Predict(pair.First), other.Predict(pair.Second), 9));
    }

    [Fact]
    public void Same_rows_and_seed_give_the_same_trees_and_another_seed_others()
    {
        double[][] rows = Grid();
        double[] targets = [.. rows.Select(row => row[0] - row[1])];

        double first = BoostedTrees.FitMean(rows, targets, Quick).Predict([0.33, 0.71]);

        Assert.Equal(first, BoostedTrees.FitMean(rows, targets, Quick).Predict([0.33, 0.71]));
        Assert.NotEqual(first, BoostedTrees.FitMean(rows, targets, Quick with { Seed = 5 }).Predict([0.33, 0.71]));
    }

    private static double Probability(BoostedTrees trees, double[] row) => 1 / (1 + Math.Exp(-trees.Predict(row)));
}
