using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class RobustLevelTests
{
    [Theory]
    [InlineData(6553.5)]
    [InlineData(-1e6)]
    [InlineData(SensorFaults.Largest)]
    public void One_wild_value_among_the_first_is_not_learned(double wild)
    {
        Assert.All(Enumerable.Range(0, 20), place =>
        {
            RobustLevel level = new(2000);
            double[] values = [.. Series.Noise(place, 300).Select(noise => 50 + noise)];
            values[place] = wild;

            Array.ForEach(values, level.Add);

            Assert.InRange(level.Level, 49, 51);
            Assert.InRange(level.Spread, 0.7, 2);
        });
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(49.9, 50.3, 50.3)] // whose mean and distance do not give them back to the last bit
    public void Equal_first_values_keep_no_others_out(params double[] first)
    {
        RobustLevel level = new(2000);
        Array.ForEach([.. first, .. Series.Noise(1, 300).Select(noise => 50 + noise)], level.Add);

        Assert.InRange(level.Level, 49, 51);
        Assert.InRange(level.Spread, 0.7, 2);
    }
}
