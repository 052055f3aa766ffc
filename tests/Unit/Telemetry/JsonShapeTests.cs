using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>Messages of a known shape give what reading them in full gives, and messages as machines send them have one.</summary>
public sealed class JsonShapeTests
{
    // Messages that may name their line have no shape: the second of each pair is always read in full.
    private static readonly Plant Plant = Bench.Plant(
        """
        [{ name: a, topic: "a/{machine}", decoder: json, options: { time: /ts, values: /v } },
         { name: a2, topic: "a2/{machine}", decoder: json, options: { time: /ts, values: /v, line: /none } },
         { name: b, topic: "b/{machine}", decoder: json, options: { time: /x, timeFormat: unix-ms } },
         { name: b2, topic: "b2/{machine}", decoder: json, options: { time: /x, timeFormat: unix-ms, line: /none } },
         { name: c, topic: "c/{machine}", decoder: json, options: { time: /t, timeFormat: unix-s } },
         { name: c2, topic: "c2/{machine}", decoder: json, options: { time: /t, timeFormat: unix-s, line: /none } },
         { name: d, topic: "d/{machine}", decoder: json, options: { values: /v } },
         { name: d2, topic: "d2/{machine}", decoder: json, options: { values: /v, line: /none } },
         { name: e, topic: "e/{machine}/{signal}", decoder: json, options: { time: /ts, value: /v } },
         { name: f, topic: "f", decoder: json, options: { samples: /s, machines: /m, time: /ts } }]
        """);

    private static readonly string[] Messages =
    [
        """{"ts":"2026-11-22T11:59:58.123Z","v":{"x":1,"y":2.5}}""",
        """ { "ts" : "2026-11-22T11:59:58Z" , "other" : "a b" , "v" : { "x" : -0.0 , "y" : null , "x" : true } , "n":17, "z" : false } """,
        """{"v":{"x":1},"ts":"2026-11-22T11:59:58Z"}""",
        """{"ts":"1999-11-22T11:59:58Z","v":{"x":1}}""",
        """{"ts":null,"v":{"x":1e3,"y":0.1234567890123456789}}""",
        """{"ts":"2026-11-22T11:59:58Z","v":{"x":1,"product":"Cola","nested":{"a":[1,{"b":null}]}}}""",
        """{"ts":"2026-11-22T11:59:58Z","v":{"x\u0020":1,"ÿ":2}}""",
        """{"ts":"2026-11-22T11:59:58Z","v":{}}""",
        """{"t":1795348740,"x":1,"y":-17.25}""",
        """{"x":1795348740000,"y":2,"t":1795348740.5}""",
        """{"y":2,"t":1795348740,"x":01}""",
        """{}""",
        "",
    ];

    [Fact]
    public void Any_message_gives_what_the_general_way_gives()
    {
        Gen<(int Message, int Source, int Cut, int[] At, int[] With)> damage =
            from message in Gen.Choose(0, Messages.Length - 1)
            from source in Gen.Choose('a', 'd')
            from cut in Gen.Choose(0, 150)
            from at in Gen.Choose(0, 120).ArrayOf()
            from with in Gen.OneOf(Gen.Choose(0, 255), Gen.Elements("0123456789-+.eE{}[],:\"\\ xyvt".Select(c => (int)c).ToArray())).ArrayOf()
            select (message, source, cut, at, with);
        Prop.ForAll(damage.ToArbitrary(), hit =>
        {
            (TopicTable topics, MessageSink sink) = Fresh();
            TopicBinding shaped = topics.Find(Encoding.UTF8.GetBytes($"{(char)hit.Source}/m"));
            TopicBinding general = topics.Find(Encoding.UTF8.GetBytes($"{(char)hit.Source}2/m"));
            byte[] payload = Encoding.UTF8.GetBytes(Messages[hit.Message]);
            Decode(shaped, payload, sink);
            foreach ((int at, int with) in hit.At.Zip(hit.With).Take(hit.Cut % 4))
            {
                if (at < payload.Length)
                {
                    payload[at] = (byte)with;
                }
            }

            payload = hit.Cut < payload.Length ? payload[..hit.Cut] : payload;
            return Decode(shaped, payload, sink) == Decode(general, payload, sink);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Theory]
    [InlineData("a/m", """{"ts":"2026-11-22T11:59:58.123Z","v":{"x":1,"y":2.5}}""", """{"ts":"2026-11-22T11:59:59Z","v":{"x":20.125,"y":1e0}}""")]
    [InlineData("a/m", """{ "id": 5, "ts": "2026-11-22T11:59:58Z", "v": { "x": true, "y": null }, "to": "a" }""", """{ "id": 17, "ts": "2026-11-22T11:59:58Z", "v": { "x": true, "y": null }, "to": "bcd" }""")]
    [InlineData("a/m", """{"ts":"2026-11-22T11:59:58Z","v":{"product":"Cola","x":0.1}}""", """{"ts":"2026-11-22T11:59:59Z","v":{"product":"Water","x":0.1234567890123456789}}""")]
    [InlineData("b/m", """{"x":1795348740000,"y":2}""", """{"x":1795348741000,"y":3}""")]
    [InlineData("d/m", """{"v":{"x":1}}""", """{"v":{"x":2}}""")]
    [InlineData("e/m/x", """{"ts":"2026-11-22T11:59:58Z","v":1}""", """{"ts":"2026-11-22T11:59:59Z","v":2}""")]
    [InlineData("f", """{"s":[{"ts":"2026-11-22T11:59:57Z","m":{"m":{"x":1}}},{"ts":"2026-11-22T11:59:58Z","m":{"m":{"x":2}}}]}""", """{"s":[{"ts":"2026-11-22T11:59:58Z","m":{"m":{"x":3}}},{"ts":"2026-11-22T11:59:59Z","m":{"m":{"x":4}}}]}""")]
    public void What_a_machine_says_again_with_other_numbers_is_known_by_its_shape(string topic, string payload, string again)
    {
        (TopicTable topics, MessageSink sink) = Fresh();
        TopicBinding binding = topics.Find(Encoding.UTF8.GetBytes(topic));
        Decode(binding, payload, sink);
        JsonShape shape = Assert.IsType<JsonShape>(binding.Shape);

        Decode(binding, again, sink);

        Assert.Same(shape, binding.Shape);
        Assert.Equal(1, binding.WithoutShape);
        Assert.Equal(QuarantineReason.None, sink.Reason);
        Assert.NotEqual(0, sink.Count);
    }

    [Fact]
    public void Machines_that_say_the_same_words_share_a_shape_and_two_shapes_of_a_topic_are_known()
    {
        (TopicTable topics, MessageSink sink) = Fresh();
        TopicBinding one = topics.Find("a/m"u8);
        TopicBinding other = topics.Find("a/n"u8);
        string[] kinds = ["""{"ts":"2026-11-22T11:59:58Z","v":{"x":1}}""", """{"ts":"2026-11-22T11:59:58Z","v":{"x":1},"ok":true}"""];

        for (int i = 0; i < 10; i++)
        {
            Decode(one, kinds[i % 2], sink);
            Decode(other, kinds[i % 2], sink);
        }

        Assert.Equal(2, one.WithoutShape);
        Assert.Same(one.Shape, other.Shape);
    }

    [Fact]
    public void A_topic_whose_words_change_all_the_time_is_rarely_learnt_from()
    {
        (TopicTable topics, MessageSink sink) = Fresh();
        TopicBinding binding = topics.Find("a/m"u8);
        HashSet<JsonShape> learnt = [];

        for (int i = 0; i < 1_000; i++)
        {
            Decode(binding, $$$"""{"ts":"2026-11-22T11:59:58Z","n{{{i}}}":0,"v":{"x":1}}""", sink);
            learnt.Add(binding.Shape!);
        }

        Assert.InRange(learnt.Count, 8, 24);
    }

    private static (TopicTable Topics, MessageSink Sink) Fresh()
    {
        PlantSignals signals = new(Plant);
        return (new TopicTable(Plant, signals, source => Decoders.Create(source, signals, new Linewatch.Telemetry.Sparkplug.SparkplugMemory(null, null))), new MessageSink());
    }

    private static string Decode(TopicBinding binding, string payload, MessageSink sink) => Decode(binding, Encoding.UTF8.GetBytes(payload), sink);

    /// <summary>Returns what was found.</summary>
    private static string Decode(TopicBinding binding, byte[] payload, MessageSink sink)
    {
        byte[] buffer = new byte[64];
        sink.Begin(new ReadingBatch { Plant = Plant }, Plant, Decoding.Noon);
        binding.Decoder.Decode(binding, JournalRecord.Rebuild(ref buffer, 0, Decoding.Noon, Encoding.UTF8.GetBytes(binding.Topic), payload), sink);
        return $"{sink.Reason} {sink.Detail} {string.Join(' ', sink.Batch.Readings.ToArray())}";
    }
}
