using Linewatch.BottlingPlant;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class ChaosTests
{
    private static readonly DateTime End = TestLine.Start.AddHours(4);

    [Fact]
    public void Every_message_still_arrives_once_in_good_order_under_chaos_that_loses_nothing()
    {
        HashSet<string> calm = [.. Messages(ChaosOptions.None).Select(Text)];

        List<SimulatedMessage> chaos = Messages(ChaosOptions.Parse("duplicates=0.01,late=0.05,out-of-order=0.02,broken=0.001"));

        Assert.Superset(calm, chaos.Select(Text).ToHashSet());
    }

    [Theory]
    [InlineData("duplicates=0.02", 0.02)]
    [InlineData("broken=0.01", 0.01)]
    public void Share_of_additional_messages_is_as_asked_for(string chaos, double share)
    {
        double calm = Messages(ChaosOptions.None).Count;

        Assert.Equal(share, (Messages(ChaosOptions.Parse(chaos)).Count - calm) / calm, share / 4);
    }

    [Fact]
    public void Late_messages_are_late_by_up_to_the_lateness_and_the_stream_stays_in_publish_order()
    {
        List<SimulatedMessage> messages = Messages(ChaosOptions.Parse("late=0.05,lateness=300"));

        Assert.Equal(messages.Select(message => message.PublishTime), messages.Select(message => message.PublishTime).Order());
        double late = messages.Count(message => message.PublishTime - message.EventTime > TimeSpan.FromSeconds(1));
        Assert.InRange(late / messages.Count, 0.04, 0.06);
        Assert.All(messages, message => Assert.InRange(message.PublishTime - message.EventTime, TimeSpan.Zero, TimeSpan.FromSeconds(301)));
    }

    [Fact]
    public void Silent_machine_sends_nothing_for_a_while()
    {
        List<SimulatedMessage> messages = Messages(ChaosOptions.Parse("silent=0.2"));

        Assert.Contains(messages.GroupBy(message => message.Topic), machine => Gaps(machine).Any(gap => gap >= TimeSpan.FromMinutes(20)));
    }

    [Fact]
    public void Skewed_clock_moves_the_time_in_the_payload_only()
    {
        List<SimulatedMessage> messages = Messages(ChaosOptions.Parse("skew=3"));

        var offsets = messages.Select(message => (message.Topic, Offset: StatedTime(message) - message.EventTime)).Distinct().ToList();

        Assert.Equal(messages.Select(message => message.Topic).Distinct().Count(), offsets.Count);
        Assert.All(offsets, machine => Assert.InRange(machine.Offset, TimeSpan.FromSeconds(-3), TimeSpan.FromSeconds(3)));
        Assert.Contains(offsets, machine => machine.Offset != TimeSpan.Zero);
    }

    [Theory]
    [InlineData("duplicates=2")]
    [InlineData("duplicates=-0.1")]
    [InlineData("duplicates")]
    [InlineData("lateness=100000")]
    [InlineData("gremlins=0.1")]
    public void Setting_that_is_unknown_or_out_of_range_is_refused_by_name(string text)
    {
        FormatException fault = Assert.Throws<FormatException>(() => ChaosOptions.Parse(text));

        Assert.Contains(text.Split('=')[0], fault.Message, StringComparison.Ordinal);
    }

    private static List<SimulatedMessage> Messages(ChaosOptions chaos) =>
        [.. new VirtualPlant(new VirtualPlantOptions { Lines = 1, Start = TestLine.Start, Chaos = chaos }).Messages(TestLine.Start, End)];

    private static string Text(SimulatedMessage message) => $"{message.Topic} {Convert.ToBase64String(message.Payload.Span)}";

    private static DateTime StatedTime(SimulatedMessage message)
    {
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(message.Payload);
        return json.RootElement.GetProperty("ts").GetDateTime();
    }

    private static IEnumerable<TimeSpan> Gaps(IEnumerable<SimulatedMessage> messages)
    {
        DateTime[] times = [.. messages.Select(message => message.EventTime).Order()];
        return times.Zip(times.Skip(1), (before, after) => after - before);
    }
}
