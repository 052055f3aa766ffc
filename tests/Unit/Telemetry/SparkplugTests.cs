using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Sparkplug;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class SparkplugTests
{
    private static readonly Plant Plant = Bench.Plant("[{ name: sp, topic: \"spBv1.0/#\", decoder: sparkplug }]");
    private static readonly ManualTime Clock = new(Decoding.Noon);

    [Fact]
    public void Births_name_what_data_send_by_alias()
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "NBIRTH/L", Payload.Of(0, Metric.Of("bdSeq").Long(8, 0)));
        Assert.Equal("", decoding.Readings);
        Stored(decoding, "DBIRTH/L/m", Payload.Of(1, Metric.Of("x", alias: 1).Double(1.5), Metric.Of("state", alias: 2).Int(3, 6), Metric.Of("product", alias: 3).Text("Cola")));
        Assert.Equal("m.x=1.5@0 m.state=6@0 m.product=Cola@0", decoding.Readings);

        Stored(decoding, "DDATA/L/m", Payload.Of(2, Metric.Alias(1).Double(2.5, at: 1)));

        Assert.Equal("m.x=2.5@1", decoding.Readings);
    }

    [Theory]
    [InlineData(1, 0xFFFF_FFFF, -1)]
    [InlineData(2, 0xFFFF_8000, -32768)]
    [InlineData(3, 0x8000_0000, int.MinValue)]
    [InlineData(5, 255, 255)]
    [InlineData(6, 65535, 65535)]
    [InlineData(7, 0xFFFF_FFFF, 4294967295)]
    public void Integers_have_the_sign_of_their_type(int type, uint bits, double expected)
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("x").Int(type, bits)));

        Assert.Equal(expected, Assert.Single(decoding.Batch.Readings.ToArray()).Value);
    }

    [Fact]
    public void Wide_integers_floats_booleans_and_times_are_numbers()
    {
        Decoding decoding = new(Plant);
        foreach ((Metric metric, double expected) in new[]
        {
            (Metric.Of("x").Long(4, unchecked((ulong)-5L)), -5),
            (Metric.Of("x").Long(8, 5_000_000_000), 5e9),
            (Metric.Of("x").Float(1.25f), 1.25),
            (Metric.Of("x").Boolean(true), 1d),
            (Metric.Of("x").Long(13, 1_795_348_740_000), 1795348740000),
        })
        {
            Stored(decoding, "DBIRTH/l/m", Payload.Of(1, metric));
            Assert.Equal(expected, Assert.Single(decoding.Batch.Readings.ToArray()).Value);
        }
    }

    [Fact]
    public void Null_and_transient_values_are_no_readings_and_historical_ones_say_so()
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("x").Flag(7).Typed(10), Metric.Of("y").Double(1).Flag(6), Metric.Of("state").Int(3, 6).Flag(5)));

        Reading reading = Assert.Single(decoding.Batch.Readings.ToArray());
        Assert.Equal(("state", ReadingFlags.Historical), (reading.Signal.Path.Signal, reading.Flags));
    }

    [Fact]
    public void Data_sets_and_templates_stay_visible_in_quarantine()
    {
        Decoding decoding = new(Plant);

        MessageOutcome outcome = decoding.Decode("spBv1.0/g/DBIRTH/l/m", Payload.Of(1, Metric.Of("x").Bytes(16, 17, [])));

        Assert.Equal(QuarantineReason.NotDecoded, outcome.Reason);
    }

    [Fact]
    public void Elements_of_an_array_are_signals_of_their_own()
    {
        Decoding decoding = new(Bench.Plant("[{ name: sp, topic: \"spBv1.0/#\", decoder: sparkplug }]", "{ id: valve }, { id: valve.0 }, { id: valve.1 }"));

        decoding.Decode("spBv1.0/g/DBIRTH/l/m", Payload.Of(1, Metric.Of("valve").Bytes(23, 16, [1, 0, 0xFF, 0xFF])));

        Assert.Equal("m.valve.0=1@0 m.valve.1=-1@0", decoding.Readings);
    }

    [Fact]
    public void Death_of_the_node_makes_every_signal_stale_at_receive_time_once()
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "NBIRTH/l", Payload.Of(0, Metric.Of("bdSeq").Long(8, 7)));
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("x", alias: 1).Double(1)));
        Stored(decoding, "DBIRTH/l/n", Payload.Of(2, Metric.Of("x", alias: 2).Double(1)));

        decoding.Decode("spBv1.0/g/NDEATH/l", Payload.Of(null, Metric.Of("bdSeq").Long(8, 6)), Decoding.Noon.AddSeconds(4));
        Assert.Equal("", decoding.Readings);
        decoding.Decode("spBv1.0/g/NDEATH/l", Payload.Of(null, Metric.Of("bdSeq").Long(8, 7)), Decoding.Noon.AddSeconds(5));
        Assert.Equal("m.x=stale@5 n.x=stale@5", decoding.Readings);
        decoding.Decode("spBv1.0/g/NDEATH/l", Payload.Of(null, Metric.Of("bdSeq").Long(8, 7)), Decoding.Noon.AddSeconds(6));
        Assert.Equal("", decoding.Readings);
    }

    [Fact]
    public void Death_of_a_device_makes_its_signals_stale_at_the_payloads_time()
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "NBIRTH/l", Payload.Of(0));
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("x", alias: 1).Double(1)));
        Stored(decoding, "DBIRTH/l/n", Payload.Of(2, Metric.Of("x", alias: 2).Double(1)));

        decoding.Decode("spBv1.0/g/DDEATH/l/m", Payload.Of(3), Decoding.Noon.AddSeconds(5));

        Assert.Equal("m.x=stale@0", decoding.Readings);
    }

    [Fact]
    public void An_unknown_alias_is_kept_and_a_rebirth_asked_for_once_a_minute()
    {
        RebirthRequests rebirths = new(Clock);
        Decoding decoding = new(Plant, new MessageDecoder(Plant, rebirths: rebirths));

        MessageOutcome outcome = decoding.Decode("spBv1.0/g/DDATA/l/m", Payload.Of(1, Metric.Alias(9).Double(1)));
        decoding.Decode("spBv1.0/g/DDATA/l/m", Payload.Of(2, Metric.Alias(9).Double(2)));

        Assert.Equal(QuarantineReason.UnknownSignal, outcome.Reason);
        Assert.True(rebirths.TryRead(out RebirthRequest? request));
        Assert.Equal("spBv1.0/g/NCMD/l", request!.Topic);
        Assert.False(rebirths.TryRead(out _));
    }

    /// <summary>Sequence numbers as they arrive, one a second, reorder timeout 5 s; worked-examples.md C7 and C8.</summary>
    [Theory]
    [InlineData("0 1 2 4 3 5 6 7 8 9 10 11", false)]
    [InlineData("0 1 2 4 5 6 7 8 9 10", true)]
    [InlineData("253 254 255 0 1 2 3 4 5 6", false)]
    [InlineData("0 1 1 2 3 4 5 6 7 8", false)]
    public void A_gap_that_does_not_close_within_the_reorder_timeout_asks_for_a_rebirth(string arriving, bool asks)
    {
        RebirthRequests rebirths = new(Clock);
        Decoding decoding = new(Plant, new MessageDecoder(Plant, rebirths: rebirths));
        int[] numbers = [.. arriving.Split(' ').Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
        decoding.Decode("spBv1.0/g/NBIRTH/l", Payload.Of(numbers[0]));
        for (int i = 1; i < numbers.Length; i++)
        {
            decoding.Decode("spBv1.0/g/NDATA/l", Payload.Of(numbers[i]), Decoding.Noon.AddSeconds(i));
        }

        Assert.Equal(asks, rebirths.TryRead(out _));
    }

    [Fact]
    public void Aliases_are_kept_across_a_restart()
    {
        using TemporaryFolder folder = new();
        MessageDecoder before = new(Plant, folder["sparkplug"]);
        Decoding decoding = new(Plant, before);
        Stored(decoding, "NBIRTH/l", Payload.Of(0));
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("x", alias: 1).Double(1)));
        before.Save();

        Decoding after = new(Plant, new MessageDecoder(Plant, folder["sparkplug"]));
        for (int i = 0; i < 5; i++)
        {
            after.Decode("nowhere", "positions behind the birth");
        }

        Stored(after, "DDATA/l/m", Payload.Of(2, Metric.Alias(1).Double(2)));

        Assert.Equal("m.x=2@0", after.Readings);
    }

    [Fact]
    public void A_metric_of_the_node_may_name_the_machine()
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "NBIRTH/l", Payload.Of(0, Metric.Of("m/x").Double(1), Metric.Of("Node Control/Rebirth").Boolean(false)));

        Assert.Equal("m.x=1@0", decoding.Readings);
    }

    [Fact]
    public void A_new_birth_replaces_the_aliases()
    {
        Decoding decoding = new(Plant);
        Stored(decoding, "NBIRTH/l", Payload.Of(0));
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("x", alias: 1).Double(1)));
        Stored(decoding, "NBIRTH/l", Payload.Of(0, Metric.Of("bdSeq").Long(8, 1)));
        Stored(decoding, "DBIRTH/l/m", Payload.Of(1, Metric.Of("y", alias: 1).Double(1)));

        Stored(decoding, "DDATA/l/m", Payload.Of(2, Metric.Alias(1).Double(3)));

        Assert.Equal("m.y=3@0", decoding.Readings);
    }

    [Fact]
    public void The_rebirth_command_is_itself_a_sparkplug_payload()
    {
        byte[] payload = RebirthRequest.Payload(Decoding.Noon);
        ProtobufReader reader = new(payload);
        Assert.True(reader.TryReadField(out int field) && field == 1);
        Assert.Equal((ulong)(Decoding.Noon - DateTime.UnixEpoch).TotalMilliseconds, reader.Number());
        Assert.True(reader.TryReadField(out field) && field == 2);
        Assert.True(SparkplugMetric.TryRead(reader.Bytes(), out SparkplugMetric metric));
        Assert.Equal("Node Control/Rebirth", Encoding.UTF8.GetString(metric.Name));
        Assert.Equal((SparkplugType.Boolean, 1d), (metric.Type, metric.Scalar(metric.Type)));
        Assert.False(reader.TryReadField(out _));
    }

    private static void Stored(Decoding decoding, string what, byte[] payload)
    {
        int slash = what.IndexOf('/', StringComparison.Ordinal);
        MessageOutcome outcome = decoding.Decode($"spBv1.0/g/{what[..slash]}/{what[(slash + 1)..]}", payload);
        Assert.Equal("", outcome.Detail);
    }
}

/// <summary>A Sparkplug payload as an edge node writes it, at noon.</summary>
internal static class Payload
{
    public static byte[] Of(int? seq, params Metric[] metrics)
    {
        List<byte> bytes = [0x08, .. Metric.Varint((ulong)(Decoding.Noon - DateTime.UnixEpoch).TotalMilliseconds)];
        foreach (Metric metric in metrics)
        {
            byte[] inner = metric.ToArray();
            bytes.AddRange([0x12, .. Metric.Varint((ulong)inner.Length), .. inner]);
        }

        if (seq is { } number)
        {
            bytes.AddRange([0x18, .. Metric.Varint((ulong)number)]);
        }

        return [.. bytes];
    }
}

/// <summary>A metric as an edge node writes it.</summary>
internal sealed class Metric
{
    private readonly List<byte> _bytes = [];

    public static Metric Of(string name, int? alias = null)
    {
        Metric metric = new();
        byte[] text = Encoding.UTF8.GetBytes(name);
        metric._bytes.AddRange([0x0A, .. Varint((ulong)text.Length), .. text]);
        if (alias is { } number)
        {
            metric._bytes.AddRange([0x10, .. Varint((ulong)number)]);
        }

        return metric;
    }

    public static Metric Alias(int alias)
    {
        Metric metric = new();
        metric._bytes.AddRange([0x10, .. Varint((ulong)alias)]);
        return metric;
    }

    public Metric Typed(int type) => Add([0x20, .. Varint((ulong)type)]);

    public Metric Int(int type, uint bits) => Typed(type).Add([0x50, .. Varint(bits)]);

    public Metric Long(int type, ulong bits) => Typed(type).Add([0x58, .. Varint(bits)]);

    public Metric Float(float value) => Typed(9).Add([0x65, .. BitConverter.GetBytes(value)]);

    public Metric Double(double value, double? at = null)
    {
        if (at is { } seconds)
        {
            Add([0x18, .. Varint((ulong)(Decoding.Noon.AddSeconds(seconds) - DateTime.UnixEpoch).TotalMilliseconds)]);
        }

        return Typed(10).Add([0x69, .. BitConverter.GetBytes(value)]);
    }

    public Metric Boolean(bool value) => Typed(11).Add([0x70, value ? (byte)1 : (byte)0]);

    public Metric Text(string value) => Typed(12).Add([0x7A, (byte)value.Length, .. Encoding.UTF8.GetBytes(value)]);

    /// <summary>is_historical 5, is_transient 6, is_null 7.</summary>
    public Metric Flag(int field) => Add([(byte)(field << 3), 1]);

    public Metric Bytes(int type, int field, byte[] value) => Typed(type).Add([.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)value.Length), .. value]);

    public byte[] ToArray() => [.. _bytes];

    public static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }

    private Metric Add(IEnumerable<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
