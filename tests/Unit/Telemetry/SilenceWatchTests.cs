using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class SilenceWatchTests
{
    private static readonly Plant Plant = Bench.Plant(
        """[{ name: v, topic: "{machine}/{signal}", decoder: value }]""",
        "{ id: x, silentAfter: 10 s }, { id: y, stuckAfter: 1 min }, { id: state, role: state }");

    [Fact]
    public void A_signal_that_falls_silent_beside_others_is_named()
    {
        SilenceWatch watch = Heard("0 m/x 1", "0 m/y 1", "12 m/y 2");

        SignalFault fault = Assert.Single(watch.Faults(Decoding.Noon.AddSeconds(13)));

        Assert.Equal(("x", SignalFaultKind.Silent, Decoding.Noon, false), (fault.Signal.Path.Signal, fault.Kind, fault.Since, fault.WholeMachine));
    }

    [Fact]
    public void A_silent_machine_is_one_fault()
    {
        SilenceWatch watch = Heard("0 m/x 1", "0 m/y 1", "0 n/x 1");

        SignalFault fault = Assert.Single(watch.Faults(Decoding.Noon.AddSeconds(11)));

        Assert.Equal(("m", true), (fault.Signal.Path.Machine, fault.WholeMachine));
    }

    [Fact]
    public void A_value_that_never_changes_is_stuck_and_a_repeated_state_is_not()
    {
        SilenceWatch watch = Heard("0 m/y 1", "0 m/state 6", "0 m/x 1", "61 m/y 1", "61 m/state 6", "61 m/x 2");

        SignalFault fault = Assert.Single(watch.Faults(Decoding.Noon.AddSeconds(62)));

        Assert.Equal(("y", SignalFaultKind.Stuck), (fault.Signal.Path.Signal, fault.Kind));
    }

    [Fact]
    public void What_was_never_heard_is_not_silent()
    {
        Assert.Empty(Heard().Faults(Decoding.Noon.AddDays(1)));
    }

    [Fact]
    public void What_was_heard_is_remembered_under_a_changed_plant()
    {
        SilenceWatch watch = Heard("0 m/x 1", "0 m/y 1");
        Decoding changed = new(Bench.Plant("""[{ name: v, topic: "{machine}/{signal}", decoder: value }]""", "{ id: added }, { id: y }, { id: x, silentAfter: 10 s }"));
        changed.Decode("m/y", "2", Decoding.Noon.AddSeconds(11));
        changed.Batch.EndMessage(0, Decoding.Noon.AddSeconds(11), "v", Outcome.Stored, 0);
        watch.Observe(changed.Batch);

        Assert.Equal("x", Assert.Single(watch.Faults(Decoding.Noon.AddSeconds(12))).Signal.Path.Signal);
    }

    /// <summary>Messages as "second topic payload".</summary>
    private static SilenceWatch Heard(params string[] messages)
    {
        SilenceWatch watch = new(Plant);
        Decoding decoding = new(Plant);
        foreach (string message in messages)
        {
            string[] parts = message.Split(' ');
            DateTime time = Decoding.Noon.AddSeconds(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture));
            decoding.Decode(parts[1], parts[2], time);
            decoding.Batch.EndMessage(0, time, "v", Outcome.Stored, 0);
            watch.Observe(decoding.Batch);
        }

        return watch;
    }
}
