using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Oee;

public sealed class LineEngineTests
{
    private const string Morning = """
        05:00 filler state 128
        05:00 filler fault 0
        05:50 filler total 1000
        05:50 filler reject 10
        07:00 filler state 1024
        07:00 filler fault 1101
        07:02 filler state 128
        07:02 filler fault 0
        08:00 filler state 1024
        08:20 filler state 8
        08:30 filler state 128
        09:00 filler program 16
        09:00 filler state 1
        09:30 filler program 1
        09:30 filler product water
        09:30 filler state 128
        11:00 filler state 2048
        11:10 filler state 1
        11:15 filler state 128
        """;

    [Fact]
    public void Compute_puts_every_second_of_the_shift_where_it_belongs()
    {
        TestLine line = new TestLine().Tell(Morning);

        Quantities shift = line.Shift("06:00").Quantities;

        (LossCategory Category, double Minutes)[] expected =
        [
            (LossCategory.MinorStop, 2), (LossCategory.Breakdown, 20), (LossCategory.Lack, 10), (LossCategory.SetUp, 30),
            (LossCategory.External, 10), (LossCategory.Waiting, 5), (LossCategory.Run, 480 - 77), (LossCategory.PlannedDown, 0),
        ];
        Assert.All(expected, row => Assert.Equal(TimeSpan.FromMinutes(row.Minutes), shift[row.Category]));
        Assert.Equal(TimeSpan.FromHours(8), shift.Calendar);
    }

    [Fact]
    public void Compute_weighs_each_product_with_its_own_ideal_rate()
    {
        TestLine line = new TestLine().Tell(Morning)
            .Count("filler", "total", "06:00", "09:00", 1000, 6000)
            .Count("filler", "total", "09:30", "14:00", 6000, 9000);

        Quantities shift = line.Shift("06:00").Quantities;

        Assert.Equal([("cola", 5000L, 1.0), ("water", 3000L, 2.0)], shift.Products.Select(p => (p.Product, p.Total, p.IdealSecondsPerUnit!.Value)));
        Assert.Equal(5000 + (2 * 3000), shift.IdealSeconds);
    }

    [Fact]
    public void Planned_breaks_and_stops_are_outside_planned_busy_time_whatever_the_machine_does()
    {
        TestLineSetup setup = new()
        {
            Shifts = [TestLineSetup.EveryDay("Early", "06:00", "14:00", ("10:00", "10:30"))],
            PlannedStops = [new PlannedStop(PlannedStopKind.Cleaning, TestLine.At("12:00"), TestLine.At("13:00"))],
        };
        TestLine line = new TestLine(setup).Tell("05:00 filler state 128");

        Quantities shift = line.Shift("06:00").Quantities;

        Assert.Equal(TimeSpan.FromMinutes(90), shift[LossCategory.PlannedDown]);
        Assert.Equal(TimeSpan.FromMinutes(390), shift.PlannedBusy);
    }

    [Theory]
    [InlineData("program 8", LossCategory.UnplannedMaintenance)]
    [InlineData("program 16", LossCategory.SetUp)]
    [InlineData("program 64", LossCategory.PlannedDown)]
    [InlineData("mode 2", LossCategory.UnplannedMaintenance)]
    [InlineData("state 999", LossCategory.NoData)]
    [InlineData("state stale", LossCategory.NoData)]
    [InlineData("state 32", LossCategory.Lack)]
    public void Programme_beats_mode_and_mode_beats_state(string told, LossCategory expected)
    {
        TestLine line = new TestLine().Tell("05:00 filler state 128").Tell($"13:00 filler {told}");

        Assert.Equal(TimeSpan.FromHours(1), line.Shift("06:00").Quantities[expected]);
    }

    // Starting after a stop is part of it; Stopping leads to one.
    [Fact]
    public void Acting_transitions_belong_to_the_wait_state_beside_them()
    {
        TestLine line = new TestLine().Tell("""
            05:00 filler state 128
            08:00 filler state 256
            08:01 filler state 1024
            08:09 filler state 2
            08:10 filler state 128
            """);

        Assert.Equal(TimeSpan.FromMinutes(10), line.Shift("06:00").Quantities[LossCategory.Breakdown]);
    }

    // An own failure counts from the threshold on as a breakdown.
    [Theory]
    [InlineData("07:04:59", LossCategory.MinorStop)]
    [InlineData("07:05:00", LossCategory.Breakdown)]
    [InlineData("07:05:01", LossCategory.Breakdown)]
    public void An_own_failure_is_minor_below_the_threshold(string until, LossCategory expected)
    {
        TestLine line = new TestLine().Tell($"05:00 filler state 128\n07:00 filler state 1024\n{until} filler state 128");

        Assert.Equal(TestLine.At(until) - TestLine.At("07:00"), line.Shift("06:00").Quantities[expected]);
    }

    [Fact]
    public void State_of_before_the_shift_carries_into_it_and_time_before_the_first_is_unknown()
    {
        TestLine line = new TestLine().Tell("05:00 filler state 1024\n15:00 filler state 128");
        TestLine late = new TestLine().Tell("09:00 filler state 128");

        Assert.Equal(TimeSpan.FromHours(8), line.Shift("06:00").Quantities[LossCategory.Breakdown]);
        Assert.Equal(TimeSpan.FromHours(3), late.Shift("06:00").Quantities[LossCategory.NoData]);
        Assert.Equal(TimeSpan.FromHours(5), late.Shift("06:00").Quantities[LossCategory.Run]);
    }

    [Fact]
    public void What_was_made_while_nothing_was_heard_counts_and_the_time_is_unknown()
    {
        TestLine line = new(new TestLineSetup { SilentAfter = TimeSpan.FromMinutes(5) });
        line.Count("filler", "state", "05:59", "08:00", 128, 128).Count("filler", "state", "09:00", "14:01", 128, 128)
            .Tell("08:00 filler total 1000\n09:00 filler total 4000");

        Quantities shift = line.Shift("06:00").Quantities;

        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(7), 3000L), (shift[LossCategory.NoData], shift[LossCategory.Run], shift.Total));
    }

    [Fact]
    public void A_machine_that_reports_by_exception_is_not_silent_while_nothing_changes()
    {
        TestLine line = new(new TestLineSetup { SilentAfter = null, Decoder = "sparkplug" });
        line.Tell("05:00 filler state 128\n08:00 filler state 1024\n10:00 filler state 128\n12:00 filler state stale\n13:00 filler state 128");

        Quantities shift = line.Shift("06:00").Quantities;

        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.FromHours(1)), (shift[LossCategory.Breakdown], shift[LossCategory.NoData]));
    }

    // Spring forward: 23 h; back: 25 h; any other day 24 h.
    [Theory]
    [InlineData(2026, 3, 29, 23)]
    [InlineData(2026, 10, 25, 25)]
    [InlineData(2026, 6, 1, 24)]
    public void A_day_has_as_many_hours_as_the_clock_change_leaves_it(int year, int month, int day, int hours)
    {
        TestLine line = new(new TestLineSetup
        {
            Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
            Shifts =
            [
                TestLineSetup.EveryDay("Early", "00:00", "08:00"), TestLineSetup.EveryDay("Late", "08:00", "16:00"), TestLineSetup.EveryDay("Night", "16:00", "00:00"),
            ],
        });
        DateTime midnight = TimeZoneInfo.ConvertTimeToUtc(new DateTime(year, month, day), line.Line.Shifts.TimeZone);
        line.Tell("20:00 filler state 128", new DateOnly(year, month, day).AddDays(-1));
        LineEngine engine = line.Engine();

        Quantities sum = OeeSum.Of(line.Line.Shifts.Between(midnight, midnight.AddHours(hours)).Select(engine.Compute));

        Assert.Equal((TimeSpan.FromHours(hours), TimeSpan.FromHours(hours)), (sum.PlannedBusy, sum[LossCategory.Run]));
    }

    [Fact]
    public void Silence_is_no_data_from_the_last_reading_on()
    {
        TestLine line = new(new TestLineSetup { SilentAfter = TimeSpan.FromMinutes(1) });
        line.Count("filler", "state", "05:59", "08:00", 128, 128);
        line.Count("filler", "state", "09:00", "14:01", 128, 128);

        Assert.Equal(TimeSpan.FromHours(1), line.Shift("06:00").Quantities[LossCategory.NoData]);
    }

    [Fact]
    public void Snapshot_without_a_shift_counts_units_and_leaves_OEE_undefined()
    {
        TestLine line = new(new TestLineSetup { Shifts = [] });
        line.Tell("05:00 filler state 128").Count("filler", "total", "05:00", "07:00", 0, 5000);

        LineSnapshot now = line.Engine().Snapshot(TestLine.At("07:00"));

        Assert.Null(now.Shift);
        Assert.Null(now.Figures.Oee);
        Assert.Null(now.Figures.Availability);
        Assert.Equal(5000, now.Quantities.Total);
    }

    [Fact]
    public void Snapshot_tells_what_the_line_does_now()
    {
        TestLine line = new(new TestLineSetup { Reasons = [new Reason("valve", "Valve", [1101], [])] });
        line.Tell(Morning);

        LineSnapshot now = line.Engine().Snapshot(TestLine.At("07:01"));

        MachineNow filler = Assert.Single(now.Machines);
        Assert.Equal((Bucket.OwnFailure, 1024, TestLine.At("07:00"), 1101), (filler.Bucket, filler.StateCode, filler.Since, filler.FaultCode));
        Assert.Equal(("valve", "filler", LossCategory.MinorStop), (now.CurrentStop!.Reason, now.CurrentStop.CauseMachine, now.CurrentStop.Category));
        Assert.Equal(("cola", "Early"), (now.Product, now.Shift!.Name));
        Assert.Equal(TestLine.At("07:00"), now.Record.Timeline[^1].Start);
    }

    [Fact]
    public void Without_an_order_a_standing_machine_waits_or_is_not_scheduled_as_configured()
    {
        const string Script = """
            05:00 filler state 128
            05:00 filler order A1
            10:00 filler state 1024
            10:00 filler order
            12:00 filler order A2
            12:00 filler state 128
            """;

        Quantities loss = new TestLine().Tell(Script).Shift("06:00").Quantities;
        Quantities unscheduled = new TestLine(new TestLineSetup { NoOrderIsLoss = false }).Tell(Script).Shift("06:00").Quantities;

        Assert.Equal(TimeSpan.FromHours(2), loss[LossCategory.Waiting]);
        Assert.Equal(TimeSpan.FromHours(2), unscheduled[LossCategory.NotScheduled]);
    }

    [Fact]
    public void Advance_closes_a_shift_once_its_lateness_is_over_and_restates_it_for_late_readings()
    {
        TestLine line = new TestLine().Tell(Morning);
        LineEngine engine = line.Engine();

        Assert.Empty(engine.Advance(TestLine.At("14:01:59")));
        ShiftRecord closed = Assert.Single(engine.Advance(TestLine.At("14:02")));
        Assert.Empty(engine.Advance(TestLine.At("14:03")));
        engine.Accept(new Reading(line.Readings[0].Signal, TestLine.At("13:00"), 1024));
        ShiftRecord restated = Assert.Single(engine.Advance(TestLine.At("14:04")));

        Assert.Equal(("Early", TestLine.Day), (closed.Shift, closed.Day));
        Assert.Equal(TimeSpan.FromMinutes(20), closed.Quantities[LossCategory.Breakdown]);
        Assert.Equal(TimeSpan.FromMinutes(80), restated.Quantities[LossCategory.Breakdown]);
    }

    [Fact]
    public void A_stop_across_the_end_of_a_shift_counts_by_its_whole_length_in_both()
    {
        TestLine line = new TestLine().Tell("""
            05:00 filler state 128
            13:58 filler state 1024
            14:04 filler state 128
            """);
        LineEngine engine = line.Engine();

        // At 14:02 + lateness nobody knows yet how long the stop will be.
        Assert.Empty(line.Fed(line.Readings.Take(2)).Advance(TestLine.At("14:04")));
        ShiftRecord early = Assert.Single(engine.Advance(TestLine.At("14:06")));
        ShiftRecord late = engine.Snapshot(TestLine.At("15:00")).Record;

        Assert.Equal(TimeSpan.FromMinutes(2), early.Quantities[LossCategory.Breakdown]);
        Assert.Equal(TimeSpan.FromMinutes(4), late.Quantities[LossCategory.Breakdown]);
    }

    // C3: 22:00–06:00 in Berlin lasts 7, 9 and 8 hours.
    [Theory]
    [InlineData(2026, 3, 28, 7)]
    [InlineData(2026, 10, 24, 9)]
    [InlineData(2026, 6, 1, 8)]
    public void Night_shift_lasts_as_long_as_the_clock_change_makes_it(int year, int month, int day, int hours)
    {
        TestLine line = new(new TestLineSetup
        {
            Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
            Shifts = [TestLineSetup.EveryDay("Night", "22:00", "06:00")],
        });
        line.Tell("01:00 filler state 128", new DateOnly(year, month, day));
        DateTime evening = new(year, month, day, 22, 30, 0, DateTimeKind.Utc);

        ShiftRecord record = line.Engine().Compute(line.Line.Shifts.At(evening)!);

        Assert.Equal(TimeSpan.FromHours(hours), record.Quantities[LossCategory.Run]);
    }

    [Fact]
    public void Any_order_and_any_split_of_the_readings_gives_the_same_record()
    {
        TestLine line = new TestLine().Tell(Morning)
            .Count("filler", "total", "05:50", "09:00", 1000, 6000, TimeSpan.FromMinutes(1))
            .Count("filler", "total", "09:30", "14:01", 6000, 9000, TimeSpan.FromMinutes(1));
        ShiftRecord expected = line.Shift("06:00");

        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            Reading[] shuffled = [.. line.Readings];
            random.Shuffle(shuffled);
            LineEngine engine = new(line.Plant, line.Line);
            for (int taken = 0; taken < shuffled.Length;)
            {
                int batch = Math.Min(random.Next(1, 200), shuffled.Length - taken);
                engine.Accept(shuffled.AsSpan(taken, batch));
                engine.Snapshot(TestLine.At("12:00"));
                taken += batch;
            }

            return engine.Compute(line.Line.Shifts.At(TestLine.At("06:00"))!).SameAs(expected);
        }).QuickCheckThrowOnFailure();
    }
}
