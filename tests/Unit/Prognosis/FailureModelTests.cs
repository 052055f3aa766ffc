using Linewatch.Analytics.Prognosis;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class FailureModelTests
{
    private static readonly FailureSettings Quick = new()
    {
        Folds = 3,
        Ensemble = 1,
        Trees = new FailureSettings().Trees with { Trees = 80, LearningRate = 0.1, Bins = 256 },
    };

    /// <summary>A drive fails where torque × wear is too much for its type; speed says nothing.</summary>
    private static (FailureRow[] Rows, bool[] Failed) Drives(int count, int seed)
    {
#pragma warning disable CA5394 // made-up machines, not secrets
        Random random = new(seed);
        FailureRow[] rows = [.. Enumerable.Range(0, count).Select(_ => new FailureRow(
            [20 + (50 * random.NextDouble()), 240 * random.NextDouble(), 1200 + (800 * random.NextDouble())],
            [random.Next(2) == 0 ? "light" : "heavy"]))];
#pragma warning restore CA5394
        return (rows, [.. rows.Select(row => row.Numbers[0] * row.Numbers[1] > (row.Categories[0] == "light" ? 11_000 : 13_000))]);
    }

    [Fact]
    public void Failures_of_other_drives_are_found_though_only_a_product_tells_them()
    {
        (FailureRow[] rows, bool[] failed) = Drives(3000, seed: 1);
        (FailureRow[] others, bool[] truth) = Drives(1000, seed: 2);

        FailureModel model = FailureModel.Fit(rows, failed, Quick);

        bool[] named = [.. others.Select(row => model.Probability(row) >= model.Threshold)];
        int hits = named.Zip(truth).Count(pair => pair is { First: true, Second: true });
        double f1 = 2.0 * hits / (named.Count(one => one) + truth.Count(one => one));
        Assert.True(f1 > 0.9, $"F1 {f1:F3} on {truth.Count(one => one)} failures");
        Assert.Equal(truth.Average(one => one ? 1.0 : 0), others.Average(model.Probability), 0.02);
    }

    [Fact]
    public void A_kind_never_seen_and_a_missing_number_still_get_a_probability()
    {
        (FailureRow[] rows, bool[] failed) = Drives(500, seed: 3);
        FailureModel model = FailureModel.Fit(rows, failed, Quick);

        Assert.InRange(model.Probability(new FailureRow([40, double.NaN, 1500], ["unheard of"])), 0, 1);
    }

    [Fact]
    public void Same_rows_give_the_same_probabilities()
    {
        (FailureRow[] rows, bool[] failed) = Drives(500, seed: 4);

        double one = FailureModel.Fit(rows, failed, Quick).Probability(rows[0]);

        Assert.Equal(one, FailureModel.Fit(rows, failed, Quick).Probability(rows[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(95)]
    public void Too_few_failures_or_too_few_other_rows_are_refused(int failures)
    {
        (FailureRow[] rows, _) = Drives(100, seed: 5);
        bool[] failed = [.. rows.Select((_, i) => i < failures)];

        Assert.Contains("10 failures and as many other rows are needed", FailureModel.Refusal(failed, Quick), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FailureModel.Fit(rows, failed, Quick));
    }
}
