using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class DecoderTests
{
    private const string Topic = """topic: "{site}/{area}/{line}/{machine}/data" """;

    [Theory]
    [InlineData("""{"ts":"2026-11-22T11:59:58Z","v":{"x":1,"y":2.5}}""", "m.x=1@-2 m.y=2.5@-2")]
    [InlineData("""{"v":{"y":2.5,"x":1},"ts":"2026-11-22T11:59:58.250Z"}""", "m.y=2.5@-1.75 m.x=1@-1.75")]
    [InlineData("""{"ts":"2026-11-22T12:59:58+01:00","v":{"x":-1e3}}""", "m.x=-1000@-2")]
    [InlineData("""{"v":{"x":true,"y":null}}""", "m.x=1@now")]
    [InlineData("""{"ts":null,"v":{"x":"3.5"}}""", "m.x=3.5@now")]
    [InlineData("""{"v":{"product":"Cola 0.5","state":6}}""", "m.product=Cola 0.5@now m.state=6@now")]
    [InlineData("""{"v":{"product":42}}""", "m.product=42@now")]
    [InlineData("""{"v":{}}""", "")]
    [InlineData("""{"v":{"\u0078":1}}""", "m.x=1@now")]
    [InlineData("""{"v":{"bowl":{"pressure":3}}}""", "m.bowl.pressure=3@now")]
    public void Json_with_time_and_values(string payload, string readings) => Decodes(
        "{ name: j, " + Topic + ", decoder: json, options: { time: /ts, values: /v } }", "s/a/l/m/data", payload, readings);

    [Theory]
    [InlineData("iso8601", "\"2026-11-22 11:59:00Z\"")]
    [InlineData("unix-s", "1795348740")]
    [InlineData("unix-s", "1795348740.000")]
    [InlineData("unix-ms", "1795348740000")]
    [InlineData("unix-us", "1795348740000000")]
    [InlineData("unix-ns", "1795348740000000000")]
    [InlineData("unix-ms", "\"1795348740000\"")]
    public void Json_time_forms(string form, string time) => Decodes(
        "{ name: j, " + Topic + ", decoder: json, options: { time: /ts, timeFormat: " + form + " } }", "s/a/l/m/data", "{\"ts\":" + time + ",\"x\":1}", "m.x=1@-60");

    [Fact]
    public void Json_array_of_samples() => Decodes(
        "{ name: j, " + Topic + ", decoder: json, options: { samples: /s, time: /t, timeFormat: unix-s } }", "s/a/l/m/data",
        """{"s":[{"t":1795348799,"x":1},{"x":2,"t":1795348798}],"t":1795348790}""", "m.x=1@-1 m.x=2@-2");

    [Fact]
    public void Json_samples_without_time_take_the_messages() => Decodes(
        "{ name: j, " + Topic + ", decoder: json, options: { samples: /s, time: /t, timeFormat: unix-s } }", "s/a/l/m/data",
        """{"s":[{"x":1},{"x":2}],"t":1795348790}""", "m.x=1@-10 m.x=2@-10");

    [Fact]
    public void Json_one_message_with_many_machines_by_id() => Decodes(
        """{ name: j, topic: all, decoder: json, options: { samples: "", machine: /id, values: /v } }""", "all",
        """[{"id":"m","v":{"x":1}},{"id":"n","v":{"x":2}}]""", "m.x=1@now n.x=2@now");

    [Fact]
    public void Json_one_message_with_many_machines_as_members() => Decodes(
        "{ name: j, topic: all, decoder: json, options: { machines: /machines } }", "all",
        """{"machines":{"m":{"x":1},"n":{"x":2}}}""", "m.x=1@now n.x=2@now");

    [Fact]
    public void Json_signal_and_value_by_pointer() => Decodes(
        "{ name: j, " + Topic + ", decoder: json, options: { samples: /d, signal: /n, value: /v/0 } }", "s/a/l/m/data",
        """{"d":[{"n":"x","v":[7]},{"n":"y","v":[8]}]}""", "m.x=7@now m.y=8@now");

    [Theory]
    [InlineData("3.98", "m.x=3.98@now")]
    [InlineData(" 42\n", "m.x=42@now")]
    [InlineData("true", "m.x=1@now")]
    [InlineData("OFF", "m.x=0@now")]
    public void Plain_values(string payload, string readings) => Decodes("{ name: v, topic: \"{line}/{machine}/{signal}\", decoder: value }", "l/m/x", payload, readings);

    [Fact]
    public void Constants_and_parts_of_levels_name_what_the_topic_does_not() => Decodes(
        "{ name: v, topic: \"plc-{machine}/DB1\", decoder: value, constants: { line: l, signal: x } }", "plc-m/DB1", "1", "m.x=1@now");

    [Theory]
    [InlineData("any,sensor=1 x=1,y=2i 1795348740000000000", "m.x=1@-60 m.y=2@-60")]
    [InlineData("any x=1\nany y=t\n\n# comment\r\n", "m.x=1@now m.y=1@now")]
    [InlineData("a\\ b\\,c product=\"Cola, 0.5 \\\"l\\\"\",x=2", "m.product=Cola, 0.5 \"l\"@now m.x=2@now")]
    public void Line_protocol(string payload, string readings) => Decodes(
        "{ name: i, " + Topic + ", decoder: influx }", "s/a/l/m/data", payload, readings);

    [Fact]
    public void Line_protocol_names_the_machine_by_tags() => Decodes(
        "{ name: i, topic: metrics, decoder: influx, options: { precision: s, machine: asset } }", "metrics", "t,line=l,asset=n x=5 1795348740", "n.x=5@-60");

    [Theory]
    [InlineData("""[{"bn":"urn:dev:m/","bt":1795348740,"n":"x","v":1},{"n":"y","t":-1,"v":2}]""", "m.x=1@-60 m.y=2@-61")]
    [InlineData("""[{"n":"x","t":-5,"v":1}]""", "m.x=1@-5")]
    [InlineData("""[{"n":"x","vb":true},{"n":"product","vs":"Cola"}]""", "m.x=1@now m.product=Cola@now")]
    [InlineData("""[{"bn":"x","bv":10,"v":1.5}]""", "m.x=11.5@now")]
    [InlineData("""[{"n":"y","u":"kPa","v":250}]""", "m.y=2.5@now")]
    public void Senml(string payload, string readings) => Decodes("{ name: s, " + Topic + ", decoder: senml }", "s/a/l/m/data", payload, readings);

    [Fact]
    public void Senml_names_the_machine() => Decodes(
        "{ name: s, topic: senml, decoder: senml }", "senml", """[{"bn":"l/n/","n":"x","v":1}]""", "n.x=1@now");

    [Theory]
    [InlineData("time,x,-,y", "2026-11-22T11:59:00Z,1,ignored,2\n2026-11-22T11:59:01Z,,,3\r\n", "m.x=1@-60 m.y=2@-60 m.y=3@-59")]
    [InlineData("machine,signal,value", "n,x,5\nm,product,\"Cola, \"\"zero\"\"\"", "n.x=5@now m.product=Cola, \"zero\"@now")]
    public void Csv(string columns, string payload, string readings) => Decodes(
        "{ name: c, " + Topic + ", decoder: csv, options: { columns: \"" + columns + "\" } }", "s/a/l/m/data", payload, readings);

    [Theory]
    [InlineData("pack/l/m/Status/StateCurrent", "6", "m.state=6@now")]
    [InlineData("pack/l/m/PackML/Status/StateCurrent", """{"value":11}""", "m.state=11@now")]
    [InlineData("pack/l/m/Status/CurMachSpeed", "600", "m.speed=36000@now")]
    [InlineData("pack/l/m", """{"Status":{"StateCurrent":6,"UnitModeCurrent":1},"Admin":{"ProdProcessedCount":[{"Count":120}],"Unlisted":1}}""", "m.state=6@now m.mode=1@now m.total=120@now")]
    public void Pack_tags(string topic, string payload, string readings) => Decodes(
        "{ name: p, topic: \"pack/{line}/{machine}/#\", decoder: packml }", topic, payload, readings);

    [Theory]
    [InlineData("ws/l/m/WS_Cur_State", "128", "m.state=128@now")]
    [InlineData("ws/l/m", """{"WS_Cur_Mode":8,"WS_Cur_Prog":1,"WS_Cur_State":128,"WS_Cur_Mach_Spd":54499,"WS_Not_Listed":1}""", "m.mode=8@now m.program=1@now m.state=128@now m.speed=54499@now")]
    public void Weihenstephan_points(string topic, string payload, string readings) => Decodes(
        "{ name: w, topic: \"ws/{line}/{machine}/#\", decoder: weihenstephan }", topic, payload, readings);

    /// <summary>The traps seen in recorded packets: domain.md §2.3.</summary>
    [Theory]
    [InlineData("ws/l/m/WS_Cur_Mach_Spd", "1.387e-42", QuarantineReason.Implausible, "looks like the integer 990 read as a float")]
    [InlineData("ws/l/m/WS_Cur_Mach_Spd", "33558528", QuarantineReason.Implausible, "points they do not support")]
    [InlineData("ws/l/m/WS_Cur_State", "128.5", QuarantineReason.WrongType, "a code is a whole number")]
    [InlineData("ws/l/m/Something", "1", QuarantineReason.UnknownSignal, "no signal 'Something'")]
    public void Weihenstephan_traps_are_refused(string topic, string payload, QuarantineReason reason, string detail) => Refuses(
        "{ name: w, topic: \"ws/{line}/{machine}/#\", decoder: weihenstephan }", topic, payload, reason, detail);

    [Theory]
    [InlineData("s/a/l/m/data", "", QuarantineReason.Malformed, "")]
    [InlineData("s/a/l/m/data", "{\"x\":1", QuarantineReason.Malformed, "not valid JSON")]
    [InlineData("s/a/l/m/data", "{\"x\":1}}", QuarantineReason.Malformed, "not valid JSON")]
    [InlineData("s/a/l/m/data", "[1]", QuarantineReason.Malformed, "no object of values")]
    [InlineData("s/a/l/m/data", "{\"x\":[1]}", QuarantineReason.WrongType, "an array")]
    [InlineData("s/a/l/m/data", "{\"x\":\"on fire\"}", QuarantineReason.WrongType, "a number is expected")]
    [InlineData("s/a/l/m/data", "{\"x\":1e999}", QuarantineReason.Implausible, "")]
    [InlineData("s/a/l/m/data", "{\"y\":11}", QuarantineReason.OutOfRange, "allowed: 0 to 10")]
    [InlineData("s/a/l/m/data", "{\"z\":1}", QuarantineReason.UnknownSignal, "no signal 'z'")]
    [InlineData("s/a/l/m/data", "{\"ts\":\"yesterday\",\"x\":1}", QuarantineReason.BadTime, "/ts")]
    [InlineData("s/a/l/m/data", "{\"ts\":\"1999-01-01T00:00:00Z\",\"x\":1}", QuarantineReason.BadTime, "older than")]
    [InlineData("s/a/l/q/data", "{\"x\":1}", QuarantineReason.UnknownMachine, "no machine 'q'")]
    [InlineData("other/a/l/m/data", "{\"x\":1}", QuarantineReason.UnknownMachine, "'other' is not this plant's")]
    [InlineData("s/b/l/m/data", "{\"x\":1}", QuarantineReason.UnknownMachine, "area 'b'")]
    [InlineData("what", "1", QuarantineReason.UnknownTopic, "no source")]
    public void What_cannot_be_used_is_refused_with_its_reason(string topic, string payload, QuarantineReason reason, string detail) => Refuses(
        "{ name: j, " + Topic + ", decoder: json, options: { time: /ts } }", topic, payload, reason, detail);

    [Fact]
    public void What_is_good_beside_a_refused_value_is_kept()
    {
        Decoding decoding = new(Plant("{ name: j, " + Topic + ", decoder: json }"));

        MessageOutcome outcome = decoding.Decode("s/a/l/m/data", """{"x":1,"y":11,"state":6}""");

        Assert.Equal((Outcome.Quarantined, QuarantineReason.OutOfRange), (outcome.Outcome, outcome.Reason));
        Assert.Equal("m.x=1@now m.state=6@now", decoding.Readings);
    }

    [Theory]
    [InlineData("use-receive-time", "m.x=1@now", Outcome.Stored)]
    [InlineData("keep", "m.x=1@3600", Outcome.Stored)]
    [InlineData("quarantine", "", Outcome.Quarantined)]
    public void A_clock_in_the_future_is_handled_by_policy(string policy, string readings, Outcome expected)
    {
        Decoding decoding = new(Bench.Plant("[{ name: j, " + Topic + ", decoder: json, options: { time: /ts } }]", top: "clock: { future: " + policy + " }"));

        MessageOutcome outcome = decoding.Decode("s/a/l/m/data", """{"ts":"2026-11-22T13:00:00Z","x":1}""");

        Assert.Equal(expected, outcome.Outcome);
        Assert.Equal(readings, decoding.Readings);
        Assert.All(decoding.Batch.Readings.ToArray(), reading => Assert.True(reading.Flags.HasFlag(ReadingFlags.ClockSuspect)));
    }

    [Fact]
    public void The_same_values_at_another_time_are_not_a_duplicate()
    {
        Decoding decoding = new(Plant("{ name: j, " + Topic + ", decoder: json, options: { time: /ts } }"));

        Assert.Equal(
            [Outcome.Stored, Outcome.Stored, Outcome.Duplicate],
            new[] { "11:59:00", "11:59:01", "11:59:01" }.Select(time => decoding.Decode("s/a/l/m/data", "{\"ts\":\"2026-11-22T" + time + "Z\",\"x\":1}").Outcome));
    }

    [Fact]
    public void A_deadband_drops_small_changes_and_keeps_a_heartbeat()
    {
        Plant plant = Bench.Plant("[{ name: v, topic: \"{machine}/{signal}\", decoder: value }]", "{ id: x, deadband: 0.5 }");
        Decoding decoding = new(plant, new MessageDecoder(plant, thins: true));

        string[] kept = [.. new[] { (0, "1"), (1, "1.4"), (2, "1.6"), (3, "1.2"), (63, "1.3") }.Select(step =>
        {
            decoding.Decode("m/x", step.Item2, Decoding.Noon.AddSeconds(step.Item1));
            return decoding.Readings;
        })];

        Assert.Equal(["m.x=1@now", "", "m.x=1.6@now", "", "m.x=1.3@now"], kept);
    }

    [Fact]
    public void Endless_different_topics_do_not_fill_the_memory()
    {
        Decoding decoding = new(Plant("{ name: v, topic: \"{machine}/{signal}\", decoder: value }"));

        for (int i = 0; i < TopicTable.Capacity + 1000; i++)
        {
            Assert.Equal(QuarantineReason.UnknownTopic, decoding.Decode(FormattableString.Invariant($"a/b/{i}"), "1").Reason);
        }
    }

    private static Plant Plant(string source) => Bench.Plant(
        $"[{source}]",
        "{ id: x }, { id: y, unit: bar, min: 0, max: 10 }, { id: state, role: state }, { id: mode, role: mode }, { id: program, role: program }, { id: speed, role: speed, unit: 1/h }, { id: total, role: count-total }, { id: product, role: product }, { id: bowl.pressure }");

    private static void Decodes(string source, string topic, string payload, string readings)
    {
        Decoding decoding = new(Plant(source));

        MessageOutcome outcome = decoding.Decode(topic, payload);

        Assert.Equal("", outcome.Detail);
        Assert.Equal(Outcome.Stored, outcome.Outcome);
        Assert.Equal(readings, decoding.Readings);
    }

    private static void Refuses(string source, string topic, string payload, QuarantineReason reason, string detail)
    {
        Decoding decoding = new(Plant(source));

        MessageOutcome outcome = decoding.Decode(topic, payload);

        Assert.Equal((Outcome.Quarantined, reason), (outcome.Outcome, outcome.Reason));
        Assert.Contains(detail, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal("", decoding.Readings);
    }
}
