using Linewatch.Analytics.Lines;
using Linewatch.Analytics.Oee;
using Linewatch.Plants;
using Linewatch.Tests.Unit.Oee;

namespace Linewatch.Tests.Unit.Lines;

public sealed class LineChecksTests
{
    [Fact]
    public void Both_bottleneck_checks_name_the_machine_the_others_wait_for()
    {
        // The filler sets the pace: the rinser is blocked by it, labeller and packer starve behind it.
        ShiftRecord shift = Line("""
            07:00 rinser state 16
            07:30 rinser state 128
            08:00 labeller state 8
            08:20 labeller state 128
            09:00 packer state 8
            09:25 packer state 128
            """, [50_000, 40_000, 44_000, 48_000]).Shift("06:00");

        Bottleneck bottleneck = Bottleneck.Of(Line("", [50_000, 40_000, 44_000, 48_000]).Line, [shift]);

        Assert.Equal(("filler", "filler"), (bottleneck.TurningPoint, bottleneck.ActivePeriod));
    }

    [Theory]
    [InlineData(new double[] { 50_000, 40_000, 44_000, 48_000 }, "")]
    [InlineData(new double[] { 40_000, 40_000, 44_000, 48_000 }, "rinser")]
    [InlineData(new double[] { 50_000, 40_000, 48_000, 44_000 }, "packer")]
    [InlineData(new double[] { 50_000, 40_000, 39_000, 48_000 }, "labeller")]
    public void Speeds_must_rise_away_from_the_critical_machine(double[] rates, string faulty)
    {
        IReadOnlyList<VGraphPoint> graph = VGraph.Of(Line("", rates).Line);

        Assert.Equal(faulty, string.Join(' ', graph.Where(point => point.Fault is not null).Select(point => point.Machine)));
        Assert.Equal(1, graph[1].Share);
    }

    [Fact]
    public void Buffer_hint_tells_what_another_minute_would_save()
    {
        TestLine line = Line("""
            07:00 labeller state 1024
            07:01 labeller state 128
            08:00 labeller state 1024
            08:05 labeller state 128
            """, [50_000, 40_000, 44_000, 48_000]);

        BufferHint hint = BufferHint.Of(line.Line, [line.Shift("06:00")])[1];

        // The two minutes between filler and labeller hide 1 min of the first stop and 2 min of the second.
        Assert.Equal(("filler", "labeller", 2), (hint.From, hint.To, hint.Stops));
        Assert.Equal(0.5, hint.Hidden!.Value, 9);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)), (hint.SavedByAnotherMinute, hint.HidesFourOfFive!.Value));
    }

    private static TestLine Line(string script, double[] rates)
    {
        string[] machines = ["rinser", "filler", "labeller", "packer"];
        TestLine line = new(new TestLineSetup
        {
            Machines = [.. machines.Select((id, i) => new TestMachine(id, TestLineSetup.Codes, [("state", SignalRole.State)], rates[i]))],
            Conveyors =
            [
                new Conveyor("rinser", "filler", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)),
                new Conveyor("filler", "labeller", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10)),
                new Conveyor("labeller", "packer", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10)),
            ],
        });
        foreach (string machine in machines)
        {
            line.Tell($"05:00 {machine} state 128");
        }

        return line.Tell(script);
    }
}
