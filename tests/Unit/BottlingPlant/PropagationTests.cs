using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Truth;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class PropagationTests
{
    [Fact]
    public void Stop_shorter_than_its_buffer_costs_the_filler_nothing()
    {
        LineSimulation line = TestLine.Simulate(
            TestLine.WorkedExample, new ScriptedStop("labeller", TimeSpan.FromMinutes(70), TimeSpan.FromSeconds(150)));

        line.AdvanceTo(Minutes(120));

        Assert.DoesNotContain(FillerStops(line), stop => stop.Start > Minutes(60));
        Assert.Equal(150_000, LongestStop(line, "labeller"));
    }

    [Fact]
    public void Stop_of_the_packer_beyond_both_buffers_costs_the_filler_the_rest_and_names_the_packer()
    {
        LineSimulation line = TestLine.Simulate(
            TestLine.WorkedExample, new ScriptedStop("packer", TimeSpan.FromMinutes(70), TimeSpan.FromMinutes(8)));

        line.AdvanceTo(Minutes(120));

        StopInterval stop = Assert.Single(FillerStops(line), stop => stop.Start > Minutes(60));
        Assert.Equal(Condition.Tailback, stop.Condition);
        Assert.Equal("packer", stop.Cause?.Machine.Model.Id);
        Assert.Equal(stop.End - stop.Start, stop.Cause!.LostAtCritical);

        // 8 − (2 + 3) = 3 min, plus what the restart through two conveyors takes.
        Assert.InRange(stop.End - stop.Start, 180_000, 240_000);
    }

    [Fact]
    public void Stop_of_the_depalletiser_beyond_its_buffer_starves_the_filler()
    {
        LineSimulation line = TestLine.Simulate(
            TestLine.WorkedExample, new ScriptedStop("depalletiser", TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(6)));

        line.AdvanceTo(Minutes(120));

        StopInterval stop = Assert.Single(FillerStops(line), stop => stop.Start > Minutes(80));
        Assert.Equal(Condition.Lack, stop.Condition);
        Assert.Equal("depalletiser", stop.Cause?.Machine.Model.Id);
    }

    private static long Minutes(double minutes) => (long)(minutes * 60_000);

    private static IEnumerable<StopInterval> FillerStops(LineSimulation line)
    {
        line.Finish();
        return line.Truth.Stops.Where(stop => stop.Machine.Model.Id == "filler");
    }

    private static long LongestStop(LineSimulation line, string machine) =>
        line.Truth.Stops.Where(stop => stop.Machine.Model.Id == machine).Max(stop => stop.End - stop.Start);
}
