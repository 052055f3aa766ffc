using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class RecallEstimateTests
{
    /// <summary>The intervals as R's <c>binom::binom.wilson</c> gives them.</summary>
    [Theory]
    [InlineData(8, 2, 0.8, 0.4902, 0.9433)]
    [InlineData(10, 0, 1, 0.7225, 1)]
    [InlineData(0, 10, 0, 0, 0.2775)]
    [InlineData(81, 182, 0.3080, 0.2553, 0.3662)]
    public void Recall_comes_with_the_interval_of_Wilson(int found, int missed, double recall, double lower, double upper)
    {
        RecallEstimate estimate = new(found, missed);

        Assert.Equal(recall, estimate.Recall!.Value, 0.0001);
        Assert.Equal(lower, estimate.Lower!.Value, 0.0001);
        Assert.Equal(upper, estimate.Upper!.Value, 0.0001);
    }

    [Fact]
    public void Too_few_known_faults_say_nothing()
    {
        Assert.Equal((null, null, null), (new RecallEstimate(3, 1).Recall, new RecallEstimate(3, 1).Lower, new RecallEstimate(0, 0).Upper));
        Assert.Equal(0.75, new RecallEstimate(6, 2).Recall);
    }
}
