using System.Buffers;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class ErrorShapeTests
{
    [Fact]
    public void Errors_of_the_same_distribution_do_not_drift()
    {
        ErrorShape shape = Trained(Series.Noise(1, 4000));
        Add(shape, Series.Noise(2, 4000));

        Assert.InRange(shape.Drift!.Value, 0, 0.05);
        Assert.InRange(shape.Distance!.Value, 0, 0.05);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 0.4)]
    public void Errors_that_have_moved_grown_or_shrunk_drift(double shift, double scale)
    {
        ErrorShape shape = Trained(Series.Noise(3, 4000));
        Add(shape, [.. Series.Noise(4, 4000).Select(error => shift + (scale * error))]);

        Assert.InRange(shape.Drift!.Value, 0.25, 10);
        Assert.InRange(shape.Distance!.Value, 0.1, 1);
    }

    [Fact]
    public void What_is_long_past_counts_no_more()
    {
        ErrorShape shape = Trained(Series.Noise(5, 4000));
        Add(shape, [.. Series.Noise(6, 4000).Select(error => error + 3)]);
        Add(shape, Series.Noise(7, 30_000));

        Assert.InRange(shape.Drift!.Value, 0, 0.05);
    }

    [Fact]
    public void Nothing_is_said_without_training_or_of_too_few()
    {
        ErrorShape untrained = new();
        Add(untrained, Series.Noise(8, 4000));
        ErrorShape young = Trained(Series.Noise(9, 4000));
        Add(young, Series.Noise(10, ErrorShape.Fewest - 1));

        Assert.Null(untrained.Drift);
        Assert.Null(young.Drift);
        Assert.Null(young.Distance);
    }

    [Fact]
    public void A_signal_that_hardly_errs_can_be_compared_too()
    {
        ErrorShape shape = Trained(new double[1000]);
        Add(shape, [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 0.0 : 3)]);

        Assert.InRange(shape.Drift!.Value, 0.25, 10);
    }

    [Fact]
    public void Shape_saved_and_restored_says_the_same()
    {
        ErrorShape shape = Trained(Series.Noise(11, 4000));
        Add(shape, Series.Noise(12, 1234));
        ArrayBufferWriter<byte> bytes = new();
        shape.Save(new StateWriter(bytes));
        ErrorShape restored = new();
        restored.Restore(new StateReader(bytes.WrittenMemory));

        Assert.Equal((shape.Drift, shape.Distance), (restored.Drift, restored.Distance));
    }

    private static ErrorShape Trained(double[] errors)
    {
        ErrorShape shape = new();
        Add(shape, errors);
        shape.EndTraining();
        return shape;
    }

    private static void Add(ErrorShape shape, double[] errors)
    {
        foreach (double error in errors)
        {
            shape.Add(error);
        }
    }
}
