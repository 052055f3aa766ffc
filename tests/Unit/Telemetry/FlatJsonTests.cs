using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Linewatch.Plants;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>The short way through JSON messages does what the general way does, and is taken for messages as machines send them.</summary>
public sealed class FlatJsonTests
{
    // An option that points nowhere keeps the second of each pair from the short way.
    private static readonly Plant Plant = Bench.Plant(
        """
        [{ name: a, topic: "a/{machine}", decoder: json, options: { time: /ts, values: /v } },
         { name: a2, topic: "a2/{machine}", decoder: json, options: { time: /ts, values: /v, line: /none } },
         { name: b, topic: "b/{machine}", decoder: json, options: { time: /x, timeFormat: unix-ms } },
         { name: b2, topic: "b2/{machine}", decoder: json, options: { time: /x, timeFormat: unix-ms, line: /none } },
         { name: c, topic: "c/{machine}", decoder: json, options: { time: /t, timeFormat: unix-s } },
         { name: c2, topic: "c2/{machine}", decoder: json, options: { time: /t, timeFormat: unix-s, line: /none } },
         { name: d, topic: "d/{machine}", decoder: json, options: { values: /v } },
         { name: d2, topic: "d2/{machine}", decoder: json, options: { values: /v, line: /none } }]
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
        Decoding decoding = new(Plant);

        Prop.ForAll(damage.ToArbitrary(), hit =>
        {
            byte[] payload = Encoding.UTF8.GetBytes(Messages[hit.Message]);
            foreach ((int at, int with) in hit.At.Zip(hit.With).Take(hit.Cut % 4))
            {
                if (at < payload.Length)
                {
                    payload[at] = (byte)with;
                }
            }

            payload = hit.Cut < payload.Length ? payload[..hit.Cut] : payload;
            return Said(decoding, $"{(char)hit.Source}/m", payload) == Said(decoding, $"{(char)hit.Source}2/m", payload);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Theory]
    [InlineData("ts", "v", "{\"ts\":\"2026-11-22T11:59:58.123Z\",\"v\":{\"x\":1,\"y\":-2.5}}", true)]
    [InlineData("ts", "v", "{ \"id\": 5, \"ts\": \"2026-11-22T11:59:58Z\", \"v\": { \"x\": true, \"y\": null }, \"ok\": false }", true)]
    [InlineData("ts", null, "{\"ts\":\"2026-11-22T11:59:58Z\",\"x\":1}", true)]
    [InlineData(null, "v", "{\"v\":{\"x\":1}}", true)]
    [InlineData("ts", "v", "{\"ts\":\"2026-11-22T11:59:58Z\",\"v\":{\"x\":1}} x", false)]
    [InlineData("ts", "v", "{\"ts\":\"2026-11-22T11:59:58Z\",\"v\":{\"unknown\":1}}", false)]
    [InlineData("ts", "v", "{\"v\":{\"x\":1}}", false)]
    public void Short_way_takes_messages_of_the_usual_shape(string? time, string? values, string payload, bool takes)
    {
        MachineSignals machine = new PlantSignals(Plant).Find(null, "l", "m")!;
        ReadingBatch batch = new() { Plant = Plant };
        MessageSink sink = new();
        sink.Begin(batch, Plant, Decoding.Noon);

        FlatJsonDecoder decoder = new(Bytes(time), Bytes(values), DeviceTimeFormat.Iso8601);

        Assert.Equal(takes, decoder.TryDecode(machine, Encoding.UTF8.GetBytes(payload), sink));
    }

    private static byte[]? Bytes(string? name) => name is null ? null : Encoding.UTF8.GetBytes(name);

    private static (string, string) Said(Decoding decoding, string topic, byte[] payload)
    {
        MessageOutcome outcome = decoding.Decode(topic, payload);
        return ($"{outcome.Outcome} {outcome.Reason} {outcome.Detail}", decoding.Readings);
    }
}
