using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class FillSampleTests
{
    // 500 ml: TU1 485, TU2 470; the rest of the sample is 501 ± 1.
    [Theory]
    [InlineData("none below", null, 20, 0, 0, BatchVerdict.Accepted)]
    [InlineData("one below TU1", null, 20, 1, 0, BatchVerdict.Accepted)]
    [InlineData("two below TU1", null, 20, 2, 0, BatchVerdict.Rejected)]
    [InlineData("one below TU2", null, 20, 0, 1, BatchVerdict.Rejected)]
    [InlineData("small batch, one", 500, 30, 1, 0, BatchVerdict.Accepted)]
    [InlineData("small batch, two", 500, 30, 2, 0, BatchVerdict.SecondSample)]
    [InlineData("small batch, three", 500, 30, 3, 0, BatchVerdict.Rejected)]
    [InlineData("small batch, two and none more", 500, 60, 2, 0, BatchVerdict.Accepted)]
    [InlineData("hour's output, three", 36_000, 80, 3, 0, BatchVerdict.Accepted)]
    [InlineData("hour's output, six", 36_000, 80, 6, 0, BatchVerdict.SecondSample)]
    [InlineData("hour's output, one below TU2", 36_000, 80, 0, 1, BatchVerdict.Rejected)]
    public void Judge_follows_the_plan(string what, int? batch, int size, int belowTu1, int belowTu2, BatchVerdict verdict)
    {
        double[] sample = [.. Enumerable.Range(0, size).Select(i => 501.0 + (i % 2 == 0 ? 1 : -1))];
        Array.Fill(sample, 484, 0, belowTu1);
        Array.Fill(sample, 469, 0, belowTu2);

        FillSample judged = FillSample.Judge(500, sample, batch);

        Assert.True(judged.Verdict == verdict, $"{what}: {judged}");
        Assert.Equal((belowTu1 + belowTu2, belowTu2, 3.0), (judged.BelowTu1, judged.BelowTu2, judged.LargestMeasurementError));
    }

    [Fact]
    public void Judge_rejects_a_sample_whose_mean_is_too_low()
    {
        FillSample judged = FillSample.Judge(500, [.. Enumerable.Range(0, 20).Select(i => 498.0 + (i % 2 == 0 ? 1 : -1))], batch: null);

        Assert.Equal((false, 0, BatchVerdict.Rejected), (judged.IsMeanKept, judged.BelowTu1, judged.Verdict));
        Assert.Equal(500 - (0.640 * judged.Deviation), judged.LeastMean, 2);
    }

    [Theory]
    [InlineData(null, 19)]
    [InlineData(500, 31)]
    [InlineData(36_000, 50)]
    [InlineData(99, 30)]
    public void Judge_refuses_another_number_of_units_than_the_plan_takes(int? batch, int size) =>
        Assert.ThrowsAny<ArgumentException>(() => FillSample.Judge(500, new double[size], batch));
}
