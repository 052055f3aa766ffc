using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>What every detector of rows holds, and the canonical variates with them.</summary>
public sealed class RowMonitorTests
{
    public static TheoryData<RowDetector> Kinds => [.. Enum.GetValues<RowDetector>()];

    /// <summary>Three signals that follow one load; the third leaves the others from a row on.</summary>
    private static double[][] Rows(int seed, int count, int faultFrom = int.MaxValue)
    {
        double[][] noise = [.. Enumerable.Range(seed, 4).Select(one => Series.Noise(one, count))];
        return [.. Enumerable.Range(0, count).Select(i => new[]
        {
            noise[0][i] + (0.1 * noise[1][i]), (2 * noise[0][i]) + (0.1 * noise[2][i]), -noise[0][i] + (0.1 * noise[3][i]) + (i >= faultFrom ? 0.8 : 0),
        })];
    }

    [Theory]
    [InlineData(RowDetector.PrincipalComponents)]
    [InlineData(RowDetector.CanonicalVariate)]
    public void A_broken_relation_is_in_alarm_while_it_lasts_and_its_signal_named(RowDetector kind)
    {
        IRowMonitor monitor = RowMonitors.Fit(kind, Rows(300, 2000));
        double[] shares = new double[3];
        bool[] alarms = [.. Rows(310, 800, faultFrom: 400).Select(row => monitor.Observe(row, shares).IsAlarm)];

        Assert.InRange(alarms[..400].Count(alarm => alarm), 0, 4);
        Assert.InRange(alarms[400..].Count(alarm => alarm), 380, 400);
        Assert.Equal(2, Array.IndexOf(shares, shares.Max()));
        Assert.Equal(1, shares.Sum(), 9);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_comes_later_changes_no_verdict(RowDetector kind)
    {
        IRowMonitor fitted = RowMonitors.Fit(kind, Rows(300, 500));
        double[][] rows = Rows(320, 300, faultFrom: 150);
        IRowMonitor whole = fitted.Fresh();
        IRowMonitor part = fitted.Fresh();

        Assert.Equal(rows.Select(row => whole.Observe(row)).Take(200), rows[..200].Select(row => part.Observe(row)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Saved_and_restored_amid_the_rows_it_says_the_same_bit_by_bit(RowDetector kind)
    {
        IRowMonitor one = RowMonitors.Fit(kind, Rows(300, 500));
        double[][] rows = Rows(320, 300, faultFrom: 150);
        Array.ForEach(rows[..170], row => one.Observe(row));

        IRowMonitor other = RowMonitors.Read(new StateReader(Saved(one)));

        Assert.Equal((one.Kind, one.Signals), (other.Kind, other.Signals));
        double[] shares = new double[3];
        double[] otherShares = new double[3];
        Assert.All(rows[170..], row =>
        {
            Assert.Equal(one.Observe(row, shares), other.Observe(row, otherShares));
            Assert.Equal(shares, otherShares);
        });
        RowVerdict afresh = one.Fresh().Observe(rows[0]);
        Assert.Equal(afresh, other.Fresh().Observe(rows[0]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Units_and_offsets_do_not_change_the_verdicts(RowDetector kind)
    {
        static double[] Other(double[] row) => [(row[0] * 1024) + 8, row[1] / 512, row[2] - 64];
        double[][] normal = Rows(300, 500);
        IRowMonitor one = RowMonitors.Fit(kind, normal);
        IRowMonitor other = RowMonitors.Fit(kind, [.. normal.Select(Other)]);

        Assert.All(Rows(320, 300, faultFrom: 150), row => Assert.Equal(one.Observe(row).Score, other.Observe(Other(row)).Score, 6));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_with_missing_values_leave_no_trace_that_lasts(RowDetector kind)
    {
        IRowMonitor fitted = RowMonitors.Fit(kind, Rows(300, 500));
        double[][] rows = Rows(330, 300);
        IRowMonitor whole = fitted.Fresh();
        IRowMonitor gappy = fitted.Fresh();
        Array.ForEach(rows[..100], row => Assert.Equal(whole.Observe(row), gappy.Observe(row)));

        foreach (double[] missing in (double[][])[[double.NaN, 0, double.PositiveInfinity], [double.NaN, double.NaN, double.NaN]])
        {
            Assert.True(double.IsFinite(gappy.Observe(missing).Score));
        }

        (double Whole, double Gappy)[] scores = [.. rows[100..].Select(row => (whole.Observe(row).Score, gappy.Observe(row).Score))];
        Assert.All(scores[^50..], score => Assert.Equal(score.Whole, score.Gappy, 1e-6));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_cut_off_the_front_change_no_later_verdict(RowDetector kind)
    {
        IRowMonitor fitted = RowMonitors.Fit(kind, Rows(300, 500));
        double[][] rows = Rows(320, 500, faultFrom: 300);
        IRowMonitor whole = fitted.Fresh();
        IRowMonitor rest = fitted.Fresh();
        Array.ForEach(rows[..100], row => whole.Observe(row));

        (RowVerdict Whole, RowVerdict Cut)[] verdicts = [.. rows[100..].Select(row => (whole.Observe(row), rest.Observe(row)))];

        Assert.All(verdicts[150..], pair => Assert.Equal(pair.Whole.IsAlarm, pair.Cut.IsAlarm));
        Assert.All(verdicts[150..], pair => Assert.Equal(pair.Whole.Score, pair.Cut.Score, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_kept_of_it_does_not_grow(RowDetector kind)
    {
        IRowMonitor monitor = RowMonitors.Fit(kind, Rows(300, 500));
        int fitted = Saved(monitor).Length;

        Array.ForEach(Rows(340, 2000), row => monitor.Observe(row));

        Assert.Equal(fitted, Saved(monitor).Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_torn_state_is_refused_wherever_it_is_torn(RowDetector kind)
    {
        ReadOnlyMemory<byte> saved = Saved(RowMonitors.Fit(kind, Rows(300, 200)));

        for (int length = 0; length < saved.Length; length += 1 + (saved.Length / 50))
        {
            Assert.Throws<InvalidDataException>(() => RowMonitors.Read(new StateReader(saved[..length])));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Too_few_rows_are_refused_with_the_number_needed(RowDetector kind)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => RowMonitors.Fit(kind, Rows(300, 9)));

        Assert.Contains(" are needed", refused.Message, StringComparison.Ordinal);
    }

    private static ReadOnlyMemory<byte> Saved(IRowMonitor monitor)
    {
        ArrayBufferWriter<byte> bytes = new();
        RowMonitors.Write(new StateWriter(bytes), monitor);
        return bytes.WrittenMemory;
    }
}
