using System.Buffers;
using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class ShiftMonitorTests
{
    /// <summary>Four channels: two of noise, one wandering, one drifting; from <paramref name="from"/> to <paramref name="to"/> the second is shifted.</summary>
    private static double[][] Rows(int count, int from, int to, double shift = 4)
    {
        double[][] noise = [.. Enumerable.Range(60, 4).Select(seed => Series.Noise(seed, count))];
        double wander = 0;
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++)
        {
            wander += 0.1 * noise[2][i];
            rows[i] = [noise[0][i], noise[1][i] + (i >= from && i < to ? shift : 0), wander, (0.01 * i) + noise[3][i]];
        }

        return rows;
    }

    private static List<RowVerdict> Verdicts(double[][] rows, ShiftMonitor? monitor = null)
    {
        monitor ??= new ShiftMonitor(rows[0].Length);
        return [.. rows.Select(row => monitor.Observe(row))];
    }

    [Fact]
    public void A_shift_is_in_alarm_while_it_lasts_and_its_channel_has_the_largest_share()
    {
        double[][] rows = Rows(1500, 900, 1200);
        ShiftMonitor monitor = new(4);
        double[] shares = new double[4];
        int inside = 0;
        int outside = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            bool alarm = monitor.Observe(rows[i], shares).IsAlarm;
            inside += alarm && i is >= 900 and < 1200 ? 1 : 0;
            outside += alarm && i is < 900 or >= 1230 && alarm ? 1 : 0;
            if (i == 1000)
            {
                Assert.Equal(1, Array.IndexOf(shares, shares.Max()));
                Assert.Equal(1, shares.Sum(), 9);
            }
        }

        Assert.InRange(inside, 280, 300);
        Assert.InRange(outside, 0, 15);
    }

    [Fact]
    public void Drift_is_no_fault()
    {
        double[][] rows = Rows(6000, 0, 0);

        Assert.InRange(Verdicts(rows).Count(verdict => verdict.IsAlarm), 0, 60);
    }

    [Fact]
    public void What_comes_later_does_not_change_a_verdict()
    {
        double[][] rows = Rows(1500, 900, 1200);

        Assert.Equal(Verdicts(rows)[..1000], Verdicts(rows[..1000]));
    }

    [Fact]
    public void Units_and_offsets_do_not_change_the_verdicts()
    {
        double[][] rows = Rows(1500, 900, 1200);
        double[][] other = [.. rows.Select(row => new[] { (row[0] * 1000) + 7, row[1] * 0.001, (row[2] * 3) - 100, row[3] + 5000 })];

        Assert.Equal(Verdicts(rows).Select(verdict => verdict.IsAlarm), Verdicts(other).Select(verdict => verdict.IsAlarm));
    }

    [Fact]
    public void A_value_left_out_while_learning_makes_it_learn_no_longer()
    {
        double[][] rows = Rows(401, int.MaxValue, int.MaxValue);
        rows[200][0] = 65_535;
        ShiftMonitor monitor = new(rows[0].Length);
        Array.ForEach(rows[..399], row => monitor.Observe(row));
        Assert.True(double.IsNaN(monitor.Band(0).HalfBand));

        _ = monitor.Observe(rows[399]);

        Assert.False(double.IsNaN(monitor.Band(0).HalfBand));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(150)]
    public void Rows_cut_out_of_the_front_of_the_judged_part_leave_the_fault_where_it_is(int cut)
    {
        double[][] rows = Rows(1500, 900, 1200);
        double[][] shorter = [.. rows[..400], .. rows[(400 + cut)..]];

        Assert.InRange(
            Verdicts(shorter)[(900 - cut)..(1200 - cut)].Count(verdict => verdict.IsAlarm),
            Verdicts(rows)[900..1200].Count(verdict => verdict.IsAlarm) - 10,
            300);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public void A_monitor_saved_and_restored_midway_goes_on_bit_by_bit(int at)
    {
        double[][] rows = Rows(1500, 900, 1200);
        List<RowVerdict> whole = Verdicts(rows);
        ShiftMonitor half = new(4);
        _ = Verdicts(rows[..at], half);
        ArrayBufferWriter<byte> bytes = new();
        half.Save(new StateWriter(bytes));
        ShiftMonitor restored = new(4);
        restored.Restore(new StateReader(bytes.WrittenMemory));

        Assert.Equal(whole[at..], Verdicts(rows[at..], restored));
    }

    [Fact]
    public void Missing_values_leave_the_channel_as_it_was()
    {
        double[][] rows = Rows(1500, 900, 1200);
        double[][] gappy = [.. rows.Select((row, i) => i % 10 == 3 ? [row[0], double.NaN, row[2], row[3]] : row)];

        Assert.True(Verdicts(gappy)[1050].IsAlarm);
        Assert.All(Verdicts(gappy), verdict => Assert.True(double.IsFinite(verdict.Score)));
    }

    [Fact]
    public void A_constant_channel_that_moves_has_shifted()
    {
        double[][] rows = [.. Enumerable.Range(0, 800).Select(i => new[] { i < 600 ? 5.0 : 6.0 })];
        List<RowVerdict> verdicts = Verdicts(rows);

        Assert.False(verdicts[599].IsAlarm);
        Assert.True(verdicts[600].IsAlarm);
    }

    [Theory]
    [InlineData(6553.5)]
    [InlineData(-1e14)]
    [InlineData(1e20)]
    public void One_wild_row_costs_a_short_alarm_and_leaves_a_later_shift_as_it_was(double wild)
    {
        double[][] rows = Rows(1500, 900, 1200);
        int undisturbed = Alarms(rows)[900..1200].Count(alarm => alarm);

        Assert.All([0, 1, 2, 15, 40, 200, 399, 405, 700], place =>
        {
            double[][] disturbed = [.. rows];
            disturbed[place] = [rows[place][0], wild, wild, rows[place][3]];

            bool[] alarms = Alarms(disturbed);

            Assert.InRange(alarms[..900].Count(alarm => alarm), 0, 30);
            Assert.InRange(alarms[900..1200].Count(alarm => alarm), undisturbed - 5, undisturbed + 5);
            Assert.InRange(alarms[1230..].Count(alarm => alarm), 0, 15);
        });
    }

    private static bool[] Alarms(double[][] rows) => [.. Verdicts(rows).Select(verdict => verdict.IsAlarm)];

    [Fact]
    public void A_value_that_no_sensor_measures_is_none()
    {
        double[][] rows = Rows(1500, 900, 1200);
        List<RowVerdict> With(double value) => Verdicts([.. rows.Select((row, i) => i % 100 < 3 ? [row[0], i % 2 == 0 ? value : -value, row[2], row[3]] : row)]);

        Assert.Equal(With(double.NaN), With(1e19));
        Assert.Equal(With(double.NaN), With(double.MaxValue));
    }

    [Fact]
    public void One_wild_row_of_a_constant_channel_is_in_alarm_alone()
    {
        double[][] rows = [.. Enumerable.Range(0, 800).Select(i => new[] { i == 600 ? 6553.5 : 5.0 })];

        Assert.Equal(600, Assert.Single(Enumerable.Range(0, 800).Zip(Alarms(rows)), row => row.Second).First);
    }

    [SkippableFact]
    public void The_public_pump_benchmark_reaches_its_targets()
    {
        string folder = Tool.RequireShared("data/skab");
        int hit = 0;
        int falseAlarm = 0;
        int missed = 0;
        int quiet = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories).Where(file => !file.Contains("anomaly-free", StringComparison.Ordinal)))
        {
            (double[][] rows, bool[] faulty) = Read(file);
            List<RowVerdict> verdicts = Verdicts(rows);
            for (int i = 400; i < rows.Length; i++)
            {
                hit += verdicts[i].IsAlarm && faulty[i] ? 1 : 0;
                falseAlarm += verdicts[i].IsAlarm && !faulty[i] ? 1 : 0;
                missed += !verdicts[i].IsAlarm && faulty[i] ? 1 : 0;
                quiet += !verdicts[i].IsAlarm && !faulty[i] ? 1 : 0;
            }
        }

        double f1 = hit / (hit + ((falseAlarm + missed) / 2.0));
        Assert.True(f1 >= 0.84, $"F1 {f1:F3}");
        Assert.InRange((double)falseAlarm / (falseAlarm + quiet), 0, 0.135);
        Assert.InRange((double)missed / (missed + hit), 0, 0.28);
    }

    [SkippableFact]
    public void The_fault_free_run_of_the_pump_is_hardly_ever_in_alarm()
    {
        (double[][] rows, _) = Read(Tool.RequireShared("data/skab/anomaly-free/anomaly-free.csv"));

        Assert.InRange((double)Verdicts(rows).Skip(400).Count(verdict => verdict.IsAlarm) / (rows.Length - 400), 0, 0.03);
    }

    private static (double[][] Rows, bool[] Faulty) Read(string file)
    {
        string[][] lines = [.. File.ReadLines(file).Skip(1).Select(line => line.Split(';'))];
        return (
            [.. lines.Select(cells => cells[1..9].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())],
            [.. lines.Select(cells => cells.Length > 9 && cells[9].StartsWith('1'))]);
    }
}
