using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Plants;

/// <summary>The codes of the two standards, as their publications and a recorded packet have them.</summary>
public sealed class StateMapsTests
{
    [Theory]
    [InlineData(6, "Execute", Bucket.Run)]
    [InlineData(11, "Held", Bucket.OwnFailure)]
    [InlineData(9, "Aborted", Bucket.OwnFailure)]
    [InlineData(5, "Suspended", Bucket.Lack)]
    [InlineData(2, "Stopped", Bucket.Waiting)]
    [InlineData(17, "Complete", Bucket.Waiting)]
    [InlineData(0, "Undefined", Bucket.NoData)]
    public void PackMl_codes_mean_what_the_standard_says(int code, string name, Bucket bucket)
    {
        Assert.Equal(name, StateMaps.PackMl.StateNames[code]);
        Assert.Equal(bucket, StateMaps.PackMl.States[code]);
    }

    [Fact]
    public void PackMl_has_eighteen_codes_and_its_acting_states_inherit()
    {
        Assert.Equal(Enumerable.Range(0, 18), StateMaps.PackMl.States.Keys.Order());
        Assert.All([1, 3, 7, 8, 10, 12, 13, 14, 15, 16], acting => Assert.Null(StateMaps.PackMl.States[acting]));
    }

    [Fact]
    public void Weihenstephan_packet_of_a_machine_in_automatic_production_is_running()
    {
        (int mode, int program, int state) = (8, 1, 128);

        Assert.Equal(Bucket.Run, StateMaps.Weihenstephan.States[state]);
        Assert.False(StateMaps.Weihenstephan.Modes.ContainsKey(mode));
        Assert.False(StateMaps.Weihenstephan.Programs.ContainsKey(program));
    }

    [Theory]
    [InlineData(8192)]
    [InlineData(16384)]
    public void Weihenstephan_bits_without_an_agreed_meaning_stay_unknown(int code) =>
        Assert.False(StateMaps.Weihenstephan.States.ContainsKey(code));
}
