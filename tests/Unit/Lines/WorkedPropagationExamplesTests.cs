using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Tests.Unit.Oee;

namespace Linewatch.Tests.Unit.Lines;

/// <summary>Line: depalletiser – [2 min] – filler (critical) – [3 min] – labeller – [2 min] – packer; times after 06:00.</summary>
public sealed class WorkedPropagationExamplesTests
{
    [Fact]
    public void X1_a_tailback_through_two_buffers_is_the_packers()
    {
        ShiftRecord shift = Line("""
            06:10:00 packer state 1024
            06:18:00 packer state 128
            06:12:00 labeller state 16
            06:18:10 labeller state 128
            06:15:00 filler state 16
            06:18:20 filler state 128
            """).Shift("06:00");

        Stop lost = Assert.Single(shift.Stops, stop => stop.Machine == "filler");
        Stop root = Assert.Single(shift.Stops, stop => stop.Machine == "packer");
        Assert.Equal((TimeSpan.FromSeconds(200), "packer", LossCategory.Tailback), (lost.Lost, lost.CauseMachine, lost.Category));
        Assert.Equal(TimeSpan.FromSeconds(200), root.Lost);
        Assert.Equal(TimeSpan.FromSeconds(200), shift.Quantities[LossCategory.Tailback]);
    }

    [Fact]
    public void X2_a_stop_that_the_buffer_hides_costs_the_line_nothing()
    {
        ShiftRecord shift = Line("""
            06:10:00 labeller state 1024
            06:12:30 labeller state 128
            """).Shift("06:00");

        Stop own = Assert.Single(shift.Stops);
        Assert.Equal(("labeller", TimeSpan.Zero, TimeSpan.FromSeconds(150)), (own.Machine, own.Lost, own.End - own.Start));
        Assert.Equal(TimeSpan.FromHours(8), shift.Quantities[LossCategory.Run]);
        Assert.Equal(TimeSpan.FromSeconds(150), shift.Machines.Single(machine => machine.Machine == "labeller").OwnFailure);
    }

    [Fact]
    public void X4_a_machine_without_data_cannot_be_a_cause()
    {
        ShiftRecord shift = Line("""
            06:28:00 depalletiser state stale
            06:32:00 depalletiser state 128
            06:30:00 filler state 8
            06:31:00 filler state 128
            """).Shift("06:00");

        Stop lost = Assert.Single(shift.Stops);
        Assert.Equal(("filler", null, LossCategory.Lack), (lost.Machine, lost.CauseMachine, lost.Category));
    }

    [Fact]
    public void Of_two_stops_the_one_that_filled_most_of_the_buffer_is_the_cause()
    {
        // Stops of 120 s and of 57 s fill what 180 s hold only together; neither stands any more.
        ShiftRecord shift = Line("""
            06:10:00 labeller state 1024
            06:12:00 labeller state 128
            06:12:01 labeller state 1024
            06:12:58 labeller state 128
            06:13:00 filler state 16
            06:13:30 filler state 128
            """).Shift("06:00");

        Assert.Equal(TestLine.At("06:10"), Assert.Single(shift.Stops, stop => stop.Machine == "labeller" && stop.Lost > TimeSpan.Zero).Start);
    }

    [Fact]
    public void Of_two_stops_one_after_the_other_the_one_that_held_the_filler_longest_is_the_cause()
    {
        // The packer filled the buffers; the labeller's failure then kept the filler standing for nine minutes more.
        ShiftRecord shift = Line("""
            06:10:00 packer state 1024
            06:12:00 labeller state 16
            06:15:00 filler state 16
            06:16:00 packer state 128
            06:16:00 labeller state 1024
            06:25:00 labeller state 128
            06:25:20 filler state 128
            """).Shift("06:00");

        Assert.Equal("labeller", Assert.Single(shift.Stops, stop => stop.Machine == "filler").CauseMachine);
    }

    [Theory]
    [InlineData("depalletiser", 8, LossCategory.Lack)]
    [InlineData("labeller", 16, LossCategory.Tailback)]
    public void Clocks_that_differ_by_two_seconds_do_not_hide_the_cause(string neighbour, int state, LossCategory category)
    {
        ShiftRecord shift = Line($"""
            06:30:00 filler state {state}
            06:31:00 filler state 128
            06:30:02 {neighbour} state 1024
            06:31:00 {neighbour} state 128
            """).Shift("06:00");

        Stop lost = Assert.Single(shift.Stops, stop => stop.Machine == "filler");
        Assert.Equal((neighbour, category), (lost.CauseMachine, lost.Category));
    }

    private static TestLine Line(string script)
    {
        string[] machines = ["depalletiser", "filler", "labeller", "packer"];
        TestLine line = new(new TestLineSetup
        {
            Machines = [.. machines.Select(id => new TestMachine(id, TestLineSetup.Codes, [("state", SignalRole.State)]))],
            Conveyors =
            [
                new Conveyor("depalletiser", "filler", TimeSpan.FromMinutes(2), TimeSpan.Zero),
                new Conveyor("filler", "labeller", TimeSpan.FromMinutes(3), TimeSpan.Zero),
                new Conveyor("labeller", "packer", TimeSpan.FromMinutes(2), TimeSpan.Zero),
            ],
        });
        foreach (string machine in machines)
        {
            line.Tell($"05:00 {machine} state 128");
        }

        return line.Tell(script);
    }
}
