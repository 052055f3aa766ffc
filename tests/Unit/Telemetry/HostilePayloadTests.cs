using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Outcome = Linewatch.Telemetry.Decoding.Outcome;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>Whatever a message holds, decoding neither throws nor leaves a reading half done.</summary>
public sealed class HostilePayloadTests
{
    private static readonly Plant Plant = Bench.Plant(
        """
        [{ name: j, topic: "j/{machine}", decoder: json, options: { time: /ts, values: /v } },
         { name: s, topic: "s/{machine}", decoder: json, options: { samples: /s, signal: /n, value: /v, time: /t, timeFormat: unix-ms } },
         { name: f, topic: "f", decoder: json, options: { machines: "", timeFormat: unix-ns } },
         { name: v, topic: "v/{machine}/{signal}", decoder: value },
         { name: i, topic: "i", decoder: influx },
         { name: n, topic: "n/{machine}", decoder: senml },
         { name: c, topic: "c/{machine}", decoder: csv, options: { columns: "time,x,product" } },
         { name: p, topic: "p/{machine}/#", decoder: packml },
         { name: w, topic: "w/{machine}/#", decoder: weihenstephan },
         { name: sp, topic: "spBv1.0/#", decoder: sparkplug }]
        """);

    private static readonly (string Topic, byte[] Payload)[] Good =
    [
        ("j/m", Bytes("""{"ts":"2026-11-22T11:59:58.123Z","v":{"x":1,"y":2.5,"product":"Cola","nested":{"a":[1,2,{"b":null}]}}}""")),
        ("s/m", Bytes("""{"s":[{"n":"x","v":1,"t":1795348740000},{"n":"y","v":2}]}""")),
        ("f", Bytes("""{"m":{"x":1,"y":2},"n":{"x":3}}""")),
        ("v/m/x", Bytes("3.98")),
        ("i", Bytes("a\\ b,machine=m,line=l x=1,product=\"Cola \\\" 0.5\",y=2i 1795348740000000000\nb,machine=n x=t")),
        ("n/m", Bytes("""[{"bn":"m/","bt":1795348740,"bu":"bar","n":"y","v":1},{"n":"x","u":"1","t":-1,"v":2},{"n":"product","vs":"x"}]""")),
        ("c/m", Bytes("2026-11-22T11:59:00Z,1,\"Cola, \"\"0.5\"\"\"\n,2,")),
        ("p/m/Status", Bytes("""{"StateCurrent":6,"Admin":{"ProdProcessedCount":[{"Count":1}]}}""")),
        ("w/m/WS_Cur_State", Bytes("128")),
        ("spBv1.0/g/NBIRTH/l", Payload.Of(0, Metric.Of("bdSeq").Long(8, 1), Metric.Of("m/x", 1).Double(1))),
        ("spBv1.0/g/DBIRTH/l/m", Payload.Of(1, Metric.Of("x", 1).Double(1), Metric.Of("product", 2).Text("Cola"), Metric.Of("y").Bytes(16, 17, [1, 2, 3]))),
        ("spBv1.0/g/DDATA/l/m", Payload.Of(2, Metric.Alias(1).Double(2), Metric.Alias(77).Float(1))),
        ("spBv1.0/g/NDEATH/l", Payload.Of(null, Metric.Of("bdSeq").Long(8, 1))),
    ];

    [Fact]
    public void A_damaged_message_is_decoded_or_refused_and_nothing_is_thrown()
    {
        Gen<(int Message, int Cut, int[] At, int[] With)> damage =
            from message in Gen.Choose(0, Good.Length - 1)
            from cut in Gen.Choose(0, 200)
            from at in Gen.Choose(0, 200).ArrayOf()
            from with in Gen.Choose(0, 255).ArrayOf()
            select (message, cut, at, with);
        Decoding decoding = new(Plant);

        Prop.ForAll(damage.ToArbitrary(), hit =>
        {
            byte[] payload = [.. Good[hit.Message].Payload];
            foreach ((int at, int with) in hit.At.Zip(hit.With))
            {
                payload[at % payload.Length] = (byte)with;
            }

            Check(decoding, Good[hit.Message].Topic, payload[..Math.Min(payload.Length, hit.Cut)]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Any_bytes_on_any_topic_are_decoded_or_refused_and_nothing_is_thrown()
    {
        Decoding decoding = new(Plant);

        Prop.ForAll(Gen.Choose(0, Good.Length - 1).ToArbitrary(), ArbMap.Default.ArbFor<byte[]>(), (message, payload) =>
            Check(decoding, Good[message].Topic, payload)).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Every_undamaged_message_gives_readings()
    {
        Decoding decoding = new(Plant);
        foreach ((string topic, byte[] payload) in Good)
        {
            decoding.Decode(topic, payload);
            Assert.True(decoding.Batch.Count > 0, topic);
        }
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('"')]
    [InlineData(',')]
    [InlineData('9')]
    [InlineData('\\')]
    public void A_megabyte_of_one_character_is_refused(char c)
    {
        Decoding decoding = new(Plant);
        byte[] payload = Bytes(new string(c, 1 << 20));
        foreach ((string topic, _) in Good)
        {
            Check(decoding, topic, payload);
        }
    }

    private static void Check(Decoding decoding, string topic, byte[] payload)
    {
        MessageOutcome outcome = decoding.Decode(topic, payload);
        Assert.Equal(outcome.Outcome == Outcome.Quarantined, outcome.Reason != QuarantineReason.None);
        Assert.True(outcome.Detail.Length < 2000, "a reason is short whatever the message holds");
        foreach (Reading reading in decoding.Batch.Readings.Span)
        {
            Assert.True(reading.EventTime > DateTime.UnixEpoch && reading.EventTime.Kind == DateTimeKind.Utc);
            Assert.True(reading.Signal.IsText ? reading.Text is not null || reading.Flags == ReadingFlags.Stale : double.IsFinite(reading.Value) || reading.Flags == ReadingFlags.Stale);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
