using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>Three signals of a machine, each judged once a minute by its own monitor, that follow one load.</summary>
public sealed class MachineRowsTests
{
    private static readonly string[] Signals = ["flow", "pressure", "current"];

    [Fact]
    public void A_broken_relation_is_told_once_with_what_drives_it_and_is_over_when_it_holds_again()
    {
        MachineRows rows = Trained();

        List<(int Minute, RowChange Change)> told = Watch(rows, 0, 900, Deviations(5, 900, broken: minute => minute is >= 300 and < 600));

        (int minute, RowChange change) = Assert.Single(told, one => one.Change == RowChange.Odd);
        Assert.InRange(minute, 300, 360);
        Assert.Equal([29], told.Where(one => one.Minute < 300).Select(one => one.Minute - 1)); // the first 30 normal rows, told a minute later
        Assert.Equal(RowChange.Normal, told[^1].Change);
        Assert.InRange(told[^1].Minute, 630, 700);
    }

    [Fact]
    public void The_signal_that_leaves_the_others_drives_it()
    {
        MachineRows rows = Trained();

        Watch(rows, 0, 400, Deviations(5, 400, broken: minute => minute >= 300));

        (string signal, double share) = rows.Drivers()[0];
        Assert.Equal("current", signal);
        Assert.Equal(1, rows.Drivers().Sum(driver => driver.Share), 9);
        Assert.InRange(share, 0.5, 1);
    }

    [Theory]
    [InlineData(VerdictKind.Anomaly)]
    [InlineData(VerdictKind.Frozen)]
    [InlineData(VerdictKind.Excluded)]
    public void While_a_signal_is_odd_by_itself_faulty_or_not_judged_the_rows_say_nothing(VerdictKind kind)
    {
        MachineRows rows = Trained();

        List<(int, RowChange Change)> told = Watch(rows, 0, 600, Deviations(5, 600, broken: minute => minute >= 300), minute => minute >= 300 ? kind : VerdictKind.Normal);

        Assert.DoesNotContain(told, one => one.Change == RowChange.Odd);
    }

    [Fact]
    public void Rows_are_judged_only_where_two_signals_of_three_spoke_within_the_last_minutes()
    {
        MachineRows rows = Trained();
        double[][] deviations = Deviations(5, 100);
        Watch(rows, 0, 100, deviations);
        double before = rows.Score;

        for (int minute = 110; minute < 400; minute++)
        {
            // One of three signals says something very odd, the others have fallen silent.
            Assert.Equal(RowChange.None, rows.Observe(0, Series.Start.AddMinutes(minute), VerdictKind.Normal, 7));
        }

        // The one row that was in hand when they fell silent is judged.
        Assert.InRange(Math.Abs(rows.Score - before), 0, 0.2);
    }

    [Theory]
    [InlineData(RowDetector.PrincipalComponents, VerdictKind.Missing)]
    [InlineData(RowDetector.PrincipalComponents, VerdictKind.Frozen)]
    [InlineData(RowDetector.CanonicalVariate, VerdictKind.Missing)]
    [InlineData(RowDetector.KernelRegression, VerdictKind.Missing)]
    public void Without_a_sensor_that_fails_the_rows_go_on_and_tell_of_the_others_but_never_of_it(RowDetector kind, VerdictKind fault)
    {
        MachineRows rows = Trained(kind);
        double[][] deviations = Deviations(5, 1200, broken: minute => minute >= 900);
        double odd = 0;
        List<int> told = [];
        for (int minute = 0; minute < 1200; minute++)
        {
            // The first signal's sensor fails; the third leaves the second ten hours later.
            for (int place = 0; place < Signals.Length; place++)
            {
                VerdictKind verdict = place == 0 && minute >= 300 ? fault : VerdictKind.Normal;
                double deviation = verdict == VerdictKind.Normal ? deviations[minute][place] : double.NaN;
                if (rows.Observe(place, Series.Start.AddMinutes(minute).AddSeconds(place), verdict, deviation) == RowChange.Odd)
                {
                    told.Add(minute);
                }
            }

            odd = minute < 900 ? Math.Max(odd, rows.Score) : odd;
        }

        Assert.InRange(odd, 0, 0.5);
        Assert.InRange(Assert.Single(told), 900, 1000);
        Assert.Equal("flow", rows.Drivers()[^1].Signal);
        Assert.InRange(rows.Drivers()[^1].Share, 0, 1e-9);
    }

    [Fact]
    public void Rows_without_a_sensor_are_judged_but_not_learned()
    {
        double[][] deviations = Deviations(5, 800, broken: minute => minute >= 700);
        MachineRows pausing = Trained();
        MachineRows going = Trained();
        Watch(pausing, 0, 100, deviations);
        Watch(going, 0, 100, deviations);
        pausing.Observe(0, Series.Start.AddMinutes(100), VerdictKind.Missing, double.NaN); // ends the last whole row
        for (int minute = 100; minute < 600; minute++)
        {
            for (int place = 0; place < Signals.Length; place++)
            {
                going.Observe(place, Series.Start.AddMinutes(minute).AddSeconds(place), place == 0 ? VerdictKind.Missing : VerdictKind.Normal, deviations[minute][place]);
            }
        }

        Assert.NotEqual(pausing.Drivers()[0].Share, going.Drivers()[0].Share);
        pausing.Calm();
        going.Calm();

        Assert.Equal(Watch(pausing, 600, 800, deviations), Watch(going, 600, 800, deviations));
        Assert.Equal(pausing.Score, going.Score);
    }

    [Fact]
    public void Saved_and_restored_without_a_sensor_it_says_the_same_bit_by_bit()
    {
        double[][] deviations = Deviations(5, 600, broken: minute => minute >= 400);
        MachineRows one = Trained();
        WatchWithoutFirst(one, 0, 350);
        MachineRows other = MachineRows.Restore(new StateReader(Saved(one)));

        Assert.Equal(WatchWithoutFirst(one, 350, 600), WatchWithoutFirst(other, 350, 600));
        Assert.Equal(one.Score, other.Score);
        Assert.Equal(one.Drivers(), other.Drivers());
        Assert.InRange(one.Score, 1, double.MaxValue);

        List<RowChange> WatchWithoutFirst(MachineRows rows, int from, int to) => [.. Enumerable.Range(from, to - from).SelectMany(minute => Enumerable.Range(0, Signals.Length).Select(place =>
            rows.Observe(place, Series.Start.AddMinutes(minute).AddSeconds(place), place == 0 ? VerdictKind.Missing : VerdictKind.Normal, deviations[minute][place])))];
    }

    [Fact]
    public void Readings_that_come_late_or_say_nothing_change_nothing()
    {
        MachineRows one = Trained();
        MachineRows other = Trained();
        double[][] deviations = Deviations(5, 300, broken: minute => minute >= 200);
        for (int minute = 0; minute < 300; minute++)
        {
            Watch(one, minute, minute + 1, deviations);
            Watch(other, minute, minute + 1, deviations);
            other.Observe(1, Series.Start.AddMinutes(minute - 3), VerdictKind.Normal, 5);
            other.Observe(1, Series.Start.AddMinutes(minute), VerdictKind.OutOfOrder, 5);
            other.Observe(1, Series.Start.AddMinutes(minute), VerdictKind.Normal, double.NaN);
            Assert.Equal(one.Score, other.Score);
        }
    }

    [Fact]
    public void Saved_and_restored_amid_the_readings_it_says_the_same_bit_by_bit()
    {
        double[][] deviations = Deviations(5, 900, broken: minute => minute is >= 300 and < 600);
        MachineRows one = Trained();
        Watch(one, 0, 350, deviations);
        one.Observe(0, Series.Start.AddMinutes(350), VerdictKind.Normal, deviations[350][0]);

        MachineRows other = MachineRows.Restore(new StateReader(Saved(one)));

        Assert.Equal(one.Signals, other.Signals);
        for (int minute = 350; minute < 900; minute++)
        {
            Assert.Equal(Watch(one, minute, minute + 1, deviations), Watch(other, minute, minute + 1, deviations));
            Assert.Equal(one.Score, other.Score);
            Assert.Equal(one.Drivers(), other.Drivers());
        }

        Assert.True(one.Errors.CanCompare);
        Assert.Equal((one.Errors.Drift, one.Errors.Distance), (other.Errors.Drift, other.Errors.Distance));
    }

    [Fact]
    public void Rows_saved_before_they_were_compared_with_training_go_on_and_are_not_compared()
    {
        MachineRows one = Trained();
        byte[] saved = Saved(one).ToArray();
        ArrayBufferWriter<byte> compared = new();
        new RobustLevel(2).Save(new StateWriter(compared));
        one.Errors.Save(new StateWriter(compared));
        saved[0] = 2; // the version before
        MachineRows other = MachineRows.Restore(new StateReader(saved.AsMemory(0, saved.Length - compared.WrittenCount)));
        double[][] deviations = Deviations(5, 1400, broken: minute => minute >= 1300);

        Assert.Equal(Watch(one, 0, 1400, deviations), Watch(other, 0, 1400, deviations));
        Assert.Equal((one.Score, true, false), (other.Score, one.Errors.CanCompare, other.Errors.CanCompare));

        saved[0] = 1;
        Assert.Throws<InvalidDataException>(() => MachineRows.Restore(new StateReader(saved)));
    }

    [Theory]
    [InlineData(true, VerdictKind.Normal)]
    [InlineData(false, VerdictKind.Missing)]
    public void Rows_that_are_odd_or_lack_a_sensor_are_not_compared_with_training(bool odd, VerdictKind kind)
    {
        MachineRows rows = Trained();
        double[][] deviations = Deviations(5, 1400, broken: _ => odd);

        for (int minute = 0; minute < 1400; minute++)
        {
            for (int place = 0; place < Signals.Length; place++)
            {
                rows.Observe(place, Series.Start.AddMinutes(minute).AddSeconds(place), place == 0 ? kind : VerdictKind.Normal, deviations[minute][place]);
            }
        }

        Assert.False(rows.Errors.CanCompare);
    }

    [Fact]
    public void A_torn_state_is_refused()
    {
        ReadOnlyMemory<byte> saved = Saved(Trained());

        Assert.All([0, 8, 60, saved.Length - 1], length => Assert.Throws<InvalidDataException>(() => MachineRows.Restore(new StateReader(saved[..length]))));
    }

    [Fact]
    public void Alarms_judged_false_lift_the_limit_and_true_ones_lower_it()
    {
        double[][] deviations = Deviations(5, 6, broken: _ => true);
        double[] scores = [.. ((double[])[-0.5, 0, 0.5, 1]).Select(lift =>
        {
            MachineRows rows = Trained();
            rows.Lift = lift;
            Watch(rows, 0, 6, deviations);
            return rows.Score;
        })];

        Assert.True(scores[0] > scores[1] && scores[1] > scores[2] && scores[2] > scores[3], string.Join(' ', scores));
        Assert.InRange(scores[3], 0.01, 1);
    }

    [Fact]
    public void Put_aside_what_is_odd_it_begins_as_trained()
    {
        double[][] deviations = Deviations(5, 400, broken: minute => minute >= 300);
        MachineRows used = Trained();
        Watch(used, 0, 400, deviations);
        used.Calm();
        MachineRows fresh = Trained();

        Assert.Equal(Watch(fresh, 0, 400, deviations), Watch(used, 0, 400, deviations));
        Assert.Equal(fresh.Score, used.Score);
    }

    /// <summary>Fitted, with a day of rows behind it that tell how strange they usually are.</summary>
    private static MachineRows Trained(RowDetector kind = RowDetector.PrincipalComponents)
    {
        MachineRows rows = new(Signals, RowMonitors.Fit(kind, Deviations(1, 2000)));
        rows.EndTraining(Deviations(2, 1440));
        return rows;
    }

    /// <summary>Deviations of the three signals in usual errors, a row a minute; where broken, the third leaves the others but not its own band.</summary>
    private static double[][] Deviations(int seed, int minutes, Func<int, bool>? broken = null)
    {
        double[][] noise = [.. Enumerable.Range(seed * 10, 4).Select(one => Series.Noise(one, minutes))];
        return [.. Enumerable.Range(0, minutes).Select(i => new[]
        {
            noise[0][i] + (0.1 * noise[1][i]), noise[0][i] + (0.1 * noise[2][i]), noise[0][i] + (0.1 * noise[3][i]) + (broken?.Invoke(i) == true ? 0.8 : 0),
        })];
    }

    private static List<(int Minute, RowChange Change)> Watch(MachineRows rows, int from, int to, double[][] deviations, Func<int, VerdictKind>? kindOfThird = null)
    {
        List<(int, RowChange)> told = [];
        for (int minute = from; minute < to; minute++)
        {
            for (int place = 0; place < Signals.Length; place++)
            {
                VerdictKind kind = place == 2 ? kindOfThird?.Invoke(minute) ?? VerdictKind.Normal : VerdictKind.Normal;
                if (rows.Observe(place, Series.Start.AddMinutes(minute).AddSeconds(place), kind, deviations[minute < 0 ? minute + 1440 : minute][place]) is not RowChange.None and var change)
                {
                    told.Add((minute, change));
                }
            }
        }

        return told;
    }

    private static ReadOnlyMemory<byte> Saved(MachineRows rows)
    {
        ArrayBufferWriter<byte> bytes = new();
        rows.Save(new StateWriter(bytes));
        return bytes.WrittenMemory;
    }
}
