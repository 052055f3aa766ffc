using System.Text;
using Linewatch.BottlingPlant;
using Linewatch.BottlingPlant.Dialects;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class SparkplugTests
{
    [Fact]
    public void Payload_has_the_bytes_of_the_protobuf_definition()
    {
        SparkplugPayload payload = new();
        DateTime time = DateTimeOffset.FromUnixTimeMilliseconds(300).UtcDateTime;

        payload.Begin(time);
        payload.BeginMetric("ab", 2, time, SparkplugType.Int64);
        payload.Long(150);
        payload.EndMetric();

        // 1: timestamp 300 | 2: metric of 14 bytes { 1: "ab", 2: alias 2, 3: timestamp 300, 4: type 4, 11: long 150 } | 3: seq 7
        Assert.Equal("08-AC-02-12-0E-0A-02-61-62-10-02-18-AC-02-20-04-58-96-01-18-07", BitConverter.ToString(payload.End(7)));
    }

    [Fact]
    public void Sequence_is_shared_by_node_and_devices_and_wraps_after_255()
    {
        VirtualPlant plant = new(new VirtualPlantOptions { Lines = 1, Start = TestLine.Start, Dialect = Dialect.Sparkplug });

        List<SimulatedMessage> messages = [.. plant.Messages(TestLine.Start, TestLine.Start.AddHours(1))];

        Assert.StartsWith("spBv1.0/demo-hall1/NBIRTH/line1", messages[0].Topic, StringComparison.Ordinal);
        Assert.All(messages.Skip(1).Take(8), message => Assert.Contains("/DBIRTH/", message.Topic, StringComparison.Ordinal));
        Assert.True(messages.Count > 600);

        // The sequence is the payload's last field: key 0x18, then a varint of one or two bytes.
        Assert.Equal(Enumerable.Range(0, messages.Count).Select(number => number % 256), messages.Select(message => Sequence(message.Payload.Span)));
    }

    [Fact]
    public void Rebirth_sends_births_again_from_sequence_zero()
    {
        VirtualPlant plant = new(new VirtualPlantOptions { Lines = 1, Start = TestLine.Start, Dialect = Dialect.Sparkplug });
        List<SimulatedMessage> messages = [];
        foreach (SimulatedMessage message in plant.Messages(TestLine.Start, TestLine.Start.AddMinutes(10)))
        {
            messages.Add(message);
            if (messages.Count == 100)
            {
                plant.RequestRebirth("line1");
            }
        }

        SimulatedMessage birth = Assert.Single(messages.Skip(1), message => message.Topic.Contains("/NBIRTH/", StringComparison.Ordinal));
        Assert.Equal(0, Sequence(birth.Payload.Span));
    }

    [Fact]
    public void Death_carries_the_birth_number_and_no_sequence()
    {
        EdgeNode node = Assert.Single(new VirtualPlant(new VirtualPlantOptions { Lines = 2, Start = TestLine.Start, Dialect = Dialect.Mixed }).EdgeNodes);

        Assert.Equal("line2", node.Line);
        Assert.Equal("spBv1.0/demo-hall1/NDEATH/line2", node.DeathTopic);
        Assert.Contains("bdSeq", Encoding.UTF8.GetString(node.DeathPayload.Span), StringComparison.Ordinal);
        Assert.EndsWith("58-00", BitConverter.ToString(node.DeathPayload.ToArray()), StringComparison.Ordinal);
    }

    private static int Sequence(ReadOnlySpan<byte> payload) =>
        payload[^2] == 0x18 && payload[^1] < 0x80 ? payload[^1]
        : payload[^3] == 0x18 ? (payload[^2] & 0x7F) | (payload[^1] << 7)
        : -1;
}
