using System.Buffers;
using Linewatch.Analytics.Anomalies;
using Linewatch.Jobs.Training;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class DutyMonitorTests
{
    [Fact]
    public void A_bearing_that_warms_up_and_cools_down_with_its_machine_raises_no_alarm()
    {
        WorkingMachine machine = new(seed: 1) { Lag = 1200, Idle = 24, Running = 52, Noise = 0.3, DayWave = 2 };

        List<SignalVerdict> verdicts = machine.Watch(new DutyMonitor(), days: 14);

        Assert.DoesNotContain(verdicts, verdict => verdict.IsAlarm);
        Assert.Contains(verdicts, verdict => verdict.Kind == VerdictKind.Normal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Products_and_programmes_that_run_at_different_levels_raise_no_alarm(bool byProgramme)
    {
        WorkingMachine machine = new(seed: 2) { ProductStep = 10, ByProgramme = byProgramme };

        Assert.DoesNotContain(machine.Watch(new DutyMonitor(), days: 14), verdict => verdict.IsAlarm);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(-4, 0)]
    [InlineData(0, 4)]
    public void A_shift_of_four_errors_or_fourfold_noise_is_told_within_an_hour_of_production(double shift, double moreNoise)
    {
        WorkingMachine machine = new(seed: 3) { Fault = day => day > 7 ? (shift, moreNoise) : (0, 0) };

        List<SignalVerdict> verdicts = machine.Watch(new DutyMonitor(), days: 9);

        int first = verdicts.FindIndex(verdict => verdict.IsAlarm);
        Assert.InRange(first, 7 * 1440, (7 * 1440) + 120);
        Assert.Equal(VerdictKind.Anomaly, verdicts[first].Kind);
        Assert.True(verdicts[first].Score >= 1);
    }

    [Fact]
    public void Wear_of_one_error_in_four_days_is_told_and_not_learned()
    {
        WorkingMachine machine = new(seed: 4) { Fault = day => (Math.Max(0, day - 5) / 4, 0) };

        List<SignalVerdict> verdicts = machine.Watch(new DutyMonitor(), days: 25);

        int first = verdicts.FindIndex(verdict => verdict.IsAlarm);
        Assert.InRange(first, 10 * 1440, 19 * 1440); // between 1.25 and 3.5 errors
    }

    [Fact]
    public void Drift_of_half_an_error_a_month_is_followed_without_an_alarm()
    {
        WorkingMachine machine = new(seed: 5) { Fault = day => (day / 60, 0) };

        Assert.DoesNotContain(machine.Watch(new DutyMonitor(), days: 60), verdict => verdict.IsAlarm);
    }

    [Theory]
    [InlineData(81, 5, 0, 0)]
    [InlineData(82, 3000, 2, 0)]
    [InlineData(83, 600, 1, 4)]
    public void Eight_healthy_weeks_after_training_never_look_like_drift(int seed, double lag, double dayWave, double productStep)
    {
        DutyMonitor monitor = new();
        List<double> drifts = [];
        _ = new WorkingMachine(seed) { Lag = lag, DayWave = dayWave, ProductStep = productStep }.Watch(monitor, 14 + 56, (minute, _) =>
        {
            if (minute == 14 * 1440)
            {
                monitor.Errors.EndTraining();
            }

            if (minute % 60 == 0 && monitor.Errors.Drift is { } drift)
            {
                drifts.Add(drift);
            }

            return null;
        });

        Assert.InRange(drifts.Count, 55 * 24, 56 * 24);
        Assert.InRange(drifts.Max(), 0, new TrainDetectorsOptions().MostDrift);
    }

    [Fact]
    public void A_fault_that_was_there_while_learning_is_forgotten_after_its_repair()
    {
        // Worn from the start, worse until day 8, repaired in a pause: the level then is new, and normal.
        WorkingMachine machine = new(seed: 6) { Fault = day => day < 8 ? (10 + day, 0) : (0, 0) };

        List<SignalVerdict> verdicts = machine.Watch(new DutyMonitor(), days: 14);

        Assert.Contains(verdicts[..(8 * 1440)], verdict => verdict.IsAlarm);
        Assert.DoesNotContain(verdicts[((8 * 1440) + 1)..], verdict => verdict.IsAlarm);
        Assert.All(verdicts[(9 * 1440)..], verdict => Assert.NotEqual(VerdictKind.Anomaly, verdict.Kind));
    }

    [Fact]
    public void A_sensor_that_freezes_is_a_data_fault_and_no_anomaly()
    {
        WorkingMachine machine = new(seed: 7);
        WorkingMachine frozen = new(seed: 7) { FrozenFrom = 6 };

        List<SignalVerdict> verdicts = frozen.Watch(new DutyMonitor(), days: 7);

        SignalVerdict alarm = Assert.Single(verdicts, verdict => verdict.IsAlarm);
        Assert.Equal(VerdictKind.Frozen, alarm.Kind);
        Assert.DoesNotContain(machine.Watch(new DutyMonitor(), days: 7), verdict => verdict.IsAlarm);
    }

    [Fact]
    public void Of_a_signal_watched_for_its_sensor_only_no_value_is_an_anomaly()
    {
        WorkingMachine machine = new(seed: 8) { Fault = day => day > 5 ? (50, 0) : (0, 0) };

        Assert.DoesNotContain(
            machine.Watch(new DutyMonitor { OnlySensor = true }, days: 7), verdict => verdict.Kind == VerdictKind.Anomaly);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(0.001, 0)]
    [InlineData(1.8, 32)]
    public void Unit_and_offset_of_the_signal_do_not_change_the_verdicts(double scale, double offset)
    {
        WorkingMachine plain = new(seed: 9) { Fault = day => day > 5 ? (4, 0) : (0, 0) };
        WorkingMachine other = new(seed: 9) { Fault = plain.Fault, Unit = value => (value * scale) + offset };

        Assert.Equal(
            plain.Watch(new DutyMonitor(), days: 7).Select(verdict => (verdict.Kind, verdict.IsAlarm)),
            other.Watch(new DutyMonitor(), days: 7).Select(verdict => (verdict.Kind, verdict.IsAlarm)));
    }

    [Fact]
    public void What_comes_later_changes_no_verdict()
    {
        WorkingMachine machine = new(seed: 10);

        List<SignalVerdict> prefix = machine.Watch(new DutyMonitor(), days: 3);

        Assert.Equal(machine.Watch(new DutyMonitor(), days: 5)[..prefix.Count], prefix);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(4000)]
    public void Monitor_and_duty_saved_and_restored_midway_go_on_bit_by_bit(int at)
    {
        WorkingMachine machine = new(seed: 11) { ProductStep = 3, Fault = day => day > 4 ? (5, 0) : (0, 0) };
        DutyMonitor monitor = new();
        ArrayBufferWriter<byte> bytes = new();

        List<SignalVerdict> whole = machine.Watch(new DutyMonitor(), days: 6);
        List<SignalVerdict> halves = machine.Watch(monitor, days: 6, (minute, duty) =>
        {
            if (minute != at)
            {
                return null;
            }

            duty.Save(new StateWriter(bytes));
            monitor.Save(new StateWriter(bytes));
            StateReader reader = new(bytes.WrittenMemory);
            MachineDuty restored = new();
            restored.Restore(reader);
            return (restored, DutyMonitor.Restore(reader));
        });

        Assert.Equal(whole, halves);
    }

    [Fact]
    public void A_duty_goes_on_under_another_numbering_of_the_products()
    {
        MachineDuty trained = new();
        MachineDuty lived = new();
        MachineDuty same = new();
        foreach ((MachineDuty duty, string[] order) in new[] { (trained, (string[])["p2", "p1"]), (lived, ["p1", "p2", "p3"]), (same, ["p2", "p1", "p3"]) })
        {
            for (int i = 0; i < order.Length; i++)
            {
                duty.Follow(Series.Start.AddSeconds(i), order[i], "", running: false, load: 0);
            }
        }

        foreach (MachineDuty duty in (MachineDuty[])[lived, same])
        {
            duty.Follow(Series.Start.AddHours(1), "p1", "", running: true, load: 0.7);
            duty.Follow(Series.Start.AddHours(2), "p2", "", running: true, load: 0.9);
            duty.At(Series.Start.AddHours(2.1));
        }

        MachineDuty continued = trained.ContinuedBy(lived);

        Assert.Equal(same.Product, continued.Product);
        Assert.Equal(same.PauseEnded, continued.PauseEnded);
        Assert.Equal(same.Terms.ToArray(), continued.Terms.ToArray());
        continued.At(Series.Start.AddHours(3));
        same.At(Series.Start.AddHours(3));
        Assert.Equal(same.Terms.ToArray(), continued.Terms.ToArray());
    }

    [Fact]
    public void Torn_state_is_refused()
    {
        DutyMonitor monitor = new();
        _ = new WorkingMachine(seed: 12).Watch(monitor, days: 1);
        ArrayBufferWriter<byte> bytes = new();
        monitor.Save(new StateWriter(bytes));

        Assert.All(
            Enumerable.Range(0, bytes.WrittenCount / 397),
            cut => Assert.Throws<InvalidDataException>(() => DutyMonitor.Restore(new StateReader(bytes.WrittenMemory[..(cut * 397)]))));
    }

    [Fact]
    public void Memory_does_not_grow_with_readings()
    {
        WorkingMachine machine = new(seed: 13);

        Assert.Equal(StateAfter(days: 10), StateAfter(days: 40));

        int StateAfter(int days)
        {
            DutyMonitor monitor = new();
            _ = machine.Watch(monitor, days);
            ArrayBufferWriter<byte> bytes = new();
            monitor.Save(new StateWriter(bytes));
            return bytes.WrittenCount;
        }
    }

    [Fact]
    public void Judgements_make_a_monitor_slower_or_quicker_to_tell()
    {
        WorkingMachine machine = new(seed: 14) { Fault = day => day > 5 ? (2.2, 0) : (0, 0) };

        int usual = FirstAlarm(lift: 0);
        int lifted = FirstAlarm(lift: 1);
        int lowered = FirstAlarm(lift: -0.75);

        Assert.InRange(usual, 5 * 1440, 6 * 1440);
        Assert.True(lifted < 0 || lifted > usual, $"{lifted} after two false alarms, {usual} before");
        Assert.InRange(lowered, 5 * 1440, usual - 1);

        int FirstAlarm(double lift) => machine.Watch(new DutyMonitor { Lift = lift }, days: 7).FindIndex(verdict => verdict.IsAlarm);
    }

    [Fact]
    public void A_level_judged_to_be_no_fault_is_learned()
    {
        WorkingMachine machine = new(seed: 15) { Fault = day => day > 4 ? (6, 0) : (0, 0) };
        DutyMonitor monitor = new();

        List<SignalVerdict> verdicts = machine.Watch(monitor, days: 8, (minute, _) =>
        {
            if (minute == 5 * 1440)
            {
                monitor.Accept();
            }

            return null;
        });

        Assert.Contains(verdicts[(4 * 1440)..(5 * 1440)], verdict => verdict.IsAlarm);
        Assert.DoesNotContain(verdicts[(5 * 1440)..], verdict => verdict.IsAlarm);
        Assert.All(verdicts[(6 * 1440)..], verdict => Assert.NotEqual(VerdictKind.Anomaly, verdict.Kind));
    }

    [Theory]
    [InlineData(150)]
    [InlineData(340)]
    [InlineData(6553.5)]
    [InlineData(65535)]
    [InlineData(-3.4e38)]
    [InlineData(1e200)]
    public void One_wild_reading_while_learning_leaves_a_later_shift_as_soon_told(double wild)
    {
        int undisturbed = ReadingsUntilTold();

        Assert.InRange(undisturbed, 3, 12);
        Assert.All([0, 1, 2, 5, 12, 30, 80, 150, 199], reading => Assert.InRange(ReadingsUntilTold((reading, wild)), 3, undisturbed + 3));
    }

    [Theory]
    [InlineData(6553.5)]
    [InlineData(1e20)]
    [InlineData(1e200)]
    public void One_wild_reading_at_any_time_is_no_alarm_and_leaves_a_shift_as_soon_told(double wild) =>
        Assert.All([200, 1000, Week / 2, Week / 2 + 1, Week - 60], reading => Assert.InRange(ReadingsUntilTold((reading, wild)), 3, 15));

    [Theory]
    [InlineData(1e19)]
    [InlineData(-3.4e38)]
    [InlineData(double.MaxValue)]
    [InlineData(double.NaN)]
    public void A_value_that_no_sensor_measures_is_missing(double value)
    {
        DutyMonitor monitor = new();
        MachineDuty duty = new();

        Assert.All(Enumerable.Range(0, 5), second => Assert.Equal(
            VerdictKind.Missing, monitor.Observe(Series.Start.AddSeconds(second), value, new SignalContext(Activity.Producing, Duty: duty)).Kind));
    }

    private const int Week = 7 * 1440;

    /// <summary>
    /// A machine makes one product for half a week and another, at quite another level, for the other half; a shift of five errors follows,
    /// told after as many readings as this says. Before it, nothing may be told.
    /// </summary>
    private static int ReadingsUntilTold(params (int Reading, double Value)[] wild)
    {
        DutyMonitor monitor = new();
        MachineDuty duty = new();
        double[] noise = Series.Noise(21, Week + 200);
        Dictionary<int, double> instead = wild.ToDictionary();
        for (int i = 0; i < noise.Length; i++)
        {
            DateTime at = Series.Start.AddMinutes(i);
            if (i % (Week / 2) == 0)
            {
                duty.Follow(at, i < Week / 2 ? "small" : "large", "", running: true, load: 1);
            }

            double usual = (i < Week / 2 ? 50 : 80) + noise[i] + (i < Week ? 0 : 5);
            SignalVerdict verdict = monitor.Observe(at, instead.GetValueOrDefault(i, usual), new SignalContext(Activity.Producing, Duty: duty));
            if (verdict is { IsAlarm: true, Kind: VerdictKind.Anomaly })
            {
                return i - Week;
            }
        }

        return int.MaxValue;
    }

    [Fact]
    public void A_duty_of_fewer_products_than_were_learned_is_refused()
    {
        DutyMonitor monitor = new();
        MachineDuty duty = new();
        duty.Follow(Series.Start, "small", "", running: true, load: 1);
        duty.Follow(Series.Start, "large", "", running: true, load: 1);
        _ = monitor.Observe(Series.Start, 1, new SignalContext(Activity.Producing, Duty: duty));
        MachineDuty other = new();
        other.Follow(Series.Start, "small", "", running: true, load: 1);

        ArgumentException fault = Assert.Throws<ArgumentException>(
            () => monitor.Observe(Series.Start.AddMinutes(1), 1, new SignalContext(Activity.Producing, Duty: other)));
        Assert.StartsWith("the duty is another machine's", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_out_of_range_is_named()
    {
        DutyMonitorOptions options = new() { Slack = 0, Limit = 1, LearningReadings = 1, FrozenReadings = 1 };

        Assert.Equal(4, options.Faults().Count);
        Assert.Throws<ArgumentException>(() => new DutyMonitor(options));
    }
}
