using FsCheck;
using FsCheck.Fluent;
using Linewatch.Storage;

namespace Linewatch.Tests.Unit.Storage;

public sealed class WindowAccumulatorTests
{
    [Fact]
    public void Deviation_does_not_cancel_on_a_large_offset()
    {
        WindowAccumulator window = default;
        foreach (double value in (double[])[1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
        {
            window.Add(value);
        }

        Assert.Equal(Math.Sqrt(30), window.ToAggregate(default).StdDev, 9);
    }

    [Fact]
    public void Merging_windows_gives_what_one_window_over_all_values_gives() => Prop.ForAll(
        ArbMap.Default.ArbFor<short[]>(),
        ArbMap.Default.ArbFor<short[]>(),
        (left, right) =>
        {
            WindowAccumulator whole = Of([.. left, .. right]);
            WindowAccumulator merged = Of(left);
            merged.Add(Of(right).ToAggregate(default));
            WindowAggregate expected = whole.ToAggregate(default);
            WindowAggregate found = merged.ToAggregate(default);
            return (expected.Count, expected.Min, expected.Max, expected.First, expected.Last, expected.Sum)
                    == (found.Count, found.Min, found.Max, found.First, found.Last, found.Sum)
                && Close(expected.Mean, found.Mean)
                && Close(expected.StdDev, found.StdDev);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(125, 60, 120)]
    [InlineData(-5, 60, -60)]
    [InlineData(-60, 60, -60)]
    [InlineData(0, 60, 0)]
    public void Window_starts_are_aligned_to_the_epoch_on_either_side(long ticks, long window, long expected) =>
        Assert.Equal(expected, UnixTime.WindowStart(ticks, window));

    private static bool Close(double expected, double found) =>
        (double.IsNaN(expected) && double.IsNaN(found)) || Math.Abs(expected - found) <= 1e-9 * Math.Max(1, Math.Abs(expected));

    private static WindowAccumulator Of(short[] values)
    {
        WindowAccumulator window = default;
        foreach (short value in values)
        {
            window.Add(value);
        }

        return window;
    }
}
