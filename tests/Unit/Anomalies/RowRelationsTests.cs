using System.Buffers;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class RowRelationsTests
{
    /// <summary>Six signals: the second is three times the first, the third its negative and one more, the others go their own way.</summary>
    private static double[][] Rows(int count)
    {
        double[][] noise = [.. Enumerable.Range(500, 4).Select(one => Series.Noise(one, count))];
        return [.. Enumerable.Range(0, count).Select(i => new[] { noise[0][i], 3 * noise[0][i], 1 - noise[0][i], noise[1][i], noise[2][i], 7 + noise[3][i] })];
    }

    private static RowRelations Learned(double[][] rows, double memory = 1000)
    {
        RowRelations relations = new(rows[0].Length, memory);
        Array.ForEach(rows, row => relations.Add(row));
        return relations;
    }

    [Fact]
    public void What_others_tell_of_a_missing_signal_stands_in_its_place_and_its_mean_where_they_tell_nothing()
    {
        RowRelations relations = Learned(Rows(400));
        double[] row = [2, double.NaN, -1, 0.5, -0.5, double.NaN];
        bool[] filled = new bool[6];

        Assert.True(relations.TryFill(row, filled));

        Assert.Equal([false, true, false, false, false, true], filled);
        Assert.Equal(6, row[1], 0.001);
        Assert.Equal(7, row[5], 0.3);
        Assert.Equal([2, -1, 0.5, -0.5], [row[0], row[2], row[3], row[4]]);
    }

    [Theory]
    [InlineData(400, 3, double.NaN)] // more than a third
    [InlineData(400, 1, double.PositiveInfinity)]
    [InlineData(59, 1, double.NaN)] // too few rows learned: ten a signal
    public void Nothing_is_filled_where_too_much_is_missing_or_too_little_known(int learned, int missing, double value)
    {
        RowRelations relations = Learned(Rows(learned));
        double[] row = [2, 6, -1, 0.5, -0.5, 7];
        row.AsSpan(0, missing).Fill(value);
        double[] before = [.. row];

        Assert.False(relations.TryFill(row, new bool[6]));
        Assert.Equal(before, row);
    }

    [Fact]
    public void Relations_that_change_are_learned_and_the_old_forgotten()
    {
        double[][] rows = Rows(2000);
        RowRelations relations = Learned([.. rows, .. rows.Select(row => new[] { row[0], -2 * row[0], row[2], row[3], row[4], row[5] })], memory: 100);
        double[] row = [2, double.NaN, -1, 0.5, -0.5, 7];

        Assert.True(relations.TryFill(row, new bool[6]));
        Assert.Equal(-4, row[1], 0.01);
    }

    [Fact]
    public void Signals_that_never_move_are_filled_with_what_they_always_are()
    {
        RowRelations relations = Learned([.. Enumerable.Repeat<double[]>([3, 5, 5], 100)]);
        double[] row = [3, double.NaN, 5];

        Assert.True(relations.TryFill(row, new bool[3]));
        Assert.Equal([3, 5, 5], row);
    }

    [Fact]
    public void Saved_and_restored_it_fills_the_same_bit_by_bit()
    {
        RowRelations one = Learned(Rows(300));
        ArrayBufferWriter<byte> bytes = new();
        one.Save(new StateWriter(bytes));
        RowRelations other = new(6, 1000);
        other.Restore(new StateReader(bytes.WrittenMemory));
        double[] row = [double.NaN, 5, double.NaN, 0.5, -0.5, 7];
        double[] same = [.. row];

        Assert.True(one.TryFill(row, new bool[6]) && other.TryFill(same, new bool[6]));
        Assert.Equal(row, same);
    }
}
