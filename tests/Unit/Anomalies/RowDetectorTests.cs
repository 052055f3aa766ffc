using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class RowDetectorTests
{
    /// <summary>Every detector, by name.</summary>
    public static TheoryData<string> Names => [.. Detectors.Keys];

    private static Dictionary<string, Func<IReadOnlyList<double[]>, IRowDetector>> Detectors { get; } = new()
    {
        ["principal components"] = rows => new PrincipalComponentDetector(rows),
        ["kernel regression"] = rows => new KernelRegressionDetector(rows),
        ["isolation forest"] = rows => new IsolationForestDetector(rows),
    };

    /// <summary>Three signals that follow one load, and one of noise.</summary>
    private static double[][] Rows(int seed, int count)
    {
        double[][] noise = [.. Enumerable.Range(seed, 5).Select(one => Series.Noise(one, count))];
        return [.. Enumerable.Range(0, count).Select(i => new[]
        {
            noise[0][i] + (0.1 * noise[1][i]), (2 * noise[0][i]) + (0.1 * noise[2][i]), -noise[0][i] + (0.1 * noise[3][i]), noise[4][i],
        })];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_far_out_is_stranger_than_normal_rows(string name)
    {
        IRowDetector detector = Detectors[name](Rows(100, 500));
        double usual = Rows(200, 500).Select(row => detector.Strangeness(row)).Order().ElementAt(490);

        Assert.True(detector.Strangeness([6, 12, -6, 6]) > usual);
    }

    [Theory]
    [InlineData("principal components")]
    [InlineData("kernel regression")]
    public void A_signal_that_leaves_the_others_is_strange_within_its_own_range_and_named(string name)
    {
        IRowDetector detector = Detectors[name](Rows(100, 500));
        double usual = Rows(200, 500).Select(row => detector.Strangeness(row)).Order().ElementAt(490);
        double[] contributions = new double[4];

        double odd = detector.Strangeness([0.5, 1, 0.9, 0], contributions);

        Assert.True(odd > usual, $"{odd} against {usual}");
        Assert.Equal(2, Array.IndexOf(contributions, contributions.Max()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Units_and_offsets_do_not_matter(string name)
    {
        static double[] Other(double[] row) => [(row[0] * 1024) + 8, row[1] / 512, row[2] - 64, row[3] * 4];
        double[][] normal = Rows(100, 500);
        IRowDetector one = Detectors[name](normal);
        IRowDetector other = Detectors[name]([.. normal.Select(Other)]);

        Assert.All(Rows(200, 100), row => Assert.Equal(one.Strangeness(row), other.Strangeness(Other(row)), 6));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_normal_row_is_too_few(string name)
    {
        Assert.Throws<ArgumentException>(() => Detectors[name]([[1, 2]]));
    }
}
