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
        SaysTheSame(RowMonitors.Fit(kind, Rows(300, 500)), Rows(320, 300, faultFrom: 150));
        SaysTheSame(RowMonitors.Fit(kind, WithStill(Rows(300, 500))), [.. Rows(320, 300).Select((row, i) => WithStill([row], i < 165 ? 0.1 : 0.2)[0])]);
    }

    private static void SaysTheSame(IRowMonitor one, double[][] rows)
    {
        Array.ForEach(rows[..170], row => one.Observe(row));

        IRowMonitor other = RowMonitors.Read(new StateReader(Saved(one)));

        Assert.Equal((one.Kind, one.Signals), (other.Kind, other.Signals));
        double[] shares = new double[one.Signals];
        double[] otherShares = new double[one.Signals];
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

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_in_which_no_signal_moves_teach_nothing_and_are_refused(RowDetector kind)
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => RowMonitors.Fit(kind, [.. Enumerable.Repeat<double[]>([0.1, 5], 200)]));

        Assert.Equal("nothing can be learned from 160 normal rows in which no signal moves (2 signals)", refused.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Normal_rows_with_a_value_that_is_none_are_refused(RowDetector kind)
    {
        double[][] rows = Rows(300, 500);
        rows[490][1] = 1e200;

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => RowMonitors.Fit(kind, rows));

        Assert.StartsWith("normal row 491 of 500 holds 1E+200", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_signal_that_never_moved_leaves_the_others_watched_as_without_it(RowDetector kind)
    {
        IRowMonitor without = RowMonitors.Fit(kind, Rows(300, 500));
        IRowMonitor beside = RowMonitors.Fit(kind, WithStill(Rows(300, 500)));
        double[] shares = new double[3];
        double[] sharesBeside = new double[4];

        Assert.All(Rows(320, 300, faultFrom: 150), row =>
        {
            Assert.Equal(without.Observe(row, shares), beside.Observe(WithStill([row])[0], sharesBeside));
            Assert.Equal([shares[0], 0, shares[1], shares[2]], sharesBeside);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_signal_that_never_moved_is_in_alarm_and_named_when_it_does_however_little_until_it_is_back(RowDetector kind)
    {
        IRowMonitor monitor = RowMonitors.Fit(kind, WithStill(Rows(300, 500)));
        IRowMonitor spared = monitor.Fresh();
        double[] shares = new double[4];
        double[][] rows = Rows(320, 200);
        bool[] sparedAlarms = [.. WithStill(rows).Select(row => spared.Observe(row).IsAlarm)];
        bool[] alarms = [.. rows.Select((row, i) => monitor.Observe(WithStill([row], i is 50 or (>= 100 and < 110) ? 0.1001 : 0.1)[0], i < 110 ? shares : default).IsAlarm)];

        Assert.Equal(sparedAlarms[..102], alarms[..102]); // one or two rows are none
        Assert.DoesNotContain(false, alarms[103..110]);
        Assert.Equal([0, 1, 0, 0], shares);
        Assert.Equal(sparedAlarms[140..], alarms[140..]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_signal_that_first_moves_in_the_rows_for_the_limit_leaves_the_others_watched(RowDetector kind)
    {
        double[][] normal = Rows(300, 500);
        IRowMonitor without = RowMonitors.Fit(kind, normal);
        IRowMonitor beside = RowMonitors.Fit(kind, [.. normal.Select((row, i) => WithStill([row], i < 450 ? 0 : 1000)[0])]);

        Assert.All(Rows(320, 300, faultFrom: 150), row => Assert.Equal(without.Observe(row).IsAlarm, beside.Observe(WithStill([row], 1000)[0]).IsAlarm));
    }

    [Theory]
    [InlineData(RowDetector.PrincipalComponents)]
    [InlineData(RowDetector.KernelRegression)]
    [InlineData(RowDetector.CanonicalVariate)]
    public void A_relation_that_was_exact_on_the_normal_rows_leaves_the_watch_awake(RowDetector kind)
    {
        double[] cycle = [.. Enumerable.Range(0, 400).Select(i => (double)(i % 2))];
        IRowMonitor monitor = RowMonitors.Fit(kind, [.. cycle.Select(value => new[] { value, 2 * value })]);

        double[] scores = [.. cycle.Take(50).Select(value => monitor.Observe([value, 2 * value]).Score), .. cycle.Take(50).Select(value => monitor.Observe([value, value + 5]).Score)];

        Assert.All(scores, score => Assert.True(double.IsFinite(score)));
        Assert.True(scores[99] > 1 && scores[99] > 2 * scores[49], $"{scores[49]} before, {scores[99]} after");
    }

    /// <summary>What is wild may be in alarm for a while, and is forgotten.</summary>
    [Theory]
    [MemberData(nameof(Wild))]
    public void One_wild_value_is_forgotten_within_a_hundred_rows(RowDetector kind, double wild)
    {
        IRowMonitor spoilt = RowMonitors.Fit(kind, WithStill(Rows(300, 500)));
        IRowMonitor spared = spoilt.Fresh();
        double[][] rows = WithStill(Rows(330, 300));
        double[] shares = new double[4];
        Array.ForEach(rows[..100], row => Assert.Equal(spared.Observe(row), spoilt.Observe(row)));

        foreach (int signal in (int[])[0, 1])
        {
            double[] row = [.. rows[0]];
            row[signal] = wild;
            Assert.True(double.IsFinite(spoilt.Observe(row, shares).Score) && shares.All(double.IsFinite));
        }

        (double Spared, double Spoilt)[] scores = [.. rows[100..].Select(row => (spared.Observe(row).Score, spoilt.Observe(row).Score))];
        Assert.All(scores[100..], score => Assert.Equal(score.Spared, score.Spoilt, 0.05));
    }

    public static TheoryData<RowDetector, double> Wild
    {
        get
        {
            TheoryData<RowDetector, double> all = [];
            foreach (RowDetector kind in Enum.GetValues<RowDetector>())
            {
                foreach (double wild in (double[])[1e200, -1e20, 1e14, 1e6])
                {
                    all.Add(kind, wild);
                }
            }

            return all;
        }
    }

    /// <summary>The same rows with a signal in the second place that stands at a value.</summary>
    private static double[][] WithStill(double[][] rows, double value = 0.1) => [.. rows.Select(row => new[] { row[0], value, row[1], row[2] })];

    private static ReadOnlyMemory<byte> Saved(IRowMonitor monitor)
    {
        ArrayBufferWriter<byte> bytes = new();
        RowMonitors.Write(new StateWriter(bytes), monitor);
        return bytes.WrittenMemory;
    }
}
